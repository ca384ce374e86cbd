/// One text file of the repository, split as the rules need it.
struct SourceFile {
    /// From the repository's root, with slashes.
    let path: String
    let lines: [Substring]
    let text: String
    /// Empty for files that are not Swift.
    let tokens: [Token]
    let comments: [Comment]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
        guard path.hasSuffix(".swift") else {
            tokens = []
            comments = []
            return
        }
        let scanner = SwiftScanner(text)
        tokens = scanner.tokens
        comments = scanner.comments
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    /// Lines with something after the last line feed counted, as `wc -l` does for files that end well.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    func isBelow(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    /// Whether a comment on the line, or one of the comments and attributes right above it, begins so.
    func hasRemark(_ beginning: String, at line: Int) -> Bool { remark(beginning, at: line) != nil }

    /// The line of that remark.
    func remark(_ beginning: String, at line: Int) -> Int? {
        let remarks = Set(comments.lazy.filter { $0.text.hasPrefix(beginning) }.map(\.line))
        var place = line
        while place > 0, !remarks.isEmpty {
            if remarks.contains(place) { return place }
            place -= 1
            let text = place > 0 ? lines[place - 1].drop { $0 == " " } : ""
            guard text.hasPrefix("//") || text.hasPrefix("@") else { return nil }
        }
        return nil
    }

    /// The token at an index; an empty sign beyond either end.
    func token(_ index: Int) -> Token {
        tokens.indices.contains(index) ? tokens[index] : Token(kind: .sign, text: "", line: 0)
    }

    /// The index after the bracket that closes the one at `open`; the end when none does.
    func afterBracket(_ open: Int) -> Int {
        var depth = 0
        var index = open
        while index < tokens.count {
            if tokens[index].kind == .sign {
                switch tokens[index].text {
                case "(", "[", "{": depth += 1
                case ")", "]", "}": depth -= 1
                default: break
                }
            }
            index += 1
            if depth == 0 { return index }
        }
        return index
    }
}

/// What a rule found, where.
struct Finding: CustomStringConvertible, Equatable {
    var path: String
    /// 1-based; 0 for the whole file.
    var line: Int
    var message: String

    var description: String { line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)" }
}
