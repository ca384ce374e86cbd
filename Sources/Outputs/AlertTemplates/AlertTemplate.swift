package import Bytes

/// A text of a rule's label or annotation in the language of Go's templates, with the functions that Prometheus adds:
/// `{{ $labels.job }} is at {{ $value | humanizePercentage }}`.
///
/// Reading takes time linear in the text. An expansion is bounded in steps, depth and bytes: what would go beyond is an
/// error, whatever the template.
package struct AlertTemplate: Hashable, Sendable {
    /// As it was written.
    package let text: ByteText
    let nodes: [TemplateNode]
    let defined: [ByteText: [TemplateNode]]

    /// Reads a text.
    package init(_ text: ByteText) throws(TemplateError) {
        var parser = try TemplateParser(text.bytes)
        nodes = try parser.parseWhole()
        defined = parser.defined
        self.text = text
    }

    /// The text for one series.
    /// - Parameter ask: what an expression of PromQL says at the time of the evaluation.
    /// - Throws: ``TemplateError`` where a function refuses its arguments, a question has no answer, or a bound is met.
    package func expanded(
        for data: TemplateData, asking ask: @escaping (ByteText) throws(TemplateError) -> [TemplateSample]
    ) throws(TemplateError) -> ByteText {
        if defined.isEmpty, nodes.allSatisfy(\.isText) {
            return ByteText(nodes.flatMap { if case .text(let text) = $0 { text } else { [UInt8]() } })
        }
        var run = TemplateRun(data, defined, ask)
        return ByteText(try run.output(of: nodes))
    }

    /// What every template begins with.
    static let variables: [ByteText] = [rootVariable, "$labels", "$externalLabels", "$externalURL", "$value"]
    static let rootVariable: ByteText = "$"
}

extension TemplateNode {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }
}
