/// A call, by the labels that it says.
struct CallShape: Hashable {
    var labels: [String]
    /// Whether a brace follows, which may be a closure.
    var hasTrailing: Bool
}

/// The names that files use, and how: a heuristic that takes rather too much for a use.
struct Uses {
    /// Without a call; a function that is handed on is used so.
    private(set) var plain: Set<String> = []
    /// After a dot, or where an extension makes the dot needless.
    private(set) var members: Set<String> = []
    private(set) var calls: [String: Set<CallShape>] = [:]
    private(set) var memberCalls: [String: Set<CallShape>] = [:]

    private static let declaring: Set<String> = [
        "func", "struct", "enum", "class", "actor", "protocol", "typealias", "associatedtype", "import",
    ]

    init() {}

    init(of file: SourceFile) {
        let extends = file.tokens.contains { $0.kind == .word && ["extension", "class"].contains($0.text) }
        var brackets: [String] = []
        for index in file.tokens.indices {
            let token = file.tokens[index]
            guard token.kind == .word else {
                if token.kind == .sign { Self.follow(token.text, &brackets) }
                continue
            }
            let before = file.token(index - 1).text == "`" ? file.token(index - 2) : file.token(index - 1)
            let after = file.token(index + 1).text == "`" ? file.token(index + 2).text : file.token(index + 1).text
            if before.kind == .word, Self.declaring.contains(before.text) { continue }
            if ["let", "var"].contains(before.text), ![",", "{", "else"].contains(after) { continue }
            if brackets.last == "(", Self.isLabel(file, index, after: after) { continue }
            let isMember = before.text == "."
            if token.text == "init", !isMember { continue }
            let name = Self.name(token.text)
            if after == "(", token.text != "init" || isMember {
                let shape = Self.shape(file, file.token(index + 1).text == "`" ? index + 2 : index + 1)
                calls[name, default: []].insert(shape)
                if isMember || extends { memberCalls[name, default: []].insert(shape) }
            } else {
                plain.insert(name)
                if isMember || extends { members.insert(name) }
            }
        }
        // `Type<Element>(…)`
        for index in file.tokens.indices where file.tokens[index].text == "(" && file.token(index - 1).text == ">" {
            calls[">", default: []].insert(Self.shape(file, index))
        }
    }

    /// `$name` is what a wrapper says of `name`; `$0` is nobody's.
    private static func name(_ word: String) -> String {
        guard word.hasPrefix("$"), word.dropFirst().first?.isNumber == false else { return word }
        return String(word.dropFirst())
    }

    private static func follow(_ sign: String, _ brackets: inout [String]) {
        switch sign {
        case "(", "[", "{": brackets.append(sign)
        case ")", "]", "}": _ = brackets.popLast()
        default: break
        }
    }

    /// `label: value`, `label name: Type`, `name:` of a function's full name.
    private static func isLabel(_ file: SourceFile, _ index: Int, after: String) -> Bool {
        let before = file.token(index - 1)
        if ["(", ",", ":"].contains(before.text) {
            return after == ":" && before.text != ":" || before.text == ":" && after == ":"
                || file.token(index + 1).kind == .word && file.token(index + 2).text == ":" && after != "as"
        }
        return before.kind == .word && after == ":" && ["(", ","].contains(file.token(index - 2).text)
    }

    private static func shape(_ file: SourceFile, _ open: Int) -> CallShape {
        let end = file.afterBracket(open) - 1
        var labels: [String] = []
        var index = open + 1
        while index < end {
            let before = file.token(index - 1).text
            if file.tokens[index].kind == .word, file.token(index + 1).text == ":", ["(", ",", ":"].contains(before) {
                labels.append(file.tokens[index].text)
            }
            index = ["(", "[", "{"].contains(file.tokens[index].text) ? file.afterBracket(index) : index + 1
        }
        return CallShape(labels: labels, hasTrailing: file.token(end + 1).text == "{")
    }

    mutating func add(_ other: Uses) {
        plain.formUnion(other.plain)
        members.formUnion(other.members)
        calls.merge(other.calls) { $0.union($1) }
        memberCalls.merge(other.memberCalls) { $0.union($1) }
    }

    /// Whether a declaration may be meant.
    /// - Parameter isInherited: whether types elsewhere may have it as their own, so that it needs no dot.
    func mayUse(_ declaration: Declaration, isInherited: Bool, aliases: Set<String>) -> Bool {
        let name = declaration.name
        let needsDot = !declaration.owner.isEmpty && !isInherited
        switch declaration.kind {
        case .type: return plain.contains(name) || calls[name] != nil
        case .property:
            return (needsDot ? members : plain).contains(name) || (needsDot ? memberCalls : calls)[name] != nil
        case .function:
            if (needsDot ? members : plain).contains(name) { return true }
            return Self.fits(declaration, (needsDot ? memberCalls : calls)[name])
        case .initialiser:
            if declaration.parameters.contains(where: { !$0.isRequired }) && plain.contains(name) { return true }
            if members.contains("init") { return true }
            return [name, "init", "Self", ">"].contains { Self.fits(declaration, calls[$0]) }
                || aliases.contains { Self.fits(declaration, calls[$0]) }
        }
    }

    private static func fits(_ declaration: Declaration, _ shapes: Set<CallShape>?) -> Bool {
        guard let shapes else { return false }
        return shapes.contains { shape in
            shape.labels.allSatisfy { label in declaration.parameters.contains { $0.name == label } }
                && declaration.parameters.allSatisfy {
                    !$0.isRequired || $0.name == "_" || shape.hasTrailing || shape.labels.contains($0.name)
                }
        }
    }
}
