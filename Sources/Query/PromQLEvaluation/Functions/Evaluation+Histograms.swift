import Bytes
import PromQLText

// Quantiles and shares of histograms, native ones and those of counters by `le`.
extension Evaluation {
    func histogramQuantile(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let quantiles = try scalar(node.arguments[0], timeline)
        let (first, second) = (node.arguments[0].inner.place, node.arguments[1].inner.place)
        remarkEach(quantiles, at: first)
        let matrix = try vector(node.arguments[1], timeline)
        let input = try HistogramInput(matrix, self, second)
        var collector = SeriesCollector(ledger)
        try addQuantiles(of: input, quantiles, (first, second), timeline, nil, into: &collector)
        matrix.done(ledger)
        return collector.matrix
    }

    func histogramQuantiles(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let label = node.arguments[1].text
        let (first, second) = (node.arguments[0].inner.place, node.arguments[1].inner.place)
        let matrix = try vector(node.arguments[0], timeline)
        let input = try HistogramInput(matrix, self, first)
        var collector = SeriesCollector(ledger)
        for argument in node.arguments.dropFirst(2) {
            let quantiles = try scalar(argument, timeline)
            remarkEach(quantiles, at: argument.inner.place)
            try addQuantiles(of: input, quantiles, (first, second), timeline, label, into: &collector)
        }
        matrix.done(ledger)
        return collector.matrix
    }

    private func remarkEach(_ quantiles: [Double], at place: Place) {
        for quantile in quantiles where !(quantile >= 0 && quantile <= 1) {
            remarks.add(.invalidQuantile(WrittenNumber.general(quantile)), at: place)
        }
    }

    /// - Parameter label: the label that says the quantile, where the result has one.
    private func addQuantiles(
        of input: HistogramInput, _ quantiles: [Double], _ places: (first: Place, second: Place),
        _ timeline: Timeline, _ label: ByteText?, into collector: inout SeriesCollector
    ) throws(EvaluationError) {
        func labelled(_ series: StepSeries, _ step: Int) -> StepSeries {
            guard let label else { return series }
            var result = series
            let text = WrittenNumber.general(quantiles[step])
            let isWhole = !text.contains { $0 == "." || $0 == "e" || $0 == "N" || $0 == "I" }
            result.labels = series.labels.setting(label, to: ByteText((isWhole ? text + ".0" : text).utf8))
            return result
        }
        for one in input.native {
            let name = remarkedName(nameless(one).labels)
            var result = nameless(StepSeries(labels: one.labels))
            for step in one.first..<one.end {
                guard let histogram = one.histogram(step) else { continue }
                try ledger.spend(16 + histogram.positive.indices.count + histogram.negative.indices.count)
                var estimate = HistogramEstimate(histogram, name: name)
                result.append(estimate.quantile(quantiles[step]), at: step)
                if let remark = estimate.remark { remarks.add(remark, at: places.first) }
            }
            if !result.floats.isEmpty { try collector.add(labelled(result, result.first)) }
        }
        var histogram = ClassicHistogram()
        for group in input.classic {
            let labels = nameless(StepSeries(labels: group.labels))
            var result = labels
            for step in 0..<timeline.count {
                guard try input.read(group, at: step, into: &histogram, self) else { continue }
                let (value, forced) = histogram.quantile(quantiles[step])
                if let forced {
                    remarks.add(
                        .forcedMonotonicity(name: remarkedName(labels.labels)), at: places.second,
                        MonotonicityExtent(
                            at: timeline[step], buckets: (forced.lowest, forced.highest),
                            differenceMax: forced.differenceMax))
                }
                result.append(value, at: step)
            }
            if !result.floats.isEmpty { try collector.add(labelled(result, result.first)) }
        }
    }

    func histogramFraction(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let lower = try scalar(node.arguments[0], timeline)
        let upper = try scalar(node.arguments[1], timeline)
        let place = node.arguments[0].inner.place
        let matrix = try vector(node.arguments[2], timeline)
        let input = try HistogramInput(matrix, self, node.arguments[2].inner.place)
        var collector = SeriesCollector(ledger)
        for one in input.native {
            var result = nameless(StepSeries(labels: one.labels))
            let name = remarkedName(result.labels)
            for step in one.first..<one.end {
                guard let histogram = one.histogram(step) else { continue }
                try ledger.spend(16 + histogram.positive.indices.count + histogram.negative.indices.count)
                var estimate = HistogramEstimate(histogram, name: name)
                result.append(estimate.fraction(lower[step], upper[step]), at: step)
                if let remark = estimate.remark { remarks.add(remark, at: place) }
            }
            if !result.floats.isEmpty { try collector.add(result) }
        }
        var histogram = ClassicHistogram()
        for group in input.classic {
            var result = nameless(StepSeries(labels: group.labels))
            for step in 0..<timeline.count {
                guard try input.read(group, at: step, into: &histogram, self) else { continue }
                result.append(histogram.fraction(lower[step], upper[step]), at: step)
            }
            if !result.floats.isEmpty { try collector.add(result) }
        }
        matrix.done(ledger)
        return collector.matrix
    }
}

/// The histograms of a vector: native ones, and counters by `le` that belong together. Where both have the same labels
/// at a step, neither counts there.
struct HistogramInput {
    struct Classic {
        let labels: LabelSet
        /// Its place among the others.
        let number: Int
        /// Where buckets end, and their series.
        var buckets: [(end: Double, series: Int)]
        /// Whether they stand in the order of their ends.
        var isOrdered = false

        /// What is no number has no place among others; then each step is put in order by itself.
        mutating func order() {
            if buckets.contains(where: { $0.end.isNaN }) { return }
            buckets.sort { $0.end < $1.end }
            isOrdered = true
        }
    }

    private(set) var native: [StepSeries] = []
    private(set) var classic: [Classic] = []
    private let series: [StepSeries]

    init(_ matrix: StepMatrix, _ evaluation: Evaluation, _ place: Place) throws(EvaluationError) {
        series = matrix.series
        var numbers: [LabelSet: Int] = [:]
        for (index, one) in series.enumerated() {
            try evaluation.ledger.spend(one.floats.count)
            if !one.histograms.isEmpty { native.append(one) }
            guard one.floats.contains(where: { !$0.isNothing }) else { continue }
            let end = one.labels[Self.bucketLabel]
            guard let value = BucketEnd.value(of: end) else {
                let name = evaluation.question.delaysNameRemoval ? one.labels.metricName : ByteText([])
                evaluation.remarks.add(.badBucketLabel(name: name, label: end), at: place)
                continue
            }
            let key = one.labels.dropping([Self.bucketLabel])
            if let number = numbers[key] {
                classic[number].buckets.append((value, index))
            } else {
                numbers[key] = classic.count
                classic.append(Classic(labels: key, number: classic.count, buckets: [(value, index)]))
            }
        }
        for number in classic.indices { classic[number].order() }
        for index in native.indices {
            guard let number = numbers[native[index].labels] else { continue }
            for step in native[index].first..<native[index].end where native[index].histogram(step) != nil {
                let isBoth = classic[number].buckets.contains { !series[$0.series].float(step).isNothing }
                if !isBoth { continue }
                let name = evaluation.question.delaysNameRemoval ? native[index].labels.metricName : ByteText([])
                evaluation.remarks.add(.mixedHistograms(name: name), at: place)
                native[index].histograms[step - native[index].first] = nil
                mixed.insert(MixedStep(group: number, step: step))
            }
        }
    }

    private struct MixedStep: Hashable {
        let group: Int
        let step: Int
    }

    private var mixed: Set<MixedStep> = []
    private static let bucketLabel: ByteText = "le"

    /// What a group of buckets says at a step.
    /// - Returns: false where it says nothing.
    func read(
        _ group: Classic, at step: Int, into histogram: inout ClassicHistogram, _ evaluation: Evaluation
    ) throws(EvaluationError) -> Bool {
        try evaluation.ledger.spend(group.buckets.count)
        if !mixed.isEmpty, mixed.contains(MixedStep(group: group.number, step: step)) { return false }
        guard group.isOrdered else {
            let counts = group.buckets.map { (end: $0.end, count: series[$0.series].float(step)) }
            histogram = ClassicHistogram(counts.filter { !$0.count.isNothing })
            return !histogram.buckets.isEmpty
        }
        histogram.clear()
        for bucket in group.buckets {
            let count = series[bucket.series].float(step)
            if !count.isNothing { histogram.add(end: bucket.end, count) }
        }
        return !histogram.buckets.isEmpty
    }
}

/// Where a bucket ends, from its label.
enum BucketEnd {
    static func value(of text: ByteText) -> Double? {
        var word = text.description.lowercased()
        if word.hasPrefix("+") { word.removeFirst() }
        switch word {
        case "inf", "infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        case "nan": return .nan
        default: return text.bytes.first.map { $0 != UInt8(ascii: " ") } == true ? Double(word) : nil
        }
    }
}
