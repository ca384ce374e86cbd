import Bytes

/// Reads a template by recursive descent.
struct TemplateParser {
    private var lexer: TemplateLexer
    private var token: TemplateToken
    /// What `define` and `block` named.
    private(set) var defined: [ByteText: [TemplateNode]] = [:]
    private var nesting = 0
    private var rangeDepth = 0
    /// Variables that are there, the innermost last.
    private var variables: [ByteText] = AlertTemplate.variables

    /// How a list of nodes ended.
    private enum Ending {
        case text, end, otherwise
    }

    init(_ text: [UInt8]) throws(TemplateError) {
        guard text.count <= TemplateLimits.textMax else {
            throw TemplateError("the template has \(text.count) bytes, at most \(TemplateLimits.textMax) are read")
        }
        lexer = TemplateLexer(text)
        token = TemplateToken(kind: .end, isApart: false, line: 1)
    }

    mutating func parseWhole() throws(TemplateError) -> [TemplateNode] {
        let (nodes, ending) = try parseNodes()
        switch ending {
        case .text: return nodes
        case .end: throw lexer.error("unexpected {{end}}")
        case .otherwise: throw lexer.error("unexpected {{else}}")
        }
    }

    private mutating func advance() throws(TemplateError) { token = try lexer.next() }

    private func unexpected(_ context: String) -> TemplateError {
        TemplateError(line: token.line, "unexpected \(token.kind.shown) in \(context)")
    }

    private mutating func parseNodes() throws(TemplateError) -> ([TemplateNode], Ending) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= TemplateLimits.nestingMax else {
            throw lexer.error("blocks are nested deeper than \(TemplateLimits.nestingMax)")
        }
        var nodes: [TemplateNode] = []
        while true {
            let (text, isAction) = try lexer.nextText()
            if !text.isEmpty { nodes.append(.text(text)) }
            guard isAction else { return (nodes, .text) }
            try advance()
            guard case .word(let word) = token.kind else {
                // A comment alone is an empty action; an empty one without is refused by Go, and means nothing here.
                if token.kind != .end { nodes.append(.action(try parsePipeline("command", upTo: .end))) }
                continue
            }
            switch "\(word)" {
            case "end":
                try parseEnd("end")
                return (nodes, .end)
            case "else":
                try advance()
                return (nodes, .otherwise)
            case "define": try parseDefinition()
            default: nodes.append(try parseStatement("\(word)"))
            }
        }
    }

    private mutating func parseStatement(_ word: String) throws(TemplateError) -> TemplateNode {
        switch word {
        case "if", "with", "range":
            try advance()
            return try parseBranch(word)
        case "template": return try parseCall()
        case "block": return try parseBlock()
        case "break", "continue":
            guard rangeDepth > 0 else { throw lexer.error("{{\(word)}} outside {{range}}") }
            try parseEnd(word)
            return word == "break" ? .leave : .next
        default: return .action(try parsePipeline("command", upTo: .end))
        }
    }

    private mutating func parseEnd(_ context: String) throws(TemplateError) {
        try advance()
        guard token.kind == .end else { throw unexpected(context) }
    }

    private mutating func parseBranch(_ word: String) throws(TemplateError) -> TemplateNode {
        let known = variables.count
        defer { variables.removeSubrange(known...) }
        let pipeline = try parsePipeline(word, upTo: .end)
        if word == "range" { rangeDepth += 1 }
        let (then, ending) = try parseNodes()
        if word == "range" { rangeDepth -= 1 }
        var otherwise: [TemplateNode] = []
        switch ending {
        case .text: throw lexer.error("unexpected EOF: {{\(word)}} has no {{end}}")
        case .end: break
        case .otherwise: otherwise = try parseOtherwise(word)
        }
        switch word {
        case "if": return .condition(pipeline, then: then, otherwise: otherwise)
        case "with": return .with(pipeline, then: then, otherwise: otherwise)
        default: return .range(pipeline, each: then, otherwise: otherwise)
        }
    }

    /// What stands behind `else`, which may be another branch of the same kind, whose end is that of both.
    private mutating func parseOtherwise(_ word: String) throws(TemplateError) -> [TemplateNode] {
        if case .word(let next) = token.kind, "\(next)" == word, word != "range" {
            nesting += 1
            defer { nesting -= 1 }
            guard nesting <= TemplateLimits.nestingMax else {
                throw lexer.error("blocks are nested deeper than \(TemplateLimits.nestingMax)")
            }
            try advance()
            return [try parseBranch(word)]
        }
        guard token.kind == .end else { throw unexpected("{{else}}") }
        let (nodes, ending) = try parseNodes()
        guard ending == .end else { throw lexer.error("expected {{end}} behind {{else}}") }
        return nodes
    }

    private mutating func parseName(_ context: String) throws(TemplateError) -> ByteText {
        try advance()
        guard case .constant(.text(let name)) = token.kind else { throw unexpected("\(context) clause") }
        try advance()
        return name
    }

    private mutating func parseCall() throws(TemplateError) -> TemplateNode {
        let line = token.line
        let name = try parseName("template")
        let data = token.kind == .end ? nil : try parsePipeline("template clause", upTo: .end)
        return .call(name: name, data, line: line)
    }

    private mutating func parseBlock() throws(TemplateError) -> TemplateNode {
        let line = token.line
        let name = try parseName("block")
        let data = try parsePipeline("block clause", upTo: .end)
        try define(name)
        return .call(name: name, data, line: line)
    }

    private mutating func parseDefinition() throws(TemplateError) {
        guard nesting == 1 else { throw lexer.error("unexpected {{define}}") }
        let name = try parseName("define")
        guard token.kind == .end else { throw unexpected("define clause") }
        try define(name)
    }

    private mutating func define(_ name: ByteText) throws(TemplateError) {
        let outside = (variables, rangeDepth)
        (variables, rangeDepth) = ([AlertTemplate.rootVariable], 0)
        let (nodes, ending) = try parseNodes()
        (variables, rangeDepth) = outside
        guard ending == .end else { throw lexer.error("{{define \"\(name)\"}} has no {{end}}") }
        guard defined[name] == nil else { throw lexer.error("template: multiple definition of template \"\(name)\"") }
        defined[name] = nodes
    }

    /// - Precondition: the first token of it has been read; the one that ends it will have been.
    private mutating func parsePipeline(
        _ context: String, upTo end: TemplateToken.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= 2 * TemplateLimits.nestingMax else {
            throw lexer.error("parentheses are nested deeper than \(TemplateLimits.nestingMax)")
        }
        var pipeline = TemplatePipeline(line: token.line)
        var first: TemplateOperand?
        if case .variable(let name) = token.kind { first = try parseDeclaration(name, &pipeline, context) }
        var command: [TemplateOperand] = first.map { [$0] } ?? []
        while true {
            if token.kind == end || token.kind == .bar {
                guard let head = command.first else {
                    throw TemplateError(line: token.line, "missing value for \(context)")
                }
                if !pipeline.commands.isEmpty {
                    guard head.isCallable else {
                        throw TemplateError(line: token.line, "non executable command in pipeline")
                    }
                }
                pipeline.commands.append(command)
                command = []
                if token.kind == end { break }
                try advance()
                continue
            }
            command.append(try parseOperand(context))
        }
        if !pipeline.isAssignment { variables += pipeline.variables }
        return pipeline
    }

    /// A variable at the beginning is declared, set, or the first operand.
    private mutating func parseDeclaration(
        _ name: ByteText, _ pipeline: inout TemplatePipeline, _ context: String
    ) throws(TemplateError) -> TemplateOperand? {
        let start = token
        try advance()
        switch token.kind {
        case .declare, .assign:
            pipeline.variables = [name]
        case .comma where context == "range":
            try advance()
            guard case .variable(let second) = token.kind else { throw unexpected(context) }
            try advance()
            pipeline.variables = [name, second]
        default: return try parseFields(of: try known(name, start.line))
        }
        guard token.kind == .declare || token.kind == .assign else { throw unexpected(context) }
        pipeline.isAssignment = token.kind == .assign
        if pipeline.isAssignment { for name in pipeline.variables { _ = try known(name, start.line) } }
        try advance()
        return nil
    }

    private func known(_ name: ByteText, _ line: Int) throws(TemplateError) -> TemplateOperand {
        guard variables.contains(name) else { throw TemplateError(line: line, "undefined variable \"\(name)\"") }
        return .variable(name)
    }

    private mutating func parseOperand(_ context: String) throws(TemplateError) -> TemplateOperand {
        let operand: TemplateOperand
        switch token.kind {
        case .dot: operand = .dot
        case .field(let name): operand = .fields(of: .dot, [name])
        case .variable(let name): operand = try known(name, token.line)
        case .constant(let value): operand = .constant(value)
        case .open:
            try advance()
            operand = .pipeline(try parsePipeline("parenthesized pipeline", upTo: .close))
        case .word(let word):
            switch "\(word)" {
            case "true": operand = .constant(.flag(true))
            case "false": operand = .constant(.flag(false))
            case "nil": operand = .nothing
            default:
                guard TemplateFunction(rawValue: "\(word)") != nil else {
                    throw TemplateError(line: token.line, "function \"\(word)\" not defined")
                }
                operand = .function(word)
            }
        default: throw unexpected(context)
        }
        try advance()
        return try parseFields(of: operand)
    }

    /// Fields that stand directly behind an operand.
    private mutating func parseFields(of operand: TemplateOperand) throws(TemplateError) -> TemplateOperand {
        var names: [ByteText] = []
        while case .field(let name) = token.kind, !token.isApart {
            names.append(name)
            try advance()
        }
        guard !names.isEmpty else { return operand }
        if case .fields(let inner, let before) = operand { return .fields(of: inner, before + names) }
        if case .constant = operand { throw unexpected("operand") }
        return .fields(of: operand, names)
    }
}

extension TemplateOperand {
    /// Whether it may take what the command before gives.
    var isCallable: Bool {
        switch self {
        case .function, .fields, .pipeline, .variable: true
        case .dot, .nothing, .constant: false
        }
    }
}

extension TemplateToken.Kind {
    /// As it is written.
    var shown: String {
        switch self {
        case .word(let word): "<\(word)>"
        case .field(let name): "<.\(name)>"
        case .variable(let name): "<\(name)>"
        case .constant(let value): "\"" + String(decoding: value.shown, as: UTF8.self) + "\""
        case .dot: "<.>"
        case .bar: "\"|\""
        case .comma: "\",\""
        case .declare: "\":=\""
        case .assign: "\"=\""
        case .open: "\"(\""
        case .close: "\")\""
        case .end: "\"}}\""
        }
    }
}
