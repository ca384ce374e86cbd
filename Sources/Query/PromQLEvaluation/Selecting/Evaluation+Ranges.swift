import PromQLText

// Ranges of samples, from selectors and subqueries.
extension Evaluation {
    /// - Parameter look: what of each range is looked at.
    func ranges(
        _ expression: Expression, _ timeline: Timeline, _ look: SeriesWindows.Look = .all
    ) throws(EvaluationError) -> RangeInput {
        switch expression.inner {
        case .range(let node): return try ranges(node, timeline, look)
        case .subquery(let node): return try ranges(node, timeline)
        default: throw Self.wrongType
        }
    }

    /// What a range selector looks at, over all steps.
    struct RangeTimes {
        let clock: Clock
        /// ms: of a range.
        let length: Int64
        /// ms since 1970; samples later than this, up to ``through``.
        let after: Int64
        let through: Int64
        /// nil where nothing can be said.
        let windows: SeriesWindows?
    }

    /// - Parameter look: what of each range is looked at, where nothing happens at its ends.
    func rangeTimes(
        _ node: RangeSelector, _ timeline: Timeline, _ look: SeriesWindows.Look
    ) throws(EvaluationError) -> RangeTimes {
        let clock = try clock(node.selector.time)
        let length = try milliseconds(node.range)
        let boundary = node.selector.boundary
        let before = boundary == nil ? 0 : question.lookback
        let behind = boundary == .smoothed ? question.lookback : 0
        let windows = windows(
            to: clock.time(at: timeline.start).adding(behind), on: timeline, clock,
            length: length.adding(before).adding(behind), boundary == nil ? look : .all)
        return RangeTimes(
            clock: clock, length: length,
            after: clock.time(at: timeline.start).subtracting(length).subtracting(before),
            through: clock.time(at: timeline.end).adding(behind), windows: windows)
    }

    private func ranges(
        _ node: RangeSelector, _ timeline: Timeline, _ look: SeriesWindows.Look
    ) throws(EvaluationError) -> RangeInput {
        let times = try rangeTimes(node, timeline, look)
        let found = try read(node.selector, after: times.after, through: times.through, windows: times.windows)
        var series: [RangeSamples] = []
        series.reserveCapacity(found.count)
        var held = Holding()
        for one in found {
            let samples = RangeSamples(one)
            held = held + samples.holding
            // Series by the thousand have few samples each.
            if held.samples > Self.heldAtOnce {
                try ledger.take(held)
                held = Holding()
            }
            try ledger.spend(samples.times.count)
            if !samples.times.isEmpty { series.append(samples) }
        }
        try ledger.take(held)
        return RangeInput(
            series: series, clock: times.clock, length: times.length, boundary: node.selector.boundary,
            place: node.place)
    }

    /// Samples that are booked together.
    private static let heldAtOnce = 1 << 14

    private func ranges(_ node: Subquery, _ timeline: Timeline) throws(EvaluationError) -> RangeInput {
        let clock = try clock(node.time)
        let length = try milliseconds(node.range)
        guard let inner = try subqueryTimes(node, timeline, clock, length) else {
            return RangeInput(series: [], clock: clock, length: length, boundary: nil, place: node.place)
        }
        let matrix = try vector(node.expression, inner)
        var series: [RangeSamples] = []
        for one in matrix.series {
            let samples = RangeSamples(one, on: inner)
            try ledger.take(samples.holding)
            if !samples.times.isEmpty { series.append(samples) }
        }
        matrix.done(ledger)
        return RangeInput(series: series, clock: clock, length: length, boundary: nil, place: node.place)
    }

    /// Multiples of the step that lie within the ranges.
    private func subqueryTimes(
        _ node: Subquery, _ timeline: Timeline, _ clock: Clock, _ length: Int64
    ) throws(EvaluationError) -> Timeline? {
        let step = if let duration = node.step { try milliseconds(duration) } else { question.defaultStep }
        // A step below a ms is none.
        let wanted = max(1, step)
        let after = clock.time(at: timeline.start).subtracting(length)
        var start = after / wanted * wanted
        if start <= after { start = start.adding(wanted) }
        guard let times = Timeline(from: start, through: clock.time(at: timeline.end), step: wanted) else { return nil }
        try ledger.take(steps: times.count)
        return times
    }

    /// Gives back what the ranges hold.
    func done(_ input: RangeInput) {
        ledger.giveBack(input.series.reduce(Holding()) { $0 + $1.holding })
    }

    /// The samples of a range, as they are.
    func rangeVector(_ root: Expression) throws(EvaluationError) -> [Series] {
        let input = try ranges(root, timeline)
        let (after, through) = (input.start(at: timeline.start), input.end(at: timeline.start))
        var result: [Series] = []
        for one in input.series {
            let samples = input.boundary == nil ? one : BoundarySamples.extended(one, input, at: timeline.start)
            var run = SampleRun()
            for (index, time) in samples.times.enumerated()
            where time <= through && (time > after || (input.boundary != nil && time == after)) {
                run.append(time, samples[index])
            }
            if !run.times.isEmpty { result.append(Series(labels: one.labels, samples: run)) }
        }
        return result.sorted { $0.labels < $1.labels }
    }
}
