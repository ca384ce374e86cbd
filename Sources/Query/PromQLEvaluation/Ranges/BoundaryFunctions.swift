import PromQLText

/// Functions of ranges whose ends are taken from the samples around them: `anchored` from those before, `smoothed`
/// from both sides, in proportion.
struct BoundaryFunction: FloatRangeFunction {
    private let name: String
    private let isSmoothed: Bool

    init(_ call: RangeCall) {
        name = call.name
        isSmoothed = call.input.boundary == .smoothed
    }

    static let anchored = ["changes", "delta", "increase", "rate", "resets"]
    static let smoothed = ["delta", "increase", "rate"]

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        let range = window.range
        guard var last = range.last, samples.times[last] > window.start || isSmoothed else { return nil }
        // The last sample before the range, where there is one.
        var first = range.lowerBound
        while first + 1 < last, samples.times[first + 1] <= window.start { first += 1 }
        if first + 1 == last, samples.times[last] <= window.start { first = last }
        if name == "changes" { return count(samples, first, last) { $0 != $1 && !($0.isNaN && $1.isNaN) } }
        if name == "resets" { return count(samples, first, last) { $1 < $0 } }
        if isSmoothed {
            last = range.first { samples.times[$0] >= window.end } ?? last
            if samples.times[last] <= window.start { return nil }
        }
        return difference(samples, first, last, window)
    }

    private func count(
        _ samples: RangeSamples, _ first: Int, _ last: Int, _ differs: (Double, Double) -> Bool
    ) -> Double {
        var count = 0
        for index in first..<last where differs(samples.floats[index], samples.floats[index + 1]) { count += 1 }
        return Double(count)
    }

    private func difference(
        _ samples: RangeSamples, _ first: Int, _ last: Int, _ window: RangeWindow
    ) -> Double {
        let isCounter = name != "delta"
        let (times, floats) = (samples.times, samples.floats)
        let left = isSmoothed && times[first] < window.start && first < last
            ? BoundarySamples.between(samples, first, window.start, isCounter) : floats[first]
        let right = isSmoothed && last > window.range.lowerBound && times[last] > window.end
            ? BoundarySamples.between(samples, last - 1, window.end, isCounter) : floats[last]
        var result = right - left
        if isCounter {
            let begin = times[first] <= window.start ? first + 1 : first
            let end = times[last] >= window.end ? last - 1 : last
            var previous = left
            if begin <= end {
                for index in begin...end {
                    if floats[index] < previous { result += previous }
                    previous = floats[index]
                }
            }
            if right < previous { result += previous }
        }
        return name == "rate" ? result / (Double(window.length) / 1000) : result
    }
}

/// Samples at the ends of ranges, made from those around.
enum BoundarySamples {
    /// The value between a sample and the next one. A counter that began anew rises from zero.
    static func between(_ samples: RangeSamples, _ index: Int, _ time: Int64, _ isCounter: Bool) -> Double {
        let (before, after) = (samples.floats[index], samples.floats[index + 1])
        let base = isCounter && after < before ? 0 : before
        let share = time.seconds(since: samples.times[index])
            / samples.times[index + 1].seconds(since: samples.times[index])
        return base + (after - base) * share
    }

    /// The samples of a range with one at each of its ends.
    static func extended(_ samples: RangeSamples, _ input: RangeInput, at time: Int64) -> RangeSamples {
        let (start, end) = (input.start(at: time), input.end(at: time))
        let isSmoothed = input.boundary == .smoothed
        var run = SampleRun()
        let inside = samples.times.indices.filter { samples.times[$0] > start && samples.times[$0] < end }
        func value(at time: Int64) -> Double? {
            guard let next = samples.times.firstIndex(where: { $0 >= time }) else { return samples.floats.last }
            if samples.times[next] == time { return samples.floats[next] }
            guard next > 0 else { return samples.floats[next] }
            return isSmoothed ? between(samples, next - 1, time, false) : samples.floats[next - 1]
        }
        guard let left = value(at: start), let right = value(at: end) else { return samples }
        run.append(start, .float(left))
        for index in inside { run.append(samples.times[index], samples[index]) }
        if end > start { run.append(end, .float(right)) }
        return RangeSamples(Series(labels: samples.labels, samples: run))
    }
}

extension Evaluation {
    func checkBoundary(_ input: RangeInput, _ function: String) throws(EvaluationError) {
        guard let boundary = input.boundary else { return }
        let allowed = boundary == .anchored ? BoundaryFunction.anchored : BoundaryFunction.smoothed
        guard allowed.contains(function) else {
            throw .refused(
                "\(boundary.rawValue) modifier can only be used with: " + allowed.joined(separator: ", ")
                    + " - not with \(function)")
        }
    }

    /// An instant selector that is `smoothed`: between the samples around each time.
    func selectSmoothed(_ node: VectorSelector, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let clock = try clock(node.time)
        let (first, last) = (clock.time(at: timeline.start), clock.time(at: timeline.end))
        let found = try read(
            node, after: first.subtracting(question.lookback), through: last.adding(question.lookback))
        let held = try hold(found)
        defer { ledger.giveBack(held) }
        var result = StepMatrix()
        for series in found {
            let samples = RangeSamples(series)
            if !samples.histograms.isEmpty {
                throw .refused("smoothed and anchored modifiers do not work with native histograms")
            }
            var one = StepSeries(labels: series.labels)
            var next = 0
            for step in 0..<timeline.count {
                try ledger.spend(1)
                let time = clock.time(at: timeline[step])
                while next < samples.times.count, samples.times[next] < time { next += 1 }
                let isNear = next < samples.times.count
                    && samples.times[next] <= time.adding(question.lookback)
                if isNear, samples.times[next] == time {
                    one.append(samples.floats[next], at: step)
                } else if next > 0, samples.times[next - 1] > time.subtracting(question.lookback) {
                    let value = isNear
                        ? BoundarySamples.between(samples, next - 1, time, false) : samples.floats[next - 1]
                    one.append(value, at: step)
                }
            }
            if !one.floats.isEmpty { try result.append(one, ledger) }
        }
        return result
    }
}
