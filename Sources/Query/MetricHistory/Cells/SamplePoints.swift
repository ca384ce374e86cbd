import Bytes
import PromQLText

/// The times at which samples are wanted, numbered in steps of ``StoreSeries/stepMilliseconds`` since 1970.
///
/// What is asked with windows is a superset of what they need: they are at least a step long here, and of windows of
/// which the last sample is looked at, one that ends beyond the last time has its sample there.
struct SamplePoints {
    /// ns of a step.
    static let nanoseconds = StoreSeries.stepMilliseconds * 1_000_000
    /// No time is asked for beyond it and its opposite: 64 bits of ns reach a little farther.
    private static let numberMax: Int64 = 600_000_000

    /// The first and the last that there can be.
    let lower, upper: Int64
    private var windows: SeriesWindows?
    private let length: Int64

    /// - Parameters:
    ///   - after: ms, excluded.
    ///   - through: ms, included.
    ///   - reached: ns; nothing is later.
    init(after: Int64, through: Int64, reached: Int64, windows: SeriesWindows? = nil) {
        lower = max(floorDivide(after, StoreSeries.stepMilliseconds) + 1, -Self.numberMax)
        upper = min(
            floorDivide(through, StoreSeries.stepMilliseconds), floorDivide(reached, Self.nanoseconds), Self.numberMax)
        self.windows = windows
        length = max(windows?.length ?? 0, StoreSeries.stepMilliseconds)
    }

    /// All that there can be.
    static let all = SamplePoints(after: .min, through: .max, reached: .max)

    var isEmpty: Bool { lower > upper }

    /// Whether of each window only the ends are wanted, so that a series has to begin with its own first sample, too,
    /// and to say how far apart its samples lie.
    var isThinned: Bool { windows?.look == .ends }

    /// How many windows there are of which the ends, or the last samples alone are wanted; nil of all others.
    var windowsAskedForEnds: Int? { windows.flatMap { $0.look == .all ? nil : $0.count } }

    /// The same for what may fall, of which no sample of a window is left out.
    var unthinned: SamplePoints {
        guard isThinned, let windows else { return self }
        var points = self
        points.windows = SeriesWindows(
            firstEnd: windows.firstEnd, step: windows.step, count: windows.count, length: windows.length, look: .all)
        return points
    }

    /// Up to this time (ns) events tell when a series begins that has samples here: its first one lies a step before.
    var lastNanoseconds: Int64 { (upper + 1) * Self.nanoseconds }

    /// The first time at or after an event.
    static func number(atOrAfter time: Int64) -> Int64 { floorDivide(time.saturatingSubtract(1), nanoseconds) + 1 }

    /// The first wanted one from a number on; nil where there is none.
    func wanted(from number: Int64) -> Int64? {
        let number = max(number, lower)
        guard number <= upper else { return nil }
        guard let windows else { return number }
        switch windows.look {
        case .all:
            let found = window(endingFrom: number * StoreSeries.stepMilliseconds, windows).map {
                max(number, first(of: $0))
            }
            return found.flatMap { $0 <= upper ? $0 : nil }
        case .last: return last(from: number, windows)
        case .ends:
            if number == lower { return number }
            let begin = ((number - 1) * StoreSeries.stepMilliseconds).saturatingAdd(length)
            // At the end of all times a window may begin earlier than was looked for.
            let first = window(endingFrom: begin, windows).map(first(of:)).flatMap {
                $0 >= number && $0 <= upper ? $0 : nil
            }
            let last = last(from: number, windows)
            return first.map { min($0, last ?? $0) } ?? last
        }
    }

    /// The last number of the first window that has none before a number.
    private func last(from number: Int64, _ windows: SeriesWindows) -> Int64? {
        window(endingFrom: number * StoreSeries.stepMilliseconds, windows).map {
            min(Self.number(atOrBefore: $0), upper)
        }
    }

    /// The last number up to a time (ms). It is asked for every wanted time of every series: by a step that is known
    /// the machine need not divide.
    private static func number(atOrBefore time: Int64) -> Int64 {
        let number = time / StoreSeries.stepMilliseconds
        return number * StoreSeries.stepMilliseconds > time ? number - 1 : number
    }

    /// The first number of a window that ends at a time (ms).
    private func first(of end: Int64) -> Int64 {
        Self.number(atOrBefore: end.saturatingSubtract(length)) + 1
    }

    /// Where the first window ends that ends at or after a time (ms).
    private func window(endingFrom time: Int64, _ windows: SeriesWindows) -> Int64? {
        let ahead = time.saturatingSubtract(windows.firstEnd)
        let window = ahead <= 0 ? 0 : (ahead - 1) / windows.step + 1
        guard window < windows.count else { return nil }
        let (distance, isFar) = window.multipliedReportingOverflow(by: windows.step)
        return windows.firstEnd.saturatingAdd(isFar ? .max : distance)
    }

    /// All wanted ones from a number on, ascending; nil where they are more than may be.
    func all(from number: Int64, countMax: Int) -> [Int64]? {
        if let windows, windows.look == .ends, isOrdinary(windows) {
            return ends(of: windows, from: number, countMax: countMax)
        }
        var found: [Int64] = []
        var next = wanted(from: number)
        while let point = next {
            guard found.count < countMax else { return nil }
            found.append(point)
            next = wanted(from: point + 1)
        }
        return found
    }

    /// Whether no window lies near the end of all times.
    private func isOrdinary(_ windows: SeriesWindows) -> Bool {
        let (span, isBeyond) = windows.step.multipliedReportingOverflow(by: Int64(windows.count))
        return !isBeyond && max(span, length) <= Self.millisecondsMax
            && windows.firstEnd.magnitude <= Self.millisecondsMax
    }

    /// Some hundred thousand years.
    private static let millisecondsMax: Int64 = 1 << 52

    /// The same where ends of windows are wanted: both ends of each are worked out once.
    /// - Complexity: O(windows from that number on, and those that are open there).
    private func ends(of windows: SeriesWindows, from number: Int64, countMax: Int) -> [Int64]? {
        let start = max(number, lower)
        guard start <= upper else { return [] }
        var points: [Int64] = start == lower ? [lower] : []
        func end(of window: Int64) -> Int64 { windows.firstEnd + window * windows.step }
        let ahead = start * StoreSeries.stepMilliseconds - windows.firstEnd
        // The windows whose first and whose last point comes next.
        var first = ahead <= 0 ? 0 : (ahead - 1) / windows.step + 1
        var last = first
        while last < windows.count, points.count <= countMax {
            let begin = first < windows.count ? self.first(of: end(of: first)) : .max
            let behind = min(Self.number(atOrBefore: end(of: last)), upper)
            let point = min(begin, behind)
            if point >= start, point > points.last ?? .min { points.append(point) }
            // All later ones lie behind the last point.
            if point == upper { break }
            if begin == point { first += 1 }
            if behind == point { last += 1 }
        }
        return points.count <= countMax ? points : nil
    }
}

/// Wanted points for those who ask from one number to the next: where they are not many, each is worked out once, and
/// looked for from where the last one stood.
struct WantedPoints {
    let points: SamplePoints
    /// All of them; nil where they may be many.
    let known: [Int64]?
    private var last = 0

    /// Of so many windows and fewer; each has two points at most.
    private static let windowsMax = 1 << 14

    init(_ points: SamplePoints) {
        self.points = points
        known = points.windowsAskedForEnds.flatMap { count in
            count <= Self.windowsMax ? points.all(from: points.lower, countMax: 2 * count + 2) : nil
        }
    }

    /// As ``SamplePoints/wanted(from:)``.
    /// - Complexity: O(log of the points between this one and the last).
    mutating func wanted(from number: Int64) -> Int64? {
        guard let known else { return points.wanted(from: number) }
        last = known.place(atOrAfter: number, near: last)
        return last < known.count ? known[last] : nil
    }
}

extension [Int64] {
    /// Where the first number stands that is not before another one; of ascending numbers, of which each place looked
    /// for mostly is the last one or little behind it.
    /// - Complexity: O(log n), of the numbers in between where the place lies behind the last one.
    func place(atOrAfter number: Int64, near last: Int) -> Int {
        if last > 0, self[last - 1] >= number { return self[..<last].partitioningIndex { $0 >= number } }
        // All before `low` are before the number.
        var (low, next, leap) = (last, last, 1)
        while next < count, self[next] < number {
            low = next + 1
            next += leap
            leap *= 2
        }
        return self[low..<Swift.min(next, count)].partitioningIndex { $0 >= number }
    }
}

/// Finds the wanted times of events, which often come in the order of their times.
struct PointFinder {
    let points: SamplePoints
    /// Times (ns) later than the one, up to the other, have the point found last.
    private var low = Int64.max
    private var high = Int64.min
    private var found: Int64?

    init(_ points: SamplePoints) { self.points = points }

    /// The first wanted time at or after an event; nil where there is none.
    mutating func point(of time: Int64) -> Int64? {
        if time > low, time <= high { return found }
        let number = SamplePoints.number(atOrAfter: time)
        found = points.wanted(from: number)
        let end = found ?? number
        // All times before the first wanted one have it, too.
        low = number <= points.lower ? .min : (number - 1).saturatingMultiply(by: SamplePoints.nanoseconds)
        high = max(number, end).saturatingMultiply(by: SamplePoints.nanoseconds)
        return found
    }
}
