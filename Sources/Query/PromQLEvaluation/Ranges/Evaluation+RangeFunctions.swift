import Bytes
import PromQLText

// Functions of ranges: which computation a name means.
extension Evaluation {
    /// Nil where the function has no range.
    /// - Parameter aggregation: what the result is an argument of, for whom it may be put into groups at once.
    func rangeCall(
        _ node: FunctionCall, _ timeline: Timeline, for aggregation: Aggregation? = nil
    ) throws(EvaluationError) -> (matrix: StepMatrix, isFolded: Bool)? {
        guard let place = node.arguments.firstIndex(where: { $0.type == .matrix }) else { return nil }
        let name = node.function.name
        var numbers: [[Double]] = []
        for (index, argument) in node.arguments.enumerated() where index != place {
            numbers.append(try scalar(argument, timeline))
        }
        let rates = RateFunction(named: name)
        if let rates, let aggregation, let sums = try summed(rates, node, timeline, for: aggregation) {
            return (sums, true)
        }
        let input = try ranges(node.arguments[place], timeline, rates == nil ? .all : .ends)
        try checkBoundary(input, name)
        var call = RangeCall(name: name, numbers: numbers, place: node.arguments[0].inner.place, input: input)
        if name == "absent_over_time" { return (try absentOverTime(node, input, timeline), false) }
        if let aggregation { call.folds = try folds(aggregation, call, timeline) }
        let matrix = try slide(call, timeline)
        done(input)
        guard let folds = call.folds else { return (matrix, false) }
        return (try folds.matrix(), true)
    }

    /// Groups for what a call gives: where it gives floats alone, and no two series of it become one by the labels that
    /// go. Nil where that is not known.
    private func folds(
        _ node: Aggregation, _ call: RangeCall, _ timeline: Timeline
    ) throws(EvaluationError) -> GroupFolds? {
        let series = call.input.series
        guard let first = series.first else { return nil }
        let dropsMetric = !call.keepsName && !question.delaysNameRemoval
        for one in series {
            guard one.histograms.isEmpty, !dropsMetric || one.labels.isOfMetric(of: first.labels) else { return nil }
        }
        return try GroupFolds(
            node, series.map(\.labels), dropsMetric: dropsMetric, steps: timeline.count, ledger)
    }

    private func slide(_ call: RangeCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        if call.input.boundary != nil { return try slide(call, timeline, BoundaryFunction(call)) }
        if let result = try slideRates(call, timeline) { return result }
        if let result = try slideFolds(call, timeline) { return result }
        if let result = try slidePicks(call, timeline) { return result }
        throw .refused("function \(call.name) is not there")
    }

    private func slideRates(_ call: RangeCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix? {
        if let rates = RateFunction(named: call.name) { return try slideTogether(call, timeline, rates) }
        switch call.name {
        case "irate": return try slide(call, timeline, InstantRateFunction(isRate: true))
        case "idelta": return try slide(call, timeline, InstantRateFunction(isRate: false))
        case "deriv": return try slide(call, timeline, TrendFunction(ahead: nil))
        case "predict_linear": return try slide(call, timeline, TrendFunction(ahead: call.numbers[0]))
        case "changes":
            return try slide(call, timeline, NeighbourFunction { $0 != $1 && !($0.isNaN && $1.isNaN) })
        case "resets": return try slide(call, timeline, NeighbourFunction { $1 < $0 })
        case "double_exponential_smoothing":
            try checkFactor(call.numbers[0], "smoothing")
            try checkFactor(call.numbers[1], "trend")
            return try slide(call, timeline, SmoothingFunction(smoothing: call.numbers[0], trend: call.numbers[1]))
        default: return nil
        }
    }

    private func checkFactor(_ factors: [Double], _ name: String) throws(EvaluationError) {
        for factor in factors where factor <= 0 || factor >= 1 {
            let sign = name == "smoothing" ? "sf" : "tf"
            throw .refused(
                "invalid \(name) factor. Expected: 0 < \(sign) < 1, got: " + WrittenNumber.fixed(factor))
        }
    }

    private func slideFolds(_ call: RangeCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix? {
        // Ranges that overlap much are not gone through step by step.
        let overlaps = !timeline.isInstant && call.input.length / timeline.step >= PromQLEvaluator.slidesFrom
        switch (call.name, overlaps) {
        case ("sum_over_time", false):
            return try slide(call, timeline, FoldFunction(CompensatedSum.self) { $0.value })
        case ("avg_over_time", false):
            return try slide(call, timeline, FoldFunction(CompensatedMean.self) { $0.value })
        case ("min_over_time", false): return try slide(call, timeline, FoldFunction(Least.self) { $0.value })
        case ("max_over_time", false): return try slide(call, timeline, FoldFunction(Greatest.self) { $0.value })
        case ("sum_over_time", true):
            return try slide(call, timeline, SlidingFunction(CompensatedSum.self) { $0.value })
        case ("avg_over_time", true): return try slide(call, timeline, SlidingMeanFunction())
        case ("min_over_time", true): return try slide(call, timeline, SlidingFunction(Least.self) { $0.value })
        case ("max_over_time", true): return try slide(call, timeline, SlidingFunction(Greatest.self) { $0.value })
        default: return try slideSpreads(call, timeline, overlaps)
        }
    }

    private func slideSpreads(
        _ call: RangeCall, _ timeline: Timeline, _ overlaps: Bool
    ) throws(EvaluationError) -> StepMatrix? {
        switch (call.name, overlaps) {
        case ("stdvar_over_time", false): return try slide(call, timeline, FoldFunction(Spread.self) { $0.variance })
        case ("stddev_over_time", false):
            return try slide(call, timeline, FoldFunction(Spread.self) { $0.variance.squareRoot() })
        case ("stdvar_over_time", true):
            return try slide(call, timeline, SlidingFunction(JoinableSpread.self) { $0.variance })
        case ("stddev_over_time", true):
            return try slide(call, timeline, SlidingFunction(JoinableSpread.self) { $0.variance.squareRoot() })
        default: return nil
        }
    }

    private func slidePicks(_ call: RangeCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix? {
        func pick(_ pick: @escaping (RangeSamples, RangeWindow) -> Double) -> PickFunction { PickFunction(pick: pick) }
        switch call.name {
        case "count_over_time": return try slide(call, timeline, pick { Double($1.range.count) })
        case "present_over_time": return try slide(call, timeline, pick { _, _ in 1 })
        case "last_over_time": return try slide(call, timeline, pick { $0.floats[$1.range.upperBound - 1] })
        case "first_over_time": return try slide(call, timeline, pick { $0.floats[$1.range.lowerBound] })
        case "ts_of_first_over_time":
            return try slide(call, timeline, pick { Double($0.times[$1.range.lowerBound]) / 1000 })
        case "ts_of_last_over_time":
            return try slide(call, timeline, pick { Double($0.times[$1.range.upperBound - 1]) / 1000 })
        case "ts_of_max_over_time": return try slide(call, timeline, ExtremeTimeFunction { $0 >= $1 })
        case "ts_of_min_over_time": return try slide(call, timeline, ExtremeTimeFunction { $0 <= $1 })
        case "quantile_over_time":
            let quantiles = call.numbers[0]
            return try slide(call, timeline, OrderFunction { Quantile.value(quantiles[$1], of: &$0) })
        case "mad_over_time":
            return try slide(
                call, timeline,
                OrderFunction { values, _ in
                    let median = Quantile.value(0.5, of: &values)
                    var distances = values.map { ($0 - median).magnitude }
                    return Quantile.value(0.5, of: &distances)
                })
        default: return nil
        }
    }
}

/// A call of a function of ranges.
struct RangeCall {
    let name: String
    /// The other arguments, by step.
    let numbers: [[Double]]
    /// Where the first argument stands, which remarks point to.
    let place: Place
    let input: RangeInput
    /// Take the place of the matrix; nil: it is made.
    var folds: GroupFolds?

    /// Whether the values are samples of the metric still.
    var keepsName: Bool { name == "last_over_time" || name == "first_over_time" }
}
