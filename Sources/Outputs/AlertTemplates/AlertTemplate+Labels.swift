package import Bytes

extension AlertTemplate {
    /// Labels of its series that it names as `$labels.NAME`, in whatever branch.
    package var labelsNamed: Set<ByteText> {
        var labels: Set<ByteText> = []
        for node in nodes { node.collect(into: &labels) }
        // order: all go into one set.
        for node in defined.values.joined() { node.collect(into: &labels) }
        return labels
    }

    /// The labels of the series, as templates name them.
    fileprivate static let labelsVariable: ByteText = "$labels"
}

extension TemplateNode {
    fileprivate func collect(into labels: inout Set<ByteText>) {
        switch self {
        case .text, .leave, .next: break
        case .action(let pipeline): pipeline.collect(into: &labels)
        case .condition(let pipeline, let then, let otherwise), .with(let pipeline, let then, let otherwise),
            .range(let pipeline, let then, let otherwise):
            pipeline.collect(into: &labels)
            for node in then + otherwise { node.collect(into: &labels) }
        case .call(_, let pipeline, _): pipeline?.collect(into: &labels)
        }
    }
}

extension TemplatePipeline {
    fileprivate func collect(into labels: inout Set<ByteText>) {
        for operand in commands.joined() { operand.collect(into: &labels) }
    }
}

extension TemplateOperand {
    fileprivate func collect(into labels: inout Set<ByteText>) {
        switch self {
        case .dot, .nothing, .constant, .function, .variable: break
        case .pipeline(let pipeline): pipeline.collect(into: &labels)
        case .fields(let of, let names):
            if case .variable(AlertTemplate.labelsVariable) = of, let name = names.first { labels.insert(name) }
            of.collect(into: &labels)
        }
    }
}
