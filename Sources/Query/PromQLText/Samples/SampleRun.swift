import Bytes

/// Samples of one series in the order of their times, each time once.
package struct SampleRun: Hashable, Sendable {
    /// ms since 1970, ascending.
    package private(set) var times: [Int64] = []
    /// What each time says; where it is a histogram, a number that means nothing.
    package private(set) var floats: [Double] = []
    /// Empty where all samples are floats; otherwise one for each time, nil where that is a float.
    package private(set) var histograms: [NativeHistogram?] = []

    /// No samples.
    package init() {}

    /// Floats; series that have samples at the same times share these.
    /// - Precondition: as many as times, which ascend.
    package init(_ times: [Int64], _ floats: [Double]) {
        precondition(times.count == floats.count, "a value for each time")
        assert(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "samples come in the order of their times")
        (self.times, self.floats) = (times, floats)
    }

    /// Takes a sample later than all before.
    /// - Precondition: its time is later than the last one's.
    package mutating func append(_ time: Int64, _ value: SampleValue) {
        precondition(times.last.map { $0 < time } ?? true, "samples come in the order of their times")
        switch value {
        case .float(let float):
            floats.append(float)
            if !histograms.isEmpty { histograms.append(nil) }
        case .histogram(let histogram):
            if histograms.isEmpty { histograms = [NativeHistogram?](repeating: nil, count: times.count) }
            floats.append(0)
            histograms.append(histogram)
        }
        times.append(time)
    }

    /// What the sample at a place says.
    package subscript(_ index: Int) -> SampleValue {
        if !histograms.isEmpty, let histogram = histograms[index] { return .histogram(histogram) }
        return .float(floats[index])
    }

    /// How many there are up to a time, itself included.
    /// - Complexity: O(log n).
    package func count(through time: Int64) -> Int { times.partitioningIndex { $0 > time } }

    /// The samples later than one time, up to another.
    package func between(after start: Int64, through end: Int64) -> SampleRun {
        let range = count(through: start)..<max(count(through: start), count(through: end))
        var run = SampleRun()
        (run.times, run.floats) = (Array(times[range]), Array(floats[range]))
        if !histograms.isEmpty, histograms[range].contains(where: { $0 != nil }) {
            run.histograms = Array(histograms[range])
        }
        return run
    }
}
