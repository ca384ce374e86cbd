import Bytes
import PromQLText
import RegularExpressions

// Functions that change labels.
extension Evaluation {
    func labelReplace(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let (destination, replacement) = (node.arguments[1].text, node.arguments[2].text)
        let (source, pattern) = (node.arguments[3].text, node.arguments[4].text)
        let expression: RegularExpression
        do throws(RegularExpressionError) {
            expression = try RegularExpression("(?s:" + pattern.description + ")", captures: true)
        } catch {
            throw .refused("invalid regular expression in label_replace(): \(pattern)")
        }
        // For each group a matcher keeps places at each of its instructions.
        guard expression.groupCount <= RegularExpression.groupsMax else {
            throw .refused(
                "invalid regular expression in label_replace(): more than \(RegularExpression.groupsMax) groups")
        }
        try checkName(destination, "destination label name in label_replace()")
        let template = ReplacementTemplate(replacement, expression)
        return try relabelled(node, timeline, destination) { labels throws(EvaluationError) in
            let value = labels[source]
            try ledger.spend(64 + value.bytes.count / 16 * expression.size)
            guard let groups = expression.groups(of: value.bytes.span) else { return nil }
            try ledger.take(Holding(samples: 0, bytes: template.size(groups)))
            return template.filled(value.bytes, groups)
        }
    }

    func labelJoin(_ node: FunctionCall, _ timeline: Timeline) throws(EvaluationError) -> StepMatrix {
        let (destination, separator) = (node.arguments[1].text, node.arguments[2].text)
        let sources = node.arguments.dropFirst(3).map(\.text)
        for source in sources { try checkName(source, "source label name in label_join()") }
        try checkName(destination, "destination label name in label_join()")
        return try relabelled(node, timeline, destination) { labels throws(EvaluationError) in
            let size = sources.reduce(separator.bytes.count * sources.count) { $0 + labels[$1].bytes.count }
            try ledger.spend(64 + size / 16)
            try ledger.take(Holding(samples: 0, bytes: size))
            return ByteText(sources.map { labels[$0].bytes }.joined(separator: separator.bytes))
        }
    }

    private func checkName(_ name: ByteText, _ what: String) throws(EvaluationError) {
        guard !name.isEmpty, QuotedText.isUTF8(name.bytes) else { throw .refused("invalid \(what): \(name)") }
    }

    private func relabelled(
        _ node: FunctionCall, _ timeline: Timeline, _ destination: ByteText,
        _ value: (LabelSet) throws(EvaluationError) -> ByteText?
    ) throws(EvaluationError) -> StepMatrix {
        let matrix = try vector(node.arguments[0], timeline)
        var collector = SeriesCollector(ledger)
        for var one in matrix.series {
            if let text = try value(one.labels) {
                one.labels = one.labels.setting(destination, to: text)
                if destination == LabelMatcher.metricName { one.dropsName = false }
            }
            try collector.add(one)
        }
        matrix.done(ledger)
        return collector.matrix
    }
}
