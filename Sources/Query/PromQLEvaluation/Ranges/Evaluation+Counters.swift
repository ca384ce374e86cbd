import Bytes
import PromQLText

// Sums of rates of counters of which the source knows where they change: no samples are made of them, and ranges in
// which one rests are passed over. What comes of it is the same as from samples, to the last bit.
extension Evaluation {
    /// - Parameters:
    ///   - node: the call that gives the rates.
    ///   - aggregation: what they are an argument of.
    /// - Returns: nil where samples are to be read.
    /// - Complexity: O(changes and ranges in which they lie), and for each counter the logarithms of both.
    func summed(
        _ rates: RateFunction, _ node: FunctionCall, _ timeline: Timeline, for aggregation: Aggregation
    ) throws(EvaluationError) -> StepMatrix? {
        guard aggregation.operation == .sum, !timeline.isInstant, timeline.count <= RateWindows.stepsMax,
            case .range(let range) = node.arguments[0].inner, range.selector.boundary == nil,
            range.selector.time.anchor == nil
        else { return nil }
        let times = try rangeTimes(range, timeline, .ends)
        guard let counters = try readCounters(range.selector, times) else { return nil }
        guard let first = counters.first else { return StepMatrix() }
        let dropsMetric = !question.delaysNameRemoval
        var held = Holding(bytes: RateWindows.stepBytes * timeline.count)
        for one in counters {
            guard !dropsMetric || one.labels.isOfMetric(of: first.labels) else { return nil }
            held = held + Holding(samples: one.times.count, bytes: one.listedBytes)
        }
        try ledger.take(held)
        defer { ledger.giveBack(held) }
        let folds = try GroupFolds(
            aggregation, counters.map(\.labels), dropsMetric: dropsMetric, steps: timeline.count, ledger)
        guard let folds else { return nil }
        let input = RangeInput(
            series: [], clock: times.clock, length: times.length, boundary: nil, place: range.place)
        var (windows, names) = (RateWindows(input, timeline), CounterNames())
        for (member, counter) in counters.enumerated() {
            try ledger.spend(timeline.count)
            let view = windows.view(of: SampleTimes(times: counter.times, spacing: counter.spacing))
            if view.firstStep == nil { continue }
            if rates.isCounter {
                names.look(at: counter.labels.metricName, of: node.arguments[0].inner.place, self)
            }
            try folds.add(rates, counter, view, of: member, dropsName: question.delaysNameRemoval)
        }
        return try folds.matrix()
    }
}

extension RateFunction {
    /// What a counter's rates come to, added up with those of others.
    /// - Parameter sums: have one for each step, from a place on.
    /// - Returns: how many ranges and changes were passed.
    func add(
        _ counter: CounterSeries, _ view: RateWindows.View, to sums: inout [CompensatedSum], at place: Int
    ) -> Int {
        let drop = drop(of: counter)
        var steps = 1
        for part in view.parts { steps += add(counter, part, view.seconds, drop, to: &sums, at: place) }
        return steps
    }

    /// Where it began anew: none but the last sample may be less than one before it.
    private func drop(of counter: CounterSeries) -> Int? {
        let (last, values) = (counter.times.count - 1, counter.values)
        guard isCounter, values.count > 1, Int(counter.places[values.count - 1]) == last,
            values[values.count - 1] < values[values.count - 2]
        else { return nil }
        return last
    }

    private func add(
        _ counter: CounterSeries, _ part: RateWindows.Part, _ seconds: Double, _ drop: Int?,
        to sums: inout [CompensatedSum], at place: Int
    ) -> Int {
        let (places, values) = (counter.places, counter.values)
        let (windows, ends, shift) = (part.windows, part.ends, part.shift)
        // The first change behind the first sample of a range, the last one up to its last sample.
        var (next, last) = (1, 0)
        var index = windows.startIndex
        while index < windows.endIndex {
            let window = windows[index]
            let (first, end) = (window.first - shift, window.last - shift)
            while next < places.count, Int(places[next]) <= first { next += 1 }
            guard next < places.count else { break }
            let change = Int(places[next])
            if change > end {
                index = Self.window(in: windows, behind: index, reaching: change + shift)
                continue
            }
            if last < next { last = next }
            while last + 1 < places.count, Int(places[last + 1]) <= end { last += 1 }
            let before = values[next - 1]
            var difference = values[last] - before
            if let drop, drop > first, drop <= end { difference += values[values.count - 2] }
            let value = rate(difference, first: before, ends[index], seconds)
            if value != 0 { sums[place + window.step].add(value) }
            index += 1
        }
        return index - windows.startIndex + next
    }

    /// The first window behind another one whose last sample is not before a number; they end in their order. Mostly it
    /// is not far away.
    private static func window(
        in windows: ArraySlice<RateWindows.Window>, behind index: Int, reaching sample: Int
    ) -> Int {
        var (low, length) = (index + 1, 1)
        let near = min(low + 8, windows.endIndex)
        while low < near {
            if windows[low].last >= sample { return low }
            low += 1
        }
        while low + length <= windows.endIndex, windows[low + length - 1].last < sample {
            low += length
            length *= 2
        }
        return windows[low..<min(low + length, windows.endIndex)].partitioningIndex { $0.last >= sample }
    }
}
