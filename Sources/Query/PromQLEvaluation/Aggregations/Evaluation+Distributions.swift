import Bytes
import PromQLText

// Aggregations that look at all values of a group at once.
extension Evaluation {
    func quantiles(
        _ matrix: StepMatrix, _ node: Aggregation, _ quantiles: [Double], _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        let place = node.parameter?.inner.place ?? node.place
        remarkQuantiles(quantiles, at: place)
        if matrix.series.contains(where: { one in one.histograms.contains { $0 != nil } }) {
            remarks.add(.ignoredInAggregation("quantile"), at: node.expression.inner.place)
        }
        let groups = AggregationGroups(matrix, node)
        var result = StepMatrix()
        var values: [Double] = []
        for (number, members) in groups.members.enumerated() {
            var one = StepSeries(labels: groups.labels[number])
            for step in 0..<timeline.count {
                try ledger.spend(members.count)
                values.removeAll(keepingCapacity: true)
                for index in members {
                    let value = matrix.series[index].float(step)
                    if value.isNothing { continue }
                    values.append(value)
                    if matrix.series[index].dropsName { one.dropsName = true }
                }
                if !values.isEmpty { one.append(Quantile.value(quantiles[step], of: &values), at: step) }
            }
            if !one.floats.isEmpty { try result.append(one, ledger) }
        }
        matrix.done(ledger)
        return result
    }

    /// What is no quantile: that which is no number, the greatest, the least.
    func remarkQuantiles(_ quantiles: [Double], at place: Place) {
        if quantiles.contains(where: \.isNaN) { remarks.add(.invalidQuantile("NaN"), at: place) }
        if let most = quantiles.max(by: Self.numerically), most > 1 {
            remarks.add(.invalidQuantile(WrittenNumber.general(most)), at: place)
        }
        if let least = quantiles.filter({ !$0.isNaN }).min(), least < 0 {
            remarks.add(.invalidQuantile(WrittenNumber.general(least)), at: place)
        }
    }

    private static func numerically(_ left: Double, _ right: Double) -> Bool {
        left < right || (left.isNaN && !right.isNaN)
    }

    func countValues(
        _ matrix: StepMatrix, _ node: Aggregation, _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        let label = node.parameter?.text ?? ByteText([])
        guard !label.isEmpty, QuotedText.isUTF8(label.bytes) else {
            throw .refused("invalid label name " + QuotedText.quoted(label.bytes))
        }
        let names = Set(node.grouping).union(node.isWithout ? LabelSet.nameAlone : [label])
        var counts: [LabelSet: Int] = [:]
        var result: [(labels: LabelSet, counts: [Int: Int])] = []
        for one in matrix.series {
            // Whatever the value, the rest of the key is the same.
            let rest = node.isWithout ? one.labels.dropping(names) : one.labels.keeping(names)
            var last: (text: ByteText, number: Int)?
            for step in one.first..<one.end {
                guard let value = one[step] else { continue }
                try ledger.spend(8)
                let text = Self.written(value)
                if last?.text != text {
                    let isDropped = node.isWithout && names.contains(label)
                    let labels = isDropped ? rest.setting(label, to: ByteText([])) : rest.setting(label, to: text)
                    if counts[labels] == nil {
                        try ledger.take(Holding(samples: 1, bytes: 256 + 64 * labels.labels.count))
                        counts[labels] = result.count
                        result.append((labels, [:]))
                    }
                    last = (text, counts[labels] ?? 0)
                }
                if let last { result[last.number].counts[step, default: 0] += 1 }
            }
        }
        matrix.done(ledger)
        var answer = StepMatrix()
        for entry in result {
            var one = StepSeries(labels: entry.labels)
            for step in entry.counts.keys.sorted() { one.append(Double(entry.counts[step] ?? 0), at: step) }
            try answer.append(one, ledger)
        }
        return answer
    }

    private static func written(_ value: SampleValue) -> ByteText {
        switch value {
        case .float(let float): ByteText(WrittenNumber.plain(float).utf8)
        case .histogram(let histogram): ByteText(histogram.written.utf8)
        }
    }
}
