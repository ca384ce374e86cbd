import Bytes
import PromQLText

/// The samples of one series that ranges are taken of; those that only say that it ended are gone.
struct RangeSamples {
    let labels: LabelSet
    var dropsName = false
    /// ms, ascending.
    private(set) var times: [Int64] = []
    /// As many; what they say of a histogram means nothing.
    private(set) var floats: [Double] = []
    /// Empty, or as many.
    private(set) var histograms: [NativeHistogram?] = []
    /// ms from one sample to the next, those that are left out counted; nil: all are there.
    private(set) var spacing: Int64?

    init(_ series: Series) {
        labels = series.labels
        spacing = series.spacing
        let run = series.samples
        // Where some are left out, the last alone can say that the series ended.
        guard spacing == nil ? run.hasStale : run.times.indices.last.map(run.isStale) ?? false else {
            (times, floats, histograms) = (run.times, run.floats, run.histograms)
            return
        }
        for index in run.times.indices where !run.isStale(index) { append(run.times[index], run[index]) }
    }

    /// What a subquery gives. Whether a histogram's counter began anew is not known of it, whatever was known of the
    /// samples that it was taken from.
    init(_ series: StepSeries, on timeline: Timeline) {
        (labels, dropsName) = (series.labels, series.dropsName)
        for step in series.first..<series.end {
            switch series[step] {
            case .float(let float)?: append(timeline[step], .float(float))
            case .histogram(var histogram)?:
                if histogram.resetHint != .gauge { histogram.resetHint = .unknown }
                append(timeline[step], .histogram(histogram))
            case nil: break
            }
        }
    }

    private init(labels: LabelSet) { self.labels = labels }

    private mutating func append(_ time: Int64, _ value: SampleValue) {
        times.append(time)
        switch value {
        case .float(let float):
            floats.append(float)
            if !histograms.isEmpty { histograms.append(nil) }
        case .histogram(let histogram):
            if histograms.isEmpty { histograms = [NativeHistogram?](repeating: nil, count: times.count - 1) }
            floats.append(0)
            histograms.append(histogram)
        }
    }

    /// Those of a range that are floats, or are not.
    func only(_ range: Range<Int>, histograms wanted: Bool) -> RangeSamples {
        var result = RangeSamples(labels: labels)
        for index in range where (histograms[index] != nil) == wanted { result.append(times[index], self[index]) }
        return result
    }

    /// When it has samples.
    var moments: SampleTimes { SampleTimes(times: times, spacing: spacing) }

    /// As ``SampleTimes/count(_:)``.
    func count(_ range: Range<Int>) -> Int { moments.count(range) }

    subscript(_ index: Int) -> SampleValue {
        if !histograms.isEmpty, let histogram = histograms[index] { return .histogram(histogram) }
        return .float(floats[index])
    }

    var holding: Holding {
        var bytes = 16 * times.count
        for case let histogram? in histograms { bytes += histogram.heldBytes }
        return Holding(samples: times.count, bytes: bytes)
    }
}

/// When a series has samples.
struct SampleTimes {
    /// ms, ascending.
    let times: [Int64]
    /// ms from one sample to the next, those that are left out counted; nil: all are there.
    let spacing: Int64?

    /// How many samples a range has, those that are left out counted.
    /// - Precondition: it has one.
    func count(_ range: Range<Int>) -> Int {
        guard let spacing else { return range.count }
        return Int((times[range.upperBound - 1] - times[range.lowerBound]) / spacing) + 1
    }
}

/// Ranges of time that slide over series: one a step, open on the left.
struct RangeInput {
    var series: [RangeSamples]
    let clock: Clock
    /// ms.
    let length: Int64
    /// What happens at the ends.
    let boundary: RangeBoundary?
    /// Where the selector or the subquery stands.
    let place: Place

    /// Where the range of a step ends.
    func end(at step: Int64) -> Int64 { clock.time(at: step) }
    func start(at step: Int64) -> Int64 { end(at: step).subtracting(length) }
}
