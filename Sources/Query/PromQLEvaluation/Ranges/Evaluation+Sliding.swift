import Bytes
import PromQLText

// Ranges slide over series.
extension Evaluation {
    func slide(
        _ call: RangeCall, _ timeline: Timeline, _ function: some FloatRangeFunction
    ) throws(EvaluationError) -> StepMatrix {
        var function = function
        var output = RangeOutput(call, self)
        for (member, samples) in call.input.series.enumerated() {
            try ledger.spend(timeline.count)
            function.begin(samples)
            var one = StepSeries(labels: samples.labels, dropsName: samples.dropsName)
            try slide(samples, call, timeline, &function, &one)
            try output.take(one, of: member, self)
        }
        return output.matrix
    }

    /// The same of rates: what of their ranges does not depend on values is found out once for series that have samples
    /// at the same times.
    func slideTogether(
        _ call: RangeCall, _ timeline: Timeline, _ function: RateFunction
    ) throws(EvaluationError) -> StepMatrix {
        guard timeline.count <= RateWindows.stepsMax else { return try slide(call, timeline, function) }
        let scratch = Holding(bytes: RateWindows.stepBytes * timeline.count)
        try ledger.take(scratch)
        defer { ledger.giveBack(scratch) }
        var (function, windows) = (function, RateWindows(call.input, timeline))
        var output = RangeOutput(call, self)
        for (member, samples) in call.input.series.enumerated() {
            try ledger.spend(timeline.count)
            function.begin(samples)
            var one = StepSeries(labels: samples.labels, dropsName: samples.dropsName)
            if samples.histograms.isEmpty {
                try ledger.spend(samples.times.count)
                let view = windows.view(of: samples.moments)
                guard let first = view.firstStep else { continue }
                if try output.add(function, samples, view, of: member, self) { continue }
                one.first = first
                one.floats = [Double](repeating: .nothing, count: view.stepCount)
                function.fill(&one.floats, samples, view)
            } else {
                try slide(samples, call, timeline, &function, &one)
            }
            try output.take(one, of: member, self)
        }
        return output.matrix
    }

    private func slide<Function: FloatRangeFunction>(
        _ samples: RangeSamples, _ call: RangeCall, _ timeline: Timeline, _ function: inout Function,
        _ one: inout StepSeries
    ) throws(EvaluationError) {
        let times = samples.times
        let areFloats = samples.histograms.isEmpty
        let hasQuantile = call.name == "quantile_over_time"
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
                if hasQuantile { remarkQuantile(call, step) }
                if let value = function.value(samples, window) { one.append(value, at: step) }
            } else if let value = try mixedValue(call, samples, window, &function) {
                one.append(value, at: step)
            }
        }
    }

    private func remarkQuantile(_ call: RangeCall, _ step: Int) {
        guard let quantile = call.numbers.first?[step], !(quantile >= 0 && quantile <= 1) else { return }
        remarks.add(.invalidQuantile(WrittenNumber.general(quantile)), at: call.place)
    }
}

/// What comes of ranges, series by series: a matrix, or what is put into groups at once.
private struct RangeOutput {
    private let call: RangeCall
    private let isOfCounter: Bool
    private var names = CounterNames()
    private var collector: SeriesCollector

    init(_ call: RangeCall, _ evaluation: Evaluation) {
        self.call = call
        isOfCounter = call.name == "rate" || call.name == "increase"
        collector = SeriesCollector(evaluation.ledger)
    }

    var matrix: StepMatrix { collector.matrix }

    /// - Parameters:
    ///   - one: a series that has its name still.
    ///   - member: its place among those of the call.
    mutating func take(_ one: StepSeries, of member: Int, _ evaluation: Evaluation) throws(EvaluationError) {
        if one.floats.isEmpty { return }
        if isOfCounter { remark(one, evaluation) }
        if let folds = call.folds {
            let dropsName = one.dropsName || (evaluation.question.delaysNameRemoval && !call.keepsName)
            return try folds.add(one, of: member, dropsName: dropsName)
        }
        try collector.add(call.keepsName ? one : evaluation.nameless(one))
    }

    /// Takes rates of a series right where they are added up; false where they are not.
    mutating func add(
        _ rates: RateFunction, _ samples: RangeSamples, _ view: RateWindows.View, of member: Int,
        _ evaluation: Evaluation
    ) throws(EvaluationError) -> Bool {
        guard let folds = call.folds, folds.isSum else { return false }
        if isOfCounter { names.look(at: samples.labels.metricName, of: call.place, evaluation) }
        let dropsName = samples.dropsName || evaluation.question.delaysNameRemoval
        try folds.add(rates, samples, view, of: member, dropsName: dropsName)
        return true
    }

    private mutating func remark(_ one: StepSeries, _ evaluation: Evaluation) {
        guard one.floats.contains(where: { !$0.isNothing }) else { return }
        names.look(at: one.labels.metricName, of: call.place, evaluation)
    }
}

/// Looks whether names are those of counters, and remarks which are not.
struct CounterNames {
    /// The last name that was found to be that of a counter.
    private var counter: ByteText?

    /// - Parameter place: what has the name.
    mutating func look(at name: ByteText, of place: Place, _ evaluation: Evaluation) {
        guard !name.isEmpty, name != counter else { return }
        if counterEndings.contains(where: { name.bytes.suffix($0.count).elementsEqual($0) }) {
            counter = name
        } else {
            evaluation.remarks.add(.possibleNonCounter(name: name), at: place)
        }
    }
}

/// How names of counters end. Made once: it is asked of each series.
private let counterEndings = ["_total", "_sum", "_count", "_bucket"].map { Array($0.utf8) }
