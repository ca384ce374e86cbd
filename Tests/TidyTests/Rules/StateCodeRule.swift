/// SQLSTATE is how fronts of SQL call what goes wrong: its codes stand in one file, all else says the kind of an error.
enum StateCodeRule {
    static let home = "Sources/Query/SQLText/SQLRefusal.swift"

    static func check(_ file: SourceFile) -> [Finding] {
        guard file.path != home else { return [] }
        return file.tokens.filter { $0.kind == .string && isCode($0.text) }.map { token in
            Finding(
                path: file.path, line: token.line,
                message: "`\(token.text)` reads as an SQLSTATE: say a `QueryError.Kind`, its code stands in \(home)")
        }
    }

    /// Five digits and capital letters that begin with a digit, or one of the internal errors.
    private static func isCode(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let digits: ClosedRange<UInt8> = 48...57
        let isPlain = bytes.allSatisfy { digits.contains($0) || (65...90).contains($0) }
        return isPlain && bytes.count == 5 && (digits.contains(bytes[0]) || text.hasPrefix("XX"))
    }
}
