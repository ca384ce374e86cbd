/// Unsafe code has its homes at the bottom; elsewhere spans and arrays do.
enum UnsafeRule {
    static let homes = ["Sources/Base/Bytes", "Sources/Base/Platform", "Sources/System"]

    static func check(_ file: SourceFile) -> [Finding] {
        guard !homes.contains(where: file.isBelow) else { return [] }
        return file.tokens.indices.compactMap { index in
            let token = file.tokens[index]
            guard token.kind == .word, file.token(index - 1).text != "." else { return nil }
            let isAttribute = file.token(index - 1).text == "@"
            let isFound: Bool
            switch token.text {
            case "unsafe": isFound = true
            case "unchecked", "safe", "_unsafeNonescapableResult", "unsafe_": isFound = isAttribute
            default:
                isFound =
                    token.text.hasPrefix("unsafeBitCast") || token.text.hasPrefix("withUnsafe")
                    || isUnsafePointer(token.text)
            }
            guard isFound else { return nil }
            return Finding(
                path: file.path, line: token.line,
                message:
                    "`\(token.text)` belongs into \(homes.joined(separator: ", ")); use arrays, Span or MutableSpan here"
            )
        }
    }

    private static func isUnsafePointer(_ name: String) -> Bool {
        name.hasPrefix("Unsafe") && (name.contains("Pointer") || name.hasPrefix("UnsafeContinuation"))
            || name == "OpaquePointer"
            || name == "Unmanaged"
    }
}
