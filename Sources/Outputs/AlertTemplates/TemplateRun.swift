import Bytes
import PromQLText

/// One expansion of a template.
struct TemplateRun {
    let data: TemplateData
    private let defined: [ByteText: [TemplateNode]]
    let ask: (ByteText) throws(TemplateError) -> [TemplateSample]
    private var variables: [(name: ByteText, value: TemplateValue)] = []
    private var output: [UInt8] = []
    private var steps = 0
    private var work = 0
    private var calls = 0
    private var questions = 0
    private var patterns = 0
    /// Nodes and pipelines inside one another: each takes some frames of the stack.
    private var depth = 0
    private var line = 1

    /// How a list of nodes ended.
    private enum Flow {
        case on, leave, next
    }

    init(
        _ data: TemplateData, _ defined: [ByteText: [TemplateNode]],
        _ ask: @escaping (ByteText) throws(TemplateError) -> [TemplateSample]
    ) {
        (self.data, self.defined, self.ask) = (data, defined, ask)
        variables = [
            (AlertTemplate.rootVariable, .root), ("$labels", .labels(data.labels)),
            ("$externalLabels", .labels(data.externalLabels)), ("$externalURL", .text(data.externalURL)),
            ("$value", .float(data.value)),
        ]
    }

    mutating func output(of nodes: [TemplateNode]) throws(TemplateError) -> [UInt8] {
        _ = try walk(nodes, .root)
        return output
    }

    func error(_ reason: String) -> TemplateError { TemplateError(line: line, reason) }

    private mutating func step() throws(TemplateError) {
        steps += 1
        guard steps <= TemplateLimits.stepsMax else {
            throw error("the template takes more than \(TemplateLimits.stepsMax) steps")
        }
    }

    private mutating func descend() throws(TemplateError) {
        guard depth < TemplateLimits.depthMax else {
            throw error("the template goes deeper than \(TemplateLimits.depthMax)")
        }
        depth += 1
    }

    mutating func bookQuestion() throws(TemplateError) {
        questions += 1
        guard questions <= TemplateLimits.questionsMax else {
            throw error("the template asks more than \(TemplateLimits.questionsMax) questions")
        }
    }

    mutating func bookPattern() throws(TemplateError) {
        patterns += 1
        guard patterns <= TemplateLimits.patternsMax else {
            throw error("the template compiles more than \(TemplateLimits.patternsMax) patterns")
        }
    }

    /// Books bytes that are read or made.
    mutating func spend(_ bytes: Int) throws(TemplateError) {
        try check(bytes)
        work += bytes
        guard work <= TemplateLimits.workMax else {
            throw error("the template makes more than it may: \(TemplateLimits.workMax) bytes in all")
        }
    }

    /// Whether a value may be so large; asked while it grows.
    func check(_ bytes: Int) throws(TemplateError) {
        guard bytes <= TemplateLimits.valueMax else {
            throw error("the template makes more than it may: \(TemplateLimits.valueMax) bytes in one value")
        }
    }

    private mutating func write(_ bytes: [UInt8]) throws(TemplateError) {
        guard output.count + bytes.count <= TemplateLimits.valueMax else {
            throw error("the template writes more than \(TemplateLimits.valueMax) bytes")
        }
        output += bytes
    }

    // MARK: Nodes

    private mutating func walk(_ nodes: [TemplateNode], _ dot: TemplateValue) throws(TemplateError) -> Flow {
        try descend()
        defer { depth -= 1 }
        for node in nodes {
            try step()
            let flow = try walk(node, dot)
            guard flow == .on else { return flow }
        }
        return .on
    }

    private mutating func walk(_ node: TemplateNode, _ dot: TemplateValue) throws(TemplateError) -> Flow {
        let known = variables.count
        switch node {
        case .text(let text): try write(text)
        case .action(let pipeline):
            let value = try self.value(pipeline, dot)
            guard pipeline.variables.isEmpty else { break }
            let shown = value.shown
            try spend(shown.count)
            try write(shown)
        case .condition(let pipeline, let then, let otherwise):
            defer { variables.removeSubrange(known...) }
            return try walk(try value(pipeline, dot).isTrue ? then : otherwise, dot)
        case .with(let pipeline, let then, let otherwise):
            defer { variables.removeSubrange(known...) }
            let value = try value(pipeline, dot)
            return value.isTrue ? try walk(then, value) : try walk(otherwise, dot)
        case .range(let pipeline, let each, let otherwise):
            defer { variables.removeSubrange(known...) }
            return try walkRange(pipeline, each, otherwise, dot)
        case .call(let name, let pipeline, let line):
            var argument = TemplateValue.nothing
            if let pipeline { argument = try value(pipeline, dot) }
            self.line = line
            try call(name, argument)
        case .leave: return .leave
        case .next: return .next
        }
        return .on
    }

    private mutating func walkRange(
        _ pipeline: TemplatePipeline, _ each: [TemplateNode], _ otherwise: [TemplateNode], _ dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        // The variables hold what is gone through, one by one, and not what it is.
        var bare = pipeline
        bare.variables = []
        let elements = try self.elements(of: try value(bare, dot))
        if elements.isEmpty { return try walk(otherwise, dot) }
        let known = variables.count
        for (key, element) in elements {
            try step()
            variables.removeSubrange(known...)
            let values = pipeline.variables.count == 2 ? [key, element] : [element]
            for (name, value) in zip(pipeline.variables, values) {
                try set(name, value, isNew: !pipeline.isAssignment)
            }
            if try walk(each, element) == .leave { break }
        }
        return .on
    }

    private mutating func elements(
        of value: TemplateValue
    ) throws(TemplateError) -> [(key: TemplateValue, value: TemplateValue)] {
        switch value {
        case .list(let list): return list.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .labels(let labels): return labels.labels.map { (.text($0.name), .text($0.value)) }
        case .members(let members): return members.map { (.text($0.name), $0.value) }
        case .integer(let count):
            guard count > 0 else { return [] }
            guard count <= Int64(TemplateLimits.stepsMax) else {
                throw error("the template takes more than \(TemplateLimits.stepsMax) steps")
            }
            try spend(Int(count))
            return (0..<count).map { (.integer($0), .integer($0)) }
        case .absent, .nothing: return []
        default: throw error("range can't iterate over " + String(decoding: value.shown.prefix(200), as: UTF8.self))
        }
    }

    private mutating func call(_ name: ByteText, _ argument: TemplateValue) throws(TemplateError) {
        guard let nodes = defined[name] else { throw error("template \"\(name)\" not defined") }
        calls += 1
        guard calls <= TemplateLimits.callsMax else {
            throw error("templates call one another deeper than \(TemplateLimits.callsMax)")
        }
        let outside = variables
        variables = [(AlertTemplate.rootVariable, argument)]
        _ = try walk(nodes, argument)
        variables = outside
        calls -= 1
    }

    /// What a template writes, as a value: `tmpl`.
    mutating func text(of name: ByteText, _ argument: TemplateValue) throws(TemplateError) -> TemplateValue {
        let before = output
        output = []
        try call(name, argument)
        let text = output
        output = before
        try spend(text.count)
        return .text(ByteText(text))
    }

    private mutating func set(_ name: ByteText, _ value: TemplateValue, isNew: Bool) throws(TemplateError) {
        if isNew {
            variables.append((name, value))
        } else if let index = variables.lastIndex(where: { $0.name == name }) {
            variables[index].value = value
        } else {
            throw error("undefined variable: \(name)")
        }
    }

    // MARK: Values

    private mutating func value(_ pipeline: TemplatePipeline, _ dot: TemplateValue) throws(TemplateError)
        -> TemplateValue
    {
        try step()
        try descend()
        defer { depth -= 1 }
        line = pipeline.line
        var value: TemplateValue?
        for command in pipeline.commands { value = try self.value(command, piped: value, dot) }
        let result = value ?? .nothing
        for name in pipeline.variables { try set(name, result, isNew: !pipeline.isAssignment) }
        return result
    }

    private mutating func value(
        _ command: [TemplateOperand], piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try step()
        if case .function(let name) = command[0] {
            return try value(name, Array(command.dropFirst()), piped: piped, dot)
        }
        guard command.count == 1, piped == nil else { throw error("can't give argument to non-function") }
        if case .nothing = command[0] { throw error("nil is not a command") }
        return try value(command[0], dot)
    }

    private mutating func value(
        _ name: ByteText, _ operands: [TemplateOperand], piped: TemplateValue?, _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        guard let function = TemplateFunction(rawValue: "\(name)") else {
            throw error("function \"\(name)\" not defined")
        }
        // These look at no more than they need.
        if function == .and || function == .or {
            var last: TemplateValue?
            for operand in operands {
                let value = try value(operand, dot)
                if value.isTrue == (function == .or) { return value }
                last = value
            }
            guard let result = piped ?? last else {
                throw error("wrong number of args for \(name): want at least 1 got 0")
            }
            return result
        }
        var arguments: [TemplateValue] = []
        for operand in operands { arguments.append(try value(operand, dot)) }
        if let piped { arguments.append(piped) }
        return try apply(function, arguments)
    }

    private mutating func value(_ operand: TemplateOperand, _ dot: TemplateValue) throws(TemplateError)
        -> TemplateValue
    {
        switch operand {
        case .dot: return dot
        case .nothing: return .nothing
        case .constant(let value): return value
        case .variable(let name):
            guard let variable = variables.last(where: { $0.name == name }) else {
                throw error("undefined variable: \(name)")
            }
            return variable.value
        case .pipeline(let pipeline): return try value(pipeline, dot)
        case .function(let name): return try value(name, [], piped: nil, dot)
        case .fields(let operand, let names):
            var value = try value(operand, dot)
            for name in names { value = try field(name, of: value) }
            return value
        }
    }

    private func field(_ name: ByteText, of value: TemplateValue) throws(TemplateError) -> TemplateValue {
        switch value {
        case .labels(let labels): return .text(labels[name])
        case .members(let members): return members.first { $0.name == name }?.value ?? .absent
        case .sample(let sample):
            if name == "Labels" { return .labels(sample.labels) }
            if name == "Value" { return .float(sample.value) }
        case .root:
            switch "\(name)" {
            case "Labels": return .labels(data.labels)
            case "ExternalLabels": return .labels(data.externalLabels)
            case "ExternalURL": return .text(data.externalURL)
            case "Value": return .float(data.value)
            default: break
            }
        case .absent, .nothing: throw error("nil data; no entry for key \"\(name)\"")
        default: break
        }
        throw error("can't evaluate field \(name) in type \(value.typeName)")
    }
}
