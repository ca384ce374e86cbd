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
    /// Where series of a store end that nobody serves (ns since 1970 UTC): at the first sample that has all that was
    /// received, so that the answer is the same on every day; or when somebody asks, as on a server to which nothing
    /// came any more. A counter that ended earlier would be extrapolated, as that of a target that has gone.
    /// - Parameter asked: the last time of a question (ns since 1970 UTC), as far as it is not ahead; nil: it names
    ///   none. One before what was received last is asked of all that was received.
    package func seriesEnd(asked: Int64? = nil) -> Int64 {
        let usual = StoreSeries.sampleTime(atOrAfter: watermark)
        guard let asked else { return usual }
        return max(watermark, min(asked, max(usual, now)))
    }

    /// The series of the metrics, up to its position.
    ///
    /// Time has passed up to their end, whether the log knows of it or not: conversations that silence closed by the
    /// last sample are closed in them, and no others by silence. So they are the same whoever asks, and what is kept of
    /// pieces of tables holds from one sample to the next, and longer where silence closes nothing.
    /// - Parameters:
    ///   - end: no sample is later: ns since 1970 UTC. nil: now, for whoever serves it; others end them at
    ///     ``seriesEnd(asked:)``.
    ///   - present: metrics that only a running server knows.
    ///   - memory: what questions of before left; nil: it is not asked again.
    ///   - options: memory, time and cancellation of one question.
    package func series(
        upTo end: Int64? = nil, present: [MetricFamily] = [], memory: SeriesMemory? = nil,
        within options: QueryOptions
    ) -> PinnedSeries {
        let reached = end ?? now
        let silent = silent(until: StoreSeries.sampleTime(atOrBefore: reached))
        let source = StoreSeries(
            catalog: silent, reached: reached, objectives: objectives.current.set,
            outcomes: outcomes, present: present + counters.unfollowed, target: PinnedSeries.target, options: options,
            arrival: { arrival(at: $0, receivedTime: $1) }, cache: memory?.cache)
        return PinnedSeries(source, notices: source.notices)
    }
}
