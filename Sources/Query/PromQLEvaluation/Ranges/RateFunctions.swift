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

    /// What ``value(_:_:)`` says of each of some ranges, one behind the other.
    /// - Parameter row: a number for each step from the first one that has a range to the last; those that have one get
    ///   a value.
    func fill(_ row: inout [Double], _ samples: RangeSamples, _ view: RateWindows.View) {
        guard let first = view.firstStep else { return }
        fill(&row, from: first, samples.floats, view.head[...], shift: 0, view.seconds)
        fill(&row, from: first, samples.floats, view.tail, shift: view.shift, view.seconds)
    }

    private func fill(
        _ row: inout [Double], from firstStep: Int, _ floats: [Double], _ windows: ArraySlice<RateWindows.Window>,
        shift: Int, _ seconds: Double
    ) {
        // The first drop behind the first sample of a range.
        var next = 0
        for window in windows {
            let (first, last) = (window.first - shift, window.last - shift)
            var difference = floats[last] - floats[first]
            if !drops.isEmpty {
                while next < drops.count, drops[next] <= first { next += 1 }
                var place = next
                while place < drops.count, drops[place] <= last {
                    difference += floats[drops[place] - 1]
                    place += 1
                }
            }
            let factor = isCounter
                ? window.ends.factor(first: floats[first], rise: difference) : window.ends.factor
            row[window.step - firstStep] = difference * (isRate ? factor / seconds : factor)
        }
    }
}

/// How much longer a range is than what its samples cover.
struct RateExtension {
    /// Seconds between the first and the last sample.
    private let covered: Double
    /// Seconds that are added on the left, where nothing is known of a zero, and on the right.
    private let before, behind: Double

    /// - Parameters:
    ///   - first: when the first sample is, ms, and `last` likewise.
    ///   - count: how many there are; at least two.
    init(_ first: Int64, _ last: Int64, count: Int, from start: Int64, through end: Int64) {
        var before = first.seconds(since: start)
        var behind = end.seconds(since: last)
        covered = last.seconds(since: first)
        let distance = covered / Double(count - 1)
        // A sample that is missing where one would be expected: the series begins or ends half a distance away.
        let threshold = distance * 1.1
        if before >= threshold { before = distance / 2 }
        if behind >= threshold { behind = distance / 2 }
        (self.before, self.behind) = (before, behind)
    }

    var factor: Double { (covered + before + behind) / covered }

    /// The same of a counter, which does not go on below zero.
    /// - Parameters:
    ///   - first: its first value.
    ///   - rise: how much it rose.
    func factor(first: Double, rise: Double) -> Double {
        guard rise > 0, first >= 0 else { return factor }
        return (covered + min(before, covered * (first / rise)) + behind) / covered
    }

    /// - Parameter zero: of a counter, its first value and how much it rose.
    static func factor(
        _ first: Int64, _ last: Int64, count: Int, _ window: RangeWindow, zero: (first: Double, rise: Double)?
    ) -> Double {
        let own = RateExtension(first, last, count: count, from: window.start, through: window.end)
        return zero.map { own.factor(first: $0.first, rise: $0.rise) } ?? own.factor
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
