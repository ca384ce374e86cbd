package import Bytes
package import Columnar
package import Domain
package import Plans
package import Platform
package import Projections
package import PromQLText

/// The series that the events of a store make, as a Prometheus would have them that looked every 15 s, never failed and
/// knew each event at its own time.
///
/// A sample at a time is what all events up to it come to, wherever they stand and whenever they came. Samples lie on
/// multiples of 15 s, from one before the first event of a series, where a counter is zero, to the time that the store
/// has reached.
///
/// One is made for each snapshot and asked as often as there are questions to it: what it finds out of its tables it
/// keeps, and the snapshot with it.
package struct StoreSeries: SeriesSource {
    /// ms between samples.
    package static let stepMilliseconds: Int64 = 15_000

    let catalog: any TableCatalog
    let reached: Int64
    let objectives: ObjectiveSet
    let outcomes: OutcomeSettings
    let present: [MetricFamily]
    let target: [(name: ByteText, value: ByteText)]
    let options: QueryOptions
    let workers: any Workers
    /// When the event of a position came, of which the received time is known (ns since 1970 UTC).
    let arrival: @Sendable (_ position: Int64, _ receivedTime: Int64) -> EventArrival
    private(set) var cache: SeriesCache?
    /// What was found out of the snapshot so far.
    private(set) var found = SnapshotCells()
    private let answers = SnapshotAnswers()
    /// What belongs to answers and could not be shown, a line each; whoever shows answers shows them, too.
    package let notices = Notices()

    /// - Parameters:
    ///   - catalog: the tables of one snapshot.
    ///   - reached: ns since 1970 UTC; no sample is later. nil: the first sample that has all that came up to the
    ///     catalog's watermark, so that a store that nobody serves answers the same on every day; who serves one gives
    ///     the snapshot's `now`.
    ///   - objectives: those in force: how long questions wait, and where buckets of histograms end.
    ///   - outcomes: how conversations are judged: after how much silence they are closed.
    ///   - present: metrics that only a process knows (`ProcessSamples.families`): each is one sample, at the last
    ///     time; before it stands the past that a server with rules noted. Those that events tell of are left out.
    ///   - target: labels that every series has besides its own, as a Prometheus adds `job` and `instance`.
    ///   - options: memory of each request, and the time of all of them where it runs already (`startingClock(_:)`).
    ///   - arrival: by which it is judged whether an event came late; standard: by a clock that never ran away.
    ///   - workers: share the reading of each request.
    ///   - cache: what requests count for those that come after them, of this snapshot and of later ones; nil: each
    ///     request reads all.
    package init(
        catalog: any TableCatalog, reached: Int64? = nil, objectives: ObjectiveSet = .builtIn,
        outcomes: OutcomeSettings = .standard, present: [MetricFamily] = [],
        target: [(name: ByteText, value: ByteText)] = [], options: QueryOptions = QueryOptions(),
        arrival: @escaping @Sendable (_ position: Int64, _ receivedTime: Int64) -> EventArrival = {
            EventArrival(receivedTime: $1)
        },
        workers: any Workers = InlineWorkers(),
        cache: SeriesCache? = nil
    ) {
        (self.catalog, self.reached) = (catalog, reached ?? Self.sampleTime(atOrAfter: catalog.watermark))
        (self.objectives, self.outcomes) = (objectives, outcomes)
        (self.present, self.target, self.options, self.workers) = (present, target, options, workers)
        (self.arrival, self.cache) = (arrival, cache)
    }

    /// The same without what is kept: for readers that are kept themselves.
    var apart: StoreSeries {
        var source = self
        (source.cache, source.found) = (nil, SnapshotCells())
        return source
    }

    /// When the first sample is that has what happened up to a time; both ns since 1970 UTC.
    package static func sampleTime(atOrAfter time: Int64) -> Int64 {
        SamplePoints.number(atOrAfter: time).saturatingMultiply(by: SamplePoints.nanoseconds)
    }

    /// When the last sample is that looks at nothing behind a time; both ns since 1970 UTC.
    package static func sampleTime(atOrBefore time: Int64) -> Int64 {
        floorDivide(time, SamplePoints.nanoseconds).saturatingMultiply(by: SamplePoints.nanoseconds)
    }

    /// The labels of `up`, which is one as long as there is something to ask.
    /// - Parameter target: what every series has besides its own labels; without a `job` of it there is one of ours.
    package static func up(of target: [(name: ByteText, value: ByteText)]) -> LabelSet {
        let job: [(name: ByteText, value: ByteText)] =
            target.contains { $0.name == "job" } ? [] : [("job", "plimsoll")]
        return LabelSet(target + job + [(LabelMatcher.metricName, "up")])
    }

    /// See ``SeriesSource``. A metric whose name no matcher refuses is read whole, once; what it holds meanwhile is
    /// booked.
    /// - Complexity: O(events of the wanted metrics' types, in groups that may hold some up to the end), and samples.
    ///   With a cache a snapshot costs the pieces of the tables and the events in those that are new, a request what
    ///   ``CachedCells/add(to:through:)`` says, and the same one again its samples.
    package func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let points = SamplePoints(
            after: request.after, through: request.through, reached: reached, windows: request.windows)
        if points.isEmpty { return [] }
        return try answering { source throws in
            try source.remembered(request) {
                let reader = HistoryReader(source, request.matchers, points, keepsCells: true)
                return try reader.series(samplesMax: request.samplesMax)
            }
        }
    }

    /// See ``SeriesSource``. Known of one metric that events tell of, where its cells are kept.
    /// - Complexity: as ``series(_:)``, but a request what
    ///   ``CachedCells/counters(_:at:through:samplesMax:hold:)`` says.
    package func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? {
        guard cache != nil, request.windows?.look == .ends else { return nil }
        let points = SamplePoints(
            after: request.after, through: request.through, reached: reached, windows: request.windows)
        if points.isEmpty { return [] }
        return try answering { source throws in
            try HistoryReader(source, request.matchers, points, keepsCells: true)
                .counters(samplesMax: request.samplesMax)
        }
    }

    /// See ``SeriesSource``. Events are looked at for their labels and times alone.
    /// - Complexity: as ``series(_:)``, without samples.
    package func labelSets(
        _ matchers: SeriesMatchers, after: Int64, through: Int64
    ) throws(SeriesSourceError) -> [LabelSet] {
        let points = SamplePoints(after: after, through: through, reached: reached)
        if points.isEmpty { return [] }
        return try answering { source throws in
            try HistoryReader(source, matchers, points, keepsCells: false).labelSets()
        }
    }

    /// See ``SeriesSource``: events that have a trace. Of a series there are a hundred at most, of each hundredth of
    /// the times the last one.
    /// - Complexity: O(events of the wanted metrics' types, in groups that may hold some of these times).
    package func exemplars(
        _ matchers: SeriesMatchers, in times: ClosedRange<Int64>
    ) throws(SeriesSourceError) -> [SeriesExemplars] {
        try answering { source throws in
            try HistoryReader(source, matchers, .all, keepsCells: false).exemplars(in: times)
        }
    }

    /// See ``SeriesSource``. Known of series that events alone tell of, where their cells are kept.
    /// - Complexity: as ``series(_:)``, without what a request costs.
    package func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark? {
        // What begins within a step behind the time has its first sample before it, and must be known in all states.
        let last = floorDivide(reached, 1_000_000) - Self.stepMilliseconds
        guard cache != nil, matchers.onlyName != nil, through <= last else { return nil }
        let points = SamplePoints(after: .min, through: through, reached: reached)
        return try? answering { source throws in
            try HistoryReader(source, matchers, points, keepsCells: true).mark()
        }
    }

    /// What the same request was answered before; for those who have a cache.
    private func remembered(_ request: SeriesRequest, _ answer: () throws -> [Series]) throws -> [Series] {
        guard cache != nil else { return try answer() }
        let key = SnapshotAnswers.Key(request)
        if let known = answers.answer(key) {
            try options.check()
            guard known.reduce(0, { $0 + $1.samples.times.count }) <= request.samplesMax else {
                throw SeriesSourceError.tooManySamples(max: request.samplesMax)
            }
            return known
        }
        let fresh = try answer()
        answers.keep(fresh, as: key, in: options.memoryPool)
        return fresh
    }

    private func answering<Answer>(_ answer: (StoreSeries) throws -> Answer) throws(SeriesSourceError) -> Answer {
        do {
            return try answer(self)
        } catch let error as SeriesSourceError {
            throw error
        } catch let error as QueryError {
            switch error.kind {
            case .cancelled, .deadlineExceeded: throw .cancelled
            case .memoryExceeded: throw .outOfMemory(error.message)
            default: throw .unavailable(error.message)
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }
}
