import Bytes
import PromQLText

// What is not there.
extension Evaluation {
    /// 1 at the steps at which nothing is found.
    func absent(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let matrix = try vector(node.arguments[0], timeline)
        var isFound = [Bool](repeating: false, count: timeline.count)
        for one in matrix.series {
            try ledger.spend(one.floats.count)
            for step in one.first..<one.end where one.has(step) { isFound[step] = true }
        }
        matrix.done(ledger)
        return try absence(isFound, node)
    }

    func absentOverTime(
        _ node: FunctionCall, _ input: RangeInput, _ timeline: Timeline
    ) throws(EvaluationError) -> StepMatrix {
        var isFound = [Bool](repeating: false, count: timeline.count)
        for samples in input.series {
            try ledger.spend(samples.times.count + timeline.count)
            var next = 0
            for step in 0..<timeline.count {
                let time = timeline[step]
                while next < samples.times.count, samples.times[next] <= input.end(at: time) { next += 1 }
                if next > 0, samples.times[next - 1] > input.start(at: time) { isFound[step] = true }
            }
        }
        done(input)
        return try absence(isFound, node)
    }

    private func absence(_ isFound: [Bool], _ node: FunctionCall) throws(EvaluationError) -> StepMatrix {
        var one = StepSeries(labels: Self.labelsOfAbsence(node.arguments[0].inner))
        for (step, isFound) in isFound.enumerated() where !isFound { one.append(1, at: step) }
        return one.floats.isEmpty ? StepMatrix() : try StepMatrix([one], ledger)
    }

    /// The labels that a selector asks for by their values, each once.
    private static func labelsOfAbsence(_ argument: Expression) -> LabelSet {
        let matchers: [LabelMatcher]
        switch argument {
        case .selector(let node): matchers = node.matchers
        case .range(let node): matchers = node.selector.matchers
        default: return .empty
        }
        var labels: [ByteText: ByteText] = [:]
        var known: Set<ByteText> = []
        for matcher in matchers where matcher.label != LabelMatcher.metricName {
            if matcher.comparison == .equal, known.insert(matcher.label).inserted {
                labels[matcher.label] = matcher.value
            } else {
                labels[matcher.label] = nil
            }
        }
        // order: a set of labels brings its own.
        return LabelSet(labels.map { ($0.key, $0.value) })
    }
}
