package import Bytes
package import Columnar
import Domain
package import EventStores
import MetricHistory
package import Plans
package import Projections
package import PromQLText

/// The series of one state of things, and what they lack.
package struct PinnedSeries: Sendable {
    /// Answers.
    package let source: any SeriesSource
    /// What belongs to answers and could not be shown.
    package let notices: Notices

    /// Joins both.
    package init(_ source: any SeriesSource, notices: Notices = Notices()) {
        (self.source, self.notices) = (source, notices)
    }

    /// What every series of a store has besides its own labels, as a Prometheus adds them to what it scrapes: the same
    /// whoever asks, so that an expression means the same on a directory and on its server.
    package static let target: [(name: ByteText, value: ByteText)] = [("instance", "plimsoll"), ("job", "plimsoll")]

    /// ns from a sample of a store's series to the next, as a Prometheus would look.
    package static let stepNanoseconds: Int64 = StoreSeries.stepMilliseconds * 1_000_000
}

/// What was computed for questions of before, for those of one store that come after.
package final class SeriesMemory: Sendable {
    fileprivate let cache: SeriesCache

    /// - Parameter limitBytes: what it may hold.
    package init(limitBytes: Int) { cache = SeriesCache(limitBytes: limitBytes) }
}

extension StoreSnapshot {
    /// The series of the metrics, up to its position.
    /// - Parameters:
    ///   - isServed: whether its time goes on while nothing comes in.
    ///   - last: no sample is later: ns since 1970 UTC; for a server alone.
    ///   - present: metrics that only a running server knows.
    ///   - memory: what questions of before left; nil: it is not asked again.
    ///   - options: memory, time and cancellation of one question.
    package func series(
        isServed: Bool, upTo last: Int64 = .max, present: [MetricFamily] = [], memory: SeriesMemory? = nil,
        within options: QueryOptions
    ) -> PinnedSeries {
        let source = StoreSeries(
            catalog: self, reached: isServed ? min(now, last) : nil, objectives: objectives.current.set,
            outcomes: outcomes, present: present + counters.unfollowed, target: PinnedSeries.target, options: options,
            arrival: { arrival(at: $0, receivedTime: $1) }, cache: memory?.cache)
        return PinnedSeries(source, notices: source.notices)
    }
}
