import PromQLText

// Operators, where at least one side is a number.
extension Evaluation {
    func scalarBinary(_ node: BinaryOperation, _ timeline: Timeline) throws(EvaluationError) -> [Double] {
        var left = try scalar(node.left, timeline)
        let right = try scalar(node.right, timeline)
        let operation = node.operation
        for step in left.indices { left[step] = operation.value(left[step], right[step]) }
        return left
    }

    func binary(_ node: BinaryOperation, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        if node.left.type == .scalar {
            let numbers = try scalar(node.left, timeline)
            return try withNumbers(node, try vector(node.right, timeline), numbers, areLeft: true)
        }
        if node.right.type == .scalar {
            let matrix = try vector(node.left, timeline)
            return try withNumbers(node, matrix, try scalar(node.right, timeline), areLeft: false)
        }
        let left = try vector(node.left, timeline)
        let right = try vector(node.right, timeline)
        return try node.operation.isSet
            ? SetOperation(self, node).value(left, right) : VectorOperation(self, node).value(left, right, timeline)
    }

    private func withNumbers(
        _ node: BinaryOperation, _ matrix: StepMatrix, _ numbers: [Double], areLeft: Bool
    ) throws(EvaluationError) -> StepMatrix {
        var collector = SeriesCollector(ledger)
        let losesName = node.operation.changesMetric || node.returnsBool
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            var result = one.histograms.isEmpty && !node.operation.isTrim
                ? withNumbers(node, one, numbers, areLeft) : withNumbersMixed(node, one, numbers, areLeft)
            if result.isEmpty { continue }
            if losesName { result = nameless(result) }
            try collector.add(result)
        }
        matrix.done(ledger)
        return collector.matrix
    }

    private func withNumbers(
        _ node: BinaryOperation, _ one: StepSeries, _ numbers: [Double], _ areLeft: Bool
    ) -> StepSeries {
        let operation = node.operation
        var floats = one.floats
        for index in floats.indices where !floats[index].isNothing {
            let number = numbers[one.first + index]
            let value = areLeft ? operation.value(number, floats[index]) : operation.value(floats[index], number)
            if !operation.isComparison || node.returnsBool {
                floats[index] = value
            } else if value == 0 {
                floats[index] = .nothing
            }
        }
        return one.with(floats: floats)
    }

    /// Histograms stand among the samples.
    private func withNumbersMixed(
        _ node: BinaryOperation, _ one: StepSeries, _ numbers: [Double], _ areLeft: Bool
    ) -> StepSeries {
        var result = StepSeries(labels: one.labels, dropsName: one.dropsName)
        for step in one.first..<one.end {
            guard let sample = one[step] else { continue }
            let number = SampleValue.float(numbers[step])
            let (left, right) = areLeft ? (number, sample) : (sample, number)
            switch outcome(node.operation, left, right, node.place) {
            case .sample(let value):
                if node.returnsBool {
                    result.append(1, at: step)
                } else {
                    // What passes a comparison is the series' own, on whichever side it stands.
                    result.append(node.operation.isComparison ? sample : value, at: step)
                }
            case .failing: if node.returnsBool { result.append(0, at: step) }
            case .none: break
            }
        }
        return result
    }
}
