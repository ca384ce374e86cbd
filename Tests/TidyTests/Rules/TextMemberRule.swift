/// A key made of texts compares them by bytes, too: a `String` inside holds composed and decomposed letters equal, so
/// that two conversations, models or series become one. `ExactText` does not.
///
/// By names: structures of the rooms where data is handled that stand as a key or element of a dictionary or set
/// somewhere, are `Hashable` and have a `String` among their stored properties. Where the texts are words of the code
/// itself, a comment above says so: `// texts: whose`.
enum TextMemberRule {
    static let homes = ["Sources/Columnar", "Sources/Store", "Sources/Ingest", "Sources/Outputs"]

    static func check(_ files: [SourceFile]) -> [Finding] {
        let files = files.filter { file in homes.contains(where: file.isBelow) }
        var keys: Set<String> = []
        for file in files { keys.formUnion(namesOfKeys(file)) }
        return files.flatMap { file in
            structures(file).filter { keys.contains($0.name) }.map {
                Finding(
                    path: file.path, line: $0.line,
                    message: "`\($0.name)` is a key with a `String` inside: let it hold an `ExactText`")
            }
        }
    }

    /// `Name` and `Outer.Name` in `[Name: …]`, `Set<Name>` and `Dictionary<Name, …>`: the last word of each.
    private static func namesOfKeys(_ file: SourceFile) -> Set<String> {
        var names: Set<String> = []
        for index in file.tokens.indices where file.tokens[index].kind == .word {
            var first = index
            while file.token(first - 1).text == ".", file.token(first - 2).kind == .word { first -= 2 }
            let (before, after) = (file.token(first - 1).text, file.token(index + 1).text)
            let isInSet = before == "<" && ["Set", "Dictionary"].contains(file.token(first - 2).text)
            if (before == "[" && after == ":") || isInSet && after != "." { names.insert(file.tokens[index].text) }
        }
        return names
    }

    /// Structures that are `Hashable` and hold a text.
    private static func structures(_ file: SourceFile) -> [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        for index in file.tokens.indices where file.tokens[index].text == "struct" {
            guard !file.hasRemark("texts:", at: file.token(index).line) else { continue }
            var open = index + 2
            var isHashable = false
            while open < file.tokens.count, file.token(open).text != "{" {
                if file.token(open).text == "Hashable" { isHashable = true }
                open += 1
            }
            guard isHashable else { continue }
            let body = (open + 1)..<max(open + 1, file.afterBracket(open) - 1)
            if holdsText(file, body) { found.append((file.token(index + 1).text, file.token(index).line)) }
        }
        return found
    }

    private static func holdsText(_ file: SourceFile, _ body: Range<Int>) -> Bool {
        var index = body.lowerBound
        while index < body.upperBound {
            let token = file.token(index)
            if token.text == "{" || token.text == "(" {
                index = file.afterBracket(index)
                continue
            }
            // `let name: String`, also optional and in an array; a computed property has a brace behind its type.
            if token.text == "var" || token.text == "let", file.token(index + 2).text == ":" {
                var type = index + 3
                while file.token(type).text == "[" { type += 1 }
                if file.token(type).text == "String", file.token(index - 1).text != "static" {
                    var next = type + 1
                    while ["]", "?"].contains(file.token(next).text) { next += 1 }
                    if file.token(next).text != "{" { return true }
                }
            }
            index += 1
        }
        return false
    }
}
