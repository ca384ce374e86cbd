import Bytes
import PromQLText

// Ranges slide over series.
extension Evaluation {
    func slide(
        _ call: RangeCall, _ timeline: Timeline, _ function: some FloatRangeFunction
    ) throws(EvaluationError) -> StepMatrix {
        var function = function
        var collector = SeriesCollector(ledger)
        for samples in call.input.series {
            try ledger.spend(timeline.count)
            function.begin(samples)
            var one = StepSeries(labels: samples.labels, dropsName: samples.dropsName)
            try slide(samples, call, timeline, &function, &one)
            remarkCounter(call, one, samples.labels.metricName)
            if one.floats.isEmpty { continue }
            try collector.add(call.keepsName ? one : nameless(one))
        }
        return collector.matrix
    }

    private func slide<Function: FloatRangeFunction>(
        _ samples: RangeSamples, _ call: RangeCall, _ timeline: Timeline, _ function: inout Function,
        _ one: inout StepSeries
    ) throws(EvaluationError) {
        let times = samples.times
        let areFloats = samples.histograms.isEmpty
        let input = call.input
        let (before, behind) = (
            input.boundary == nil ? 0 : question.lookback, input.boundary == .smoothed ? question.lookback : 0
        )
        var (low, high) = (0, 0)
        for step in 0..<timeline.count {
            let time = timeline[step]
            let end = input.end(at: time)
            let start = end.subtracting(input.length)
            while high < times.count, times[high] <= end.adding(behind) { high += 1 }
            while low < high, times[low] <= start.subtracting(before) { low += 1 }
            guard low < high else { continue }
            try ledger.spend(high - low)
            let window = RangeWindow(
                range: low..<high, start: start, end: end, time: time, step: step, length: input.length)
            if areFloats {
                remarkQuantile(call, step)
                if let value = function.value(samples, window) { one.append(value, at: step) }
            } else if let value = try mixedValue(call, samples, window, &function) {
                one.append(value, at: step)
            }
        }
    }

    private func remarkQuantile(_ call: RangeCall, _ step: Int) {
        guard call.name == "quantile_over_time", let quantile = call.numbers.first?[step],
            !(quantile >= 0 && quantile <= 1)
        else { return }
        remarks.add(.invalidQuantile(WrittenNumber.general(quantile)), at: call.place)
    }

    private func remarkCounter(_ call: RangeCall, _ one: StepSeries, _ name: ByteText) {
        guard call.name == "rate" || call.name == "increase", !name.isEmpty,
            one.floats.contains(where: { !$0.isNothing }),
            !counterEndings.contains(where: { name.bytes.suffix($0.count).elementsEqual($0) })
        else { return }
        remarks.add(.possibleNonCounter(name: name), at: call.place)
    }
}

/// How names of counters end. Made once: it is asked of each series.
private let counterEndings = ["_total", "_sum", "_count", "_bucket"].map { Array($0.utf8) }
