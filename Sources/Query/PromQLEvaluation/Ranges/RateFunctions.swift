import Bytes
import PromQLText

/// `rate`, `increase`, `delta`: the difference of the last and the first sample, extended to the ends of the range.
struct RateFunction: FloatRangeFunction {
    let isCounter: Bool
    let isRate: Bool
    /// Where a counter began anew: its value is below the one before.
    private var drops: [Int] = []

    init(isCounter: Bool, isRate: Bool) { (self.isCounter, self.isRate) = (isCounter, isRate) }

    /// nil: the function of that name is none of them.
    init?(named name: String) {
        switch name {
        case "rate": self.init(isCounter: true, isRate: true)
        case "increase": self.init(isCounter: true, isRate: false)
        case "delta": self.init(isCounter: false, isRate: false)
        default: return nil
        }
    }

    mutating func begin(_ samples: RangeSamples) {
        drops.removeAll(keepingCapacity: true)
        guard isCounter, samples.histograms.isEmpty else { return }
        let floats = samples.floats
        // Where some are left out, none but the last can be less than the one before it.
        let behind = samples.spacing == nil ? 1 : max(1, floats.count - 1)
        for index in floats.indices.dropFirst(behind) where floats[index] < floats[index - 1] { drops.append(index) }
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
        for part in view.parts {
            var next = 0
            for index in part.windows.indices {
                let window = part.windows[index]
                row[window.step - first] = value(window, part, index, samples.floats, &next, view.seconds)
            }
        }
    }

    /// The same, added up with what other series say.
    /// - Parameters:
    ///   - sums: have one for each step, from a place on, and `isSaid` likewise.
    func add(
        _ samples: RangeSamples, _ view: RateWindows.View, to sums: inout [CompensatedSum], _ isSaid: inout [Bool],
        at place: Int
    ) {
        for part in view.parts {
            var next = 0
            for index in part.windows.indices {
                let window = part.windows[index]
                let value = value(window, part, index, samples.floats, &next, view.seconds)
                isSaid[place + window.step] = true
                // Most counters mostly rest, and a zero changes no sum.
                if value != 0 { sums[place + window.step].add(value) }
            }
        }
    }

    /// - Parameters:
    ///   - index: the window's place among those of its part.
    ///   - next: the first drop behind the first sample of a range; zero before the first range of a part.
    private func value(
        _ window: RateWindows.Window, _ part: RateWindows.Part, _ index: Int, _ floats: [Double], _ next: inout Int,
        _ seconds: Double
    ) -> Double {
        let (first, last) = (window.first - part.shift, window.last - part.shift)
        var difference = floats[last] - floats[first]
        if !drops.isEmpty {
            while next < drops.count, drops[next] <= first { next += 1 }
            var place = next
            while place < drops.count, drops[place] <= last {
                difference += floats[drops[place] - 1]
                place += 1
            }
        }
        return rate(difference, first: floats[first], part.ends[index], seconds)
    }

    /// What a difference is over the whole range.
    /// - Parameters:
    ///   - first: the first sample.
    ///   - seconds: how long the range is.
    func rate(_ difference: Double, first: Double, _ ends: RateExtension, _ seconds: Double) -> Double {
        // However much longer the range is: that is a number above zero.
        if difference == 0 { return difference }
        let factor = isCounter ? ends.factor(first: first, rise: difference) : ends.factor
        return difference * (isRate ? factor / seconds : factor)
    }
}

/// How much longer a range is than what its samples cover.
struct RateExtension {
    /// Seconds between the first and the last sample.
    private let covered: Double
    /// Seconds that are added on the left, where nothing is known of a zero, and on the right.
    private let before, behind: Double
    /// Where nothing is known of a zero.
    let factor: Double

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
        factor = (covered + before + behind) / covered
    }

    /// The same of a counter, which does not go on below zero.
    /// - Parameters:
    ///   - first: its first value.
    ///   - rise: how much it rose.
    func factor(first: Double, rise: Double) -> Double {
        guard rise > 0, first >= 0 else { return factor }
        // The zero lies as far back as what is covered, or farther: most counters have long begun.
        if first >= rise, before <= covered { return factor }
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
