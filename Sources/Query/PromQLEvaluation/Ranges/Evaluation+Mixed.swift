import Bytes
import PromQLText

// Ranges of series that have histograms.
extension Evaluation {
    func mixedValue<Function: FloatRangeFunction>(
        _ call: RangeCall, _ samples: RangeSamples, _ window: RangeWindow, _ function: inout Function
    ) throws(EvaluationError) -> SampleValue? {
        let range = window.range
        if call.input.boundary != nil, range.contains(where: { samples.histograms[$0] != nil }) {
            throw .refused("smoothed and anchored modifiers do not work with native histograms")
        }
        let histograms = range.count { samples.histograms[$0] != nil }
        try ledger.spend(8 * histograms)
        switch call.name {
        case "count_over_time": return .float(Double(range.count))
        case "present_over_time": return .float(1)
        case "last_over_time": return samples[range.upperBound - 1]
        case "first_over_time": return samples[range.lowerBound]
        case "ts_of_first_over_time": return .float(Double(samples.times[range.lowerBound]) / 1000)
        case "ts_of_last_over_time": return .float(Double(samples.times[range.upperBound - 1]) / 1000)
        case "changes": return .float(neighbours(samples, range, Self.differs))
        case "resets": return .float(neighbours(samples, range, Self.resets))
        case "irate", "idelta": return instantRate(call, samples, range)
        case "rate", "increase", "delta", "sum_over_time", "avg_over_time":
            if histograms == 0 { return floatsAlone(call, samples, window, &function).map { .float($0) } }
            guard histograms == range.count else {
                remarks.add(.mixedSamples(name: samples.labels.metricName), at: call.place)
                return nil
            }
            return call.name.hasSuffix("_over_time")
                ? folded(call, samples, range) : histogramRate(call, samples, window)
        default:
            guard histograms < range.count else { return nil }
            remarkQuantileOfMixed(call, window.step)
            if histograms > 0 { remarks.add(.ignoredInRange(name: samples.labels.metricName), at: call.place) }
            return floatsAlone(call, samples, window, &function).map { .float($0) }
        }
    }

    private func remarkQuantileOfMixed(_ call: RangeCall, _ step: Int) {
        guard call.name == "quantile_over_time" else { return }
        let quantile = call.numbers[0][step]
        if !(quantile >= 0 && quantile <= 1) {
            remarks.add(.invalidQuantile(WrittenNumber.general(quantile)), at: call.place)
        }
    }

    private func floatsAlone<Function: FloatRangeFunction>(
        _ call: RangeCall, _ samples: RangeSamples, _ window: RangeWindow, _ function: inout Function
    ) -> Double? {
        let floats = samples.only(window.range, histograms: false)
        function.begin(floats)
        let alone = RangeWindow(
            range: floats.times.indices, start: window.start, end: window.end, time: window.time, step: window.step,
            length: window.length)
        return function.value(floats, alone)
    }

    private func neighbours(
        _ samples: RangeSamples, _ range: Range<Int>, _ differs: (SampleValue, SampleValue) -> Bool
    ) -> Double {
        Double(range.dropFirst().count { differs(samples[$0 - 1], samples[$0]) })
    }

    private static func differs(_ before: SampleValue, _ value: SampleValue) -> Bool {
        switch (before, value) {
        case (.float(let one), .float(let other)): one != other && !(one.isNaN && other.isNaN)
        case (.histogram(let one), .histogram(let other)): !one.saysTheSame(as: other)
        case (.float, .histogram), (.histogram, .float): true
        }
    }

    private static func resets(_ before: SampleValue, _ value: SampleValue) -> Bool {
        switch (before, value) {
        case (.float(let one), .float(let other)): other < one
        case (.histogram(let one), .histogram(let other)): other.isReset(after: one)
        case (.float, .histogram), (.histogram, .float): true
        }
    }

    private func folded(_ call: RangeCall, _ samples: RangeSamples, _ range: Range<Int>) -> SampleValue? {
        let name = samples.labels.metricName
        let all = range.compactMap { index in samples.histograms[index].map { (name: name, histogram: $0) } }
        let outcome = HistogramFold.folded(all, isMean: call.name == "avg_over_time")
        for words in outcome.remarks { remarks.add(words, at: call.place) }
        return outcome.histogram.map { .histogram($0) }
    }
}
