import Bytes
import PromQLText

// Sums of rates of counters of which the source knows where they change: no samples are made of them, and ranges in
// which one rests are passed over. What comes of it is the same as from samples, to the last bit.
extension Evaluation {
    /// - Parameters:
    ///   - node: the call that gives the rates.
    ///   - aggregation: what they are an argument of.
    /// - Returns: nil where samples are to be read.
    /// - Complexity: O(changes and ranges in which they lie), and for each counter their logarithms.
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

    /// When it began anew, and what it said before: none but the last sample may be less than one before it.
    private func drop(of counter: CounterSeries) -> (time: Int64, before: Double)? {
        let count = counter.times.count
        guard isCounter, count > 1 else { return nil }
        let (time, earlier) = (counter.times[count - 1], counter.times[count - 2])
        let end = counter.changes.partitioningIndex { $0 > time }
        var place = end
        while place > 0, counter.changes[place - 1] > earlier { place -= 1 }
        let before = place > 0 ? counter.values[place - 1] : 0
        return end > 0 && counter.values[end - 1] < before ? (time, before) : nil
    }

    private func add(
        _ counter: CounterSeries, _ part: RateWindows.Part, _ seconds: Double,
        _ drop: (time: Int64, before: Double)?, to sums: inout [CompensatedSum], at place: Int
    ) -> Int {
        let (changes, values) = (counter.changes, counter.values)
        let (windows, ends, spans) = (part.windows, part.ends, part.spans)
        var index = windows.startIndex
        guard index < windows.endIndex else { return 0 }
        // The first change behind the first sample of a range, and the first one behind its last sample.
        let begin = changes.partitioningIndex { $0 > spans[index].first }
        var (next, behind) = (begin, begin)
        while index < windows.endIndex {
            let span = spans[index]
            while next < changes.count, changes[next] <= span.first { next += 1 }
            guard next < changes.count else { break }
            if changes[next] > span.last {
                index = Self.window(in: spans, from: index + 1, to: windows.endIndex, reaching: changes[next])
                continue
            }
            if behind <= next { behind = next + 1 }
            while behind < changes.count, changes[behind] <= span.last { behind += 1 }
            let before = next > 0 ? values[next - 1] : 0
            var difference = values[behind - 1] - before
            if let drop, drop.time > span.first, drop.time <= span.last { difference += drop.before }
            let value = rate(difference, first: before, ends[index], seconds)
            if value != 0 { sums[place + windows[index].step].add(value) }
            index += 1
        }
        return index - windows.startIndex + next - begin
    }

    /// The first of some windows whose last sample is not before a time; they end in their order. Mostly it is not far
    /// away.
    private static func window(
        in spans: [(first: Int64, last: Int64)], from first: Int, to end: Int, reaching time: Int64
    ) -> Int {
        var (low, length) = (first, 1)
        let near = min(first + 8, end)
        while low < near {
            if spans[low].last >= time { return low }
            low += 1
        }
        while low + length <= end, spans[low + length - 1].last < time {
            low += length
            length *= 2
        }
        return spans[low..<min(low + length, end)].partitioningIndex { $0.last >= time }
    }
}
