/// The ranges of all steps in which there are two samples and more, of series that have samples at the same times:
/// where they begin and end, and how much longer they are than what is covered, is found out once for all of them.
struct RateWindows {
    struct Window {
        /// The step's place behind the first step that has a window.
        let place: Int
        /// Samples.
        let first, last: Int
        let ends: RateExtension
    }

    /// By step.
    private(set) var all: [Window] = []
    /// The step of the first one.
    private(set) var firstStep = 0
    /// How long each is.
    let seconds: Double
    private let times: [Int64]
    private let spacing: Int64?

    /// Bytes that each step may take.
    static let stepBytes = MemoryLayout<Window>.stride
    /// Of more steps they would hold more than what they spare is worth.
    static let stepsMax = 50_000

    /// - Complexity: O(samples + steps).
    init(_ samples: RangeSamples, _ input: RangeInput, _ timeline: Timeline) {
        (times, spacing) = (samples.times, samples.spacing)
        seconds = Double(input.length) / 1000
        var (low, high) = (0, 0)
        for step in 0..<timeline.count {
            let end = input.end(at: timeline[step])
            let start = end.subtracting(input.length)
            while high < times.count, times[high] <= end { high += 1 }
            while low < high, times[low] <= start { low += 1 }
            guard high - low > 1 else { continue }
            if all.isEmpty { firstStep = step }
            let ends = RateExtension(
                times[low], times[high - 1], count: samples.count(low..<high), from: start, through: end)
            all.append(Window(place: step - firstStep, first: low, last: high - 1, ends: ends))
        }
    }

    /// How many steps there are from the first to the last that has one.
    var stepCount: Int { all.last.map { $0.place + 1 } ?? 0 }

    /// Whether a series has samples at the same times.
    /// - Complexity: O(1) where it shares them, as most do; otherwise O(samples).
    func fit(_ samples: RangeSamples) -> Bool { spacing == samples.spacing && times == samples.times }
}
