/// Small files, one idea each; functions that fit on a screen.
enum SizeRule {
    static let lineColumnsMax = 120
    static let fileLinesMax = 700
    static let functionLinesMax = 70

    struct Function {
        var name: String
        var path: String
        var line: Int
        var lineCount: Int
    }

    static func checkLines(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > lineColumnsMax, line.unicodeScalars.count > lineColumnsMax else { return nil }
            return Finding(
                path: file.path, line: index + 1,
                message: "\(line.unicodeScalars.count) columns, at most \(lineColumnsMax) fit")
        }
    }

    static func checkFile(_ file: SourceFile) -> [Finding] {
        // What a generator writes is as long as what it is written from.
        guard file.lineCount > fileLinesMax, !file.path.contains("/Generated/") else { return [] }
        return [
            Finding(
                path: file.path, line: 0,
                message: "\(file.lineCount) lines, at most \(fileLinesMax): it holds more than one idea")
        ]
    }

    /// Functions, initialisers and subscripts with a body.
    static func functions(of file: SourceFile) -> [Function] {
        var found: [Function] = []
        for index in file.tokens.indices where file.tokens[index].kind == .word {
            let token = file.tokens[index]
            guard ["func", "init", "deinit", "subscript"].contains(token.text) else { continue }
            guard ![".", "\\"].contains(file.token(index - 1).text), let body = bodyOpen(file, index) else { continue }
            let last = file.token(file.afterBracket(body) - 1).line
            let name = token.text == "func" ? file.token(index + 1).text : token.text
            found.append(Function(name: name, path: file.path, line: token.line, lineCount: last - token.line + 1))
        }
        return found
    }

    /// The brace that opens the body; nil for a requirement of a protocol.
    private static func bodyOpen(_ file: SourceFile, _ index: Int) -> Int? {
        let starts: Set<String> = [
            "func", "init", "var", "let", "static", "package", "public", "private", "internal", "mutating", "case",
            "associatedtype",
            "subscript",
        ]
        var next = index + 1
        while next < file.tokens.count {
            let token = file.tokens[next]
            switch token.text {
            case "{" where token.kind == .sign: return next
            case "}": return nil
            case "(", "[": next = file.afterBracket(next)
            default:
                if token.startsLine, token.line > file.tokens[index].line, starts.contains(token.text) { return nil }
                next += 1
            }
        }
        return nil
    }

    /// Functions that are too long and not among the known ones, or have grown since.
    /// - Parameter known: lines by `path:name`.
    static func checkFunctions(_ file: SourceFile, known: [String: Int]) -> [Finding] {
        functions(of: file).compactMap { function in
            let limit = max(functionLinesMax, known[function.path + ":" + function.name] ?? 0)
            guard function.lineCount > limit else { return nil }
            let message = "`\(function.name)` has \(function.lineCount) lines, at most \(limit): take it apart"
            return Finding(path: file.path, line: function.line, message: message)
        }
    }

    /// Median, ninth decile and greatest of sizes, as a line of text.
    static func summary(_ sizes: [Int]) -> String {
        guard !sizes.isEmpty else { return "none" }
        let sorted = sizes.sorted()
        let ninth = sorted[min(sorted.count - 1, sorted.count * 9 / 10)]
        return "median \(sorted[sorted.count / 2]), p90 \(ninth), max \(sorted[sorted.count - 1])"
    }
}
