import Bytes
import PromQLText

// Aggregations: series of a group become one, or some of them are chosen.
extension Evaluation {
    func aggregate(_ node: Aggregation, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let parameters = node.operation.takesNumber
            ? try node.parameter.map { parameter throws(EvaluationError) in try scalar(parameter, timeline) } : nil
        let found = try foldedRanges(node, timeline)
        if let found, found.isFolded { return found.matrix }
        let matrix = if let found { found.matrix } else { try vector(node.expression, timeline) }
        try ledger.take(scratch: timeline.count)
        switch node.operation {
        case .countValues: return try countValues(matrix, node, timeline)
        case .topk, .bottomk, .limitk: return try choose(matrix, node, parameters ?? [], timeline)
        case .limitRatio: return try chooseShare(matrix, node, parameters ?? [])
        case .quantile: return try quantiles(matrix, node, parameters ?? [], timeline)
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: return try fold(matrix, node, timeline)
        }
    }

    /// What a function of ranges says whose series become groups, as groups where these can be made at once; nil where
    /// it is something else that is put into groups.
    private func foldedRanges(
        _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> (matrix: StepMatrix, isFolded: Bool)? {
        guard case .call(let call) = node.expression.inner,
            timeline.isInstant || !Invariance.isFixed(node.expression)
        else { return nil }
        try ledger.spend(timeline.count)
        return try rangeCall(call, timeline, for: node)
    }

    /// Group by group, all its series over all steps.
    private func fold(
        _ matrix: StepMatrix, _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        let groups = AggregationGroups(matrix, node)
        var result = StepMatrix()
        for (number, members) in groups.members.enumerated() {
            let series = members.map { matrix.series[$0] }
            var one = try folded(series, node, timeline)
            one.labels = groups.labels[number]
            one.dropsName = series.contains(where: \.dropsName)
            if !one.isEmpty { try result.append(one, ledger) }
        }
        matrix.done(ledger)
        return result
    }

    private func folded(
        _ series: [StepSeries], _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> StepSeries {
        if series.contains(where: { !$0.histograms.isEmpty }) {
            let place = node.expression.inner.place
            switch node.operation {
            case .sum, .avg: return try foldedMixed(series, node, timeline)
            case .count, .group: break
            default:
                if series.contains(where: { one in one.histograms.contains { $0 != nil } }) {
                    remarks.add(.ignoredInAggregation(node.operation.rawValue), at: place)
                }
            }
        }
        let count = timeline.count
        switch node.operation {
        case .sum: return try foldFloats(series, [CompensatedSum?](repeating: nil, count: count)) { $0.value }
        case .avg: return try foldFloats(series, [CompensatedMean?](repeating: nil, count: count)) { $0.value }
        case .stdvar: return try foldFloats(series, [Spread?](repeating: nil, count: count)) { $0.variance }
        case .stddev:
            return try foldFloats(series, [Spread?](repeating: nil, count: count)) { $0.variance.squareRoot() }
        case .min: return try foldFloats(series, [Least?](repeating: nil, count: count)) { $0.value }
        case .max: return try foldFloats(series, [Greatest?](repeating: nil, count: count)) { $0.value }
        default: return try counted(series, node, timeline)
        }
    }

    private func foldFloats<Fold: FloatFold>(
        _ series: [StepSeries], _ empty: [Fold?], _ value: (Fold) -> Double
    ) throws(EvaluationError) -> StepSeries {
        var folds = empty
        for one in series {
            try ledger.spend(one.floats.count)
            for (index, float) in one.floats.enumerated() where !float.isNothing {
                if folds[one.first + index] == nil { folds[one.first + index] = Fold() }
                folds[one.first + index]?.add(float)
            }
        }
        var result = StepSeries(labels: .empty)
        for (step, fold) in folds.enumerated() { if let fold { result.append(value(fold), at: step) } }
        return result
    }

    private func counted(
        _ series: [StepSeries], _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> StepSeries {
        var counts = [Int](repeating: 0, count: timeline.count)
        for one in series {
            try ledger.spend(one.floats.count)
            for step in one.first..<one.end where one.has(step) { counts[step] += 1 }
        }
        var result = StepSeries(labels: .empty)
        for (step, count) in counts.enumerated() where count > 0 {
            result.append(node.operation == .group ? 1 : Double(count), at: step)
        }
        return result
    }

    /// Sums and means, where histograms stand among the samples.
    private func foldedMixed(
        _ series: [StepSeries], _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> StepSeries {
        let place = node.expression.inner.place
        var result = StepSeries(labels: .empty)
        for step in 0..<timeline.count {
            var floats: [Double] = []
            var histograms: [(name: ByteText, histogram: NativeHistogram)] = []
            for one in series {
                switch one[step] {
                case .float(let float)?: floats.append(float)
                case .histogram(let histogram)?: histograms.append((one.labels.metricName, histogram))
                case nil: break
                }
            }
            try ledger.spend(series.count + 16 * histograms.count)
            if !floats.isEmpty, !histograms.isEmpty {
                remarks.add(.mixedAggregation, at: place)
            } else if !histograms.isEmpty {
                let outcome = HistogramFold.folded(histograms, isMean: node.operation == .avg)
                for words in outcome.remarks { remarks.add(words, at: place) }
                if let histogram = outcome.histogram { result.append(.histogram(histogram), at: step) }
            } else if !floats.isEmpty {
                result.append(node.operation == .avg ? Self.mean(floats) : Self.sum(floats), at: step)
            }
        }
        return result
    }

    static func sum(_ floats: [Double]) -> Double {
        var sum = CompensatedSum()
        for float in floats { sum.add(float) }
        return sum.value
    }

    static func mean(_ floats: [Double]) -> Double {
        var mean = CompensatedMean()
        for float in floats { mean.add(float) }
        return mean.value
    }
}

extension AggregationOperator {
    fileprivate var takesNumber: Bool {
        switch self {
        case .topk, .bottomk, .limitk, .limitRatio, .quantile: true
        default: false
        }
    }
}
