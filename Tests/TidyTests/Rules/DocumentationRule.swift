/// Every declaration that other targets see says what it means.
enum DocumentationRule {
    private static let kinds: Set<String> = [
        "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "init", "subscript", "typealias",
    ]
    private static let modifiers: Set<String> = [
        "static", "final", "mutating", "nonmutating", "override", "convenience", "required", "lazy", "weak",
        "consuming", "borrowing",
        "indirect", "nonisolated", "isolated", "private", "fileprivate", "internal", "package", "public", "open", "set",
        "(", ")", "unsafe",
        "prefix", "postfix", "infix",
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        let documented = Set(file.comments.filter(\.isDocumentation).map(\.line))
        var findings: [Finding] = []
        for index in file.tokens.indices {
            let token = file.tokens[index]
            guard token.kind == .word, token.text == "package" || token.text == "public" else { continue }
            guard file.token(index + 1).text != "(", let kind = kindAfter(file, index) else { continue }
            // An operator's meaning, and a description's, is that of the protocol that asks for it; a list of
            // properties is theirs.
            if isWitness(file, kind) || isMemberwise(file, kind) { continue }
            var line = token.line - 1
            while line > 0, isAttributeLine(file, line) { line -= 1 }
            if documented.contains(line) || documented.contains(token.line) { continue }
            let name = file.token(kind + 1)
            findings.append(
                Finding(
                    path: file.path, line: token.line,
                    message:
                        "`\(file.tokens[kind].text)\(name.kind == .word ? " " + name.text : "")` has no documentation comment"
                ))
        }
        return findings
    }

    /// The index of the declaration's keyword.
    private static func kindAfter(_ file: SourceFile, _ index: Int) -> Int? {
        var next = index + 1
        while next < file.tokens.count {
            let text = file.tokens[next].text
            if text == "class", kinds.contains(file.token(next + 1).text) { next += 1 }
            if kinds.contains(text) { return next }
            guard modifiers.contains(text) else { return nil }
            next += 1
        }
        return nil
    }

    private static func isWitness(_ file: SourceFile, _ kind: Int) -> Bool {
        let name = file.token(kind + 1)
        return file.tokens[kind].text == "func" && name.kind == .sign
            || ["description", "hash", "rawValue", "encode"].contains(name.text)
            || file.token(kind + 2).text == "rawValue"
    }

    /// Whether an initialiser does nothing but store its parameters under their names.
    private static func isMemberwise(_ file: SourceFile, _ kind: Int) -> Bool {
        guard file.tokens[kind].text == "init", file.token(kind + 1).text == "(" else { return false }
        var index = file.afterBracket(kind + 1)
        guard file.token(index).text == "{" else { return false }
        let end = file.afterBracket(index) - 1
        index += 1
        while index < end {
            guard file.token(index).text == "self", file.token(index + 1).text == ".",
                file.token(index + 3).text == "=",
                file.token(index + 2).text == file.token(index + 4).text,
                file.token(index + 5).startsLine || index + 5 == end
            else { return false }
            index += 5
        }
        return true
    }

    /// Whether a line holds nothing but attributes of the declaration below.
    private static func isAttributeLine(_ file: SourceFile, _ line: Int) -> Bool {
        guard file.lines.indices.contains(line - 1) else { return false }
        let text = file.lines[line - 1].drop { $0 == " " }
        return text.hasPrefix("@")
    }
}
