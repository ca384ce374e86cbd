import Bytes
import PromQLText

/// `rate`, `increase`, `delta`: the difference of the last and the first sample, extended to the ends of the range.
struct RateFunction: FloatRangeFunction {
    let isCounter: Bool
    let isRate: Bool
    /// Where a counter began anew: its value is below the one before.
    private var drops: [Int] = []

    init(isCounter: Bool, isRate: Bool) { (self.isCounter, self.isRate) = (isCounter, isRate) }

    mutating func begin(_ samples: RangeSamples) {
        drops.removeAll(keepingCapacity: true)
        guard isCounter, samples.histograms.isEmpty else { return }
        let floats = samples.floats
        for index in floats.indices.dropFirst() where floats[index] < floats[index - 1] { drops.append(index) }
    }

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        let range = window.range
        guard range.count > 1 else { return nil }
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        var difference = samples.floats[last] - samples.floats[first]
        if !drops.isEmpty {
            var place = firstDrop(behind: first)
            while place < drops.count, drops[place] <= last {
                difference += samples.floats[drops[place] - 1]
                place += 1
            }
        }
        let factor = RateExtension.factor(
            samples.times[first], samples.times[last], count: samples.count(range), window,
            zero: isCounter ? (samples.floats[first], difference) : nil)
        return difference * (isRate ? factor / (Double(window.length) / 1000) : factor)
    }

    private func firstDrop(behind index: Int) -> Int { drops.partitioningIndex { $0 > index } }
}

/// How much longer a range is than what its samples cover.
enum RateExtension {
    /// - Parameter zero: of a counter, its first value and how much it rose: it does not go on below zero.
    static func factor(
        _ first: Int64, _ last: Int64, count: Int, _ window: RangeWindow, zero: (first: Double, rise: Double)?
    ) -> Double {
        var before = first.seconds(since: window.start)
        var behind = window.end.seconds(since: last)
        let covered = last.seconds(since: first)
        let distance = covered / Double(count - 1)
        // A sample that is missing where one would be expected: the series begins or ends half a distance away.
        let threshold = distance * 1.1
        if before >= threshold { before = distance / 2 }
        if let zero, zero.rise > 0, zero.first >= 0 { before = min(before, covered * (zero.first / zero.rise)) }
        if behind >= threshold { behind = distance / 2 }
        return (covered + before + behind) / covered
    }
}

/// `irate`, `idelta`: of the last two samples.
struct InstantRateFunction: FloatRangeFunction {
    let isRate: Bool

    mutating func value(_ samples: RangeSamples, _ window: RangeWindow) -> Double? {
        guard window.range.count > 1 else { return nil }
        let last = window.range.upperBound - 1
        let (before, value) = (samples.floats[last - 1], samples.floats[last])
        let seconds = samples.times[last].seconds(since: samples.times[last - 1])
        guard seconds > 0 else { return nil }
        guard isRate else { return value - before }
        return (value < before ? value : value - before) / seconds
    }
}
