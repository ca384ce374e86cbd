import PromQLText

// Samples from the source.
extension Evaluation {
    /// The wanted series with their samples between two times, the first excluded.
    /// - Parameter windows: what of them is looked at; nil: all.
    func read(
        _ selector: VectorSelector, after: Int64, through: Int64, windows: SeriesWindows? = nil
    ) throws(EvaluationError) -> [Series] {
        let request = try request(selector, after: after, through: through, windows: windows)
        do throws(SeriesSourceError) {
            let found = try source.series(request)
            return statistics.contains(selector.place.range.lowerBound) ? found.map(\.withResets) : found
        } catch {
            throw EvaluationError(error)
        }
    }

    private func request(
        _ selector: VectorSelector, after: Int64, through: Int64, windows: SeriesWindows?
    ) throws(EvaluationError) -> SeriesRequest {
        let matchers: SeriesMatchers
        do throws(PromQLError) { matchers = try SeriesMatchers(selector) } catch { throw .refused("\(error)") }
        return SeriesRequest(
            matchers, after: after, through: through, samplesMax: ledger.samplesLeft, windows: windows)
    }

    /// The wanted series as counters; nil where they are to be read.
    func readCounters(_ selector: VectorSelector, _ times: RangeTimes) throws(EvaluationError) -> [CounterSeries]? {
        let request = try request(selector, after: times.after, through: times.through, windows: times.windows)
        do throws(SeriesSourceError) { return try source.counters(request) } catch { throw EvaluationError(error) }
    }

    /// What the steps of a timeline look at; nil where nothing can be said.
    /// - Parameters:
    ///   - end: where the first window ends.
    ///   - length: ms.
    func windows(
        to end: Int64, on timeline: Timeline, _ clock: Clock, length: Int64, _ look: SeriesWindows.Look
    ) -> SeriesWindows? {
        guard length >= 0 else { return nil }
        let count = clock.anchor == nil ? timeline.count : 1
        return SeriesWindows(
            firstEnd: end, step: timeline.step, count: count, length: length, look: look)
    }

    /// Books samples that were read, for as long as they are looked at.
    func hold(_ found: [Series]) throws(EvaluationError) -> Holding {
        let held = found.reduce(Holding()) { $0 + $1.samples.holding }
        try ledger.take(held)
        return held
    }

    /// The last sample of each series before each time, unless it is too old or the series has ended.
    func select(_ node: VectorSelector, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        if node.boundary != nil { return try selectSmoothed(node, timeline) }
        return try selectInstants(node, timeline) { run, sample, _ in run[sample] }
    }

    /// - Parameter value: what is said at a step of a sample.
    func selectInstants(
        _ node: VectorSelector, _ timeline: Timeline, _ value: (SampleRun, Int, Int) -> SampleValue
    ) throws(EvaluationError) -> StepMatrix {
        let clock = try clock(node.time)
        if clock.anchor != nil, !timeline.isInstant {
            return try spread(selectInstants(node, timeline.first, value), over: timeline)
        }
        let (first, last) = (clock.time(at: timeline.start), clock.time(at: timeline.end))
        let windows = windows(to: first, on: timeline, clock, length: question.lookback, .last)
        let found = try read(node, after: first.subtracting(question.lookback), through: last, windows: windows)
        let held = try hold(found)
        defer { ledger.giveBack(held) }
        var result = StepMatrix()
        for series in found {
            try ledger.spend(series.samples.times.count + timeline.count)
            let one = selected(series, timeline, clock, value)
            if !one.floats.isEmpty { try result.append(one, ledger) }
        }
        return result
    }

    private func selected(
        _ series: Series, _ timeline: Timeline, _ clock: Clock, _ value: (SampleRun, Int, Int) -> SampleValue
    ) -> StepSeries {
        var one = StepSeries(labels: series.labels)
        let run = series.samples
        let times = run.times
        let floats = run.floats
        let isFloat = run.histograms.isEmpty
        // The sample behind the one that holds.
        var next = 0
        for step in 0..<timeline.count {
            let time = clock.time(at: timeline[step])
            while next < times.count, times[next] <= time { next += 1 }
            guard next > 0, times[next - 1] > time.subtracting(question.lookback) else { continue }
            if isFloat, floats[next - 1].isStaleMarker { continue }
            if !isFloat, run.isStale(next - 1) { continue }
            switch value(run, next - 1, step) {
            case .float(let float): one.append(float, at: step)
            case .histogram(let histogram): one.append(.histogram(histogram), at: step)
            }
        }
        return one
    }
}

extension SampleRun {
    /// Whether the series ended there.
    func isStale(_ index: Int) -> Bool {
        if !histograms.isEmpty, let histogram = histograms[index] { return histogram.sum.isStaleMarker }
        return floats[index].isStaleMarker
    }

    var holding: Holding {
        Holding(samples: times.count, bytes: 128 + heldBytes)
    }

    var hasStale: Bool {
        floats.contains { $0.isNothing } || histograms.contains { $0?.sum.isStaleMarker == true }
    }
}
