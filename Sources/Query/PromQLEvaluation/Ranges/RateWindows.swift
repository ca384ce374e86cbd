import Bytes

/// The ranges of all steps in which a series has two samples and more: where they begin and end, and how much longer
/// they are than what is covered. That is found out once for all series that have samples at the same times, each from
/// its own first one on.
struct RateWindows {
    /// Small, since they are gone through for each series.
    struct Window {
        private let numbers: (step: Int32, first: Int32, last: Int32)

        init(step: Int, first: Int, last: Int) { numbers = (Int32(step), Int32(first), Int32(last)) }

        var step: Int { Int(numbers.step) }
        /// Its first sample, and `last` likewise.
        var first: Int { Int(numbers.first) }
        var last: Int { Int(numbers.last) }
    }

    /// Windows that follow each other.
    struct Part {
        fileprivate(set) var windows: ArraySlice<Window> = []
        /// Of each window, with the same index.
        fileprivate(set) var ends: [RateExtension] = []
        /// Likewise: when its first and its last sample are.
        fileprivate(set) var spans: [(first: Int64, last: Int64)] = []
        /// What a sample's number there is more than its number in the series.
        fileprivate(set) var shift = 0
    }

    /// Those of one series.
    struct View {
        /// Those in which it begins, by step; none of a series that has the times of another one from its first sample
        /// on.
        fileprivate let head: Part
        /// The later ones.
        fileprivate let tail: Part
        /// How long each is, in seconds.
        let seconds: Double

        /// Both.
        var parts: [Part] { head.windows.isEmpty ? [tail] : [head, tail] }

        /// The step of the first one; nil: there is none.
        var firstStep: Int? { head.windows.first?.step ?? tail.windows.first?.step }
        /// How many steps there are from the first to the last that has one.
        var stepCount: Int {
            guard let first = firstStep, let last = tail.windows.last?.step ?? head.windows.last?.step else { return 0 }
            return last - first + 1
        }
        /// Whether each of these has one.
        var isWhole: Bool { head.windows.count + tail.windows.count == stepCount }
    }

    private let input: RangeInput
    private let timeline: Timeline
    /// Of a series that had most samples so far.
    private var times: [Int64] = []
    private var spacing: Int64?
    private var windows = Part()
    /// Of the series before: those of one label set, such as buckets, begin together.
    private var last: (moments: SampleTimes, view: View)?

    /// Bytes that each step may take.
    static let stepBytes =
        2 * (MemoryLayout<Window>.stride + MemoryLayout<RateExtension>.stride + 2 * MemoryLayout<Int64>.stride)
    /// Of more steps they would hold more than what they spare is worth.
    static let stepsMax = 50_000

    init(_ input: RangeInput, _ timeline: Timeline) { (self.input, self.timeline) = (input, timeline) }

    /// - Complexity: O(1) of a series that shares its times with one before; O(samples + steps that a range is long) of
    ///   one that has the same times from its second sample on; otherwise O(samples + steps).
    mutating func view(of samples: SampleTimes) -> View {
        if let last, last.moments.spacing == samples.spacing, last.moments.times == samples.times { return last.view }
        let view = if let known = known(samples) { known } else { fresh(samples) }
        last = (samples, view)
        return view
    }

    private mutating func fresh(_ samples: SampleTimes) -> View {
        let all = windows(of: samples, in: 0..<timeline.count)
        if samples.times.count >= times.count { (times, spacing, windows) = (samples.times, samples.spacing, all) }
        return view(head: Part(), all)
    }

    private func view(head: Part, _ tail: Part) -> View {
        View(head: head, tail: tail, seconds: Double(input.length) / 1000)
    }

    private func known(_ samples: SampleTimes) -> View? {
        guard spacing == samples.spacing else { return nil }
        if times == samples.times { return view(head: Part(), windows) }
        // From where on the times are the same, behind the first sample.
        let place = times.count - (samples.times.count - 1)
        guard samples.times.count > 1, place >= 0, times[place...] == samples.times[1...] else { return nil }
        // What begins there or later has no sample but those.
        let begin = place > 0 ? max(samples.times[0], times[place - 1]) : samples.times[0]
        let next = step { input.start(at: $0) >= begin }
        let first = step { input.end(at: $0) >= samples.times[0] }
        let head = windows(of: samples, in: min(first, next)..<next)
        var tail = windows
        tail.windows = tail.windows[tail.windows.partitioningIndex { $0.step >= next }...]
        tail.shift = place - 1
        return view(head: head, tail)
    }

    /// The first step whose time fulfils what all later ones do, too.
    private func step(_ holds: (Int64) -> Bool) -> Int {
        var (low, high) = (0, timeline.count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(timeline[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func windows(of samples: SampleTimes, in steps: Range<Int>) -> Part {
        let times = samples.times
        var (low, high, found, extensions) = (0, 0, [Window](), [RateExtension]())
        var spans: [(first: Int64, last: Int64)] = []
        for step in steps {
            let end = input.end(at: timeline[step])
            let start = end.subtracting(input.length)
            while high < times.count, times[high] <= end { high += 1 }
            while low < high, times[low] <= start { low += 1 }
            guard high - low > 1 else { continue }
            let ends = RateExtension(
                times[low], times[high - 1], count: samples.count(low..<high), from: start, through: end)
            found.append(Window(step: step, first: low, last: high - 1))
            extensions.append(ends)
            spans.append((times[low], times[high - 1]))
        }
        return Part(windows: found[...], ends: extensions, spans: spans)
    }
}
