import PromQLText

/// `and`, `or`, `unless`: which series of two sides stay, step by step.
struct SetOperation {
    private let evaluation: Evaluation
    private let operation: BinaryOperator
    private let matching: VectorMatching

    init(_ evaluation: Evaluation, _ node: BinaryOperation) {
        self.evaluation = evaluation
        operation = node.operation
        matching = node.matching ?? VectorMatching()
    }

    func value(_ left: StepMatrix, _ right: StepMatrix) throws(EvaluationError) -> StepMatrix {
        var collector = SeriesCollector(evaluation.ledger)
        let matched = try MatchingGroups(left, right, matching, evaluation.ledger)
        var kept = [StepSeries?](repeating: nil, count: operation == .or ? right.series.count : left.series.count)
        for group in matched.groups {
            let (judged, judges) = operation == .or ? (group.right, group.left) : (group.left, group.right)
            let matrix = operation == .or ? right : left
            if judged.isEmpty { continue }
            let present = try presence(judges.map { (operation == .or ? left : right).series[$0] })
            for index in judged {
                let one = matrix.series[index]
                try evaluation.ledger.spend(one.floats.count)
                kept[index] = filtered(one, present, wanted: operation == .and)
            }
        }
        if operation == .or { for one in left.series { try collector.add(one) } }
        for one in kept { if let one, !one.isEmpty { try collector.add(one) } }
        matched.done(evaluation.ledger)
        left.done(evaluation.ledger)
        right.done(evaluation.ledger)
        return collector.matrix
    }

    /// At which steps one of the series says something.
    private func presence(_ series: [StepSeries]) throws(EvaluationError) -> Presence {
        guard let first = series.map(\.first).min(), let end = series.map(\.end).max() else { return Presence() }
        var presence = Presence(first: first, steps: [Bool](repeating: false, count: end - first))
        for one in series {
            try evaluation.ledger.spend(one.floats.count)
            for step in one.first..<one.end where one.has(step) { presence.steps[step - first] = true }
        }
        return presence
    }

    private func filtered(_ one: StepSeries, _ presence: Presence, wanted: Bool) -> StepSeries {
        var result = one
        for step in one.first..<one.end where presence.has(step) != wanted {
            result.floats[step - one.first] = .nothing
            if !result.histograms.isEmpty { result.histograms[step - one.first] = nil }
        }
        return result
    }
}

private struct Presence {
    var first = 0
    var steps: [Bool] = []

    func has(_ step: Int) -> Bool { step >= first && step - first < steps.count && steps[step - first] }
}
