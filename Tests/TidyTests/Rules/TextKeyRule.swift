/// Texts of events are bytes: `String` holds composed and decomposed letters equal, so it is no key where data is
/// handled. Names that the code itself writes (units, zones, columns) may be one; how many there are is counted by
/// room.
enum TextKeyRule {
    static let homes = ["Sources/Columnar", "Sources/Query/Plans", "Sources/Query/Execution", "Sources/Store/Segments"]

    static func check(_ file: SourceFile) -> [Finding] {
        guard homes.contains(where: file.isBelow) else { return [] }
        return file.tokens.indices.compactMap { index in
            guard file.token(index).text == "String" else { return nil }
            let isKey = file.token(index - 1).text == "[" && file.token(index + 1).text == ":"
            let isMember =
                (file.token(index - 1).text == "<" && file.token(index - 2).text == "Set")
                || (file.token(index - 1).text == "<" && file.token(index - 2).text == "Dictionary")
            guard isKey || isMember else { return nil }
            return Finding(
                path: file.path, line: file.token(index).line,
                message:
                    "a `String` as a key folds letters that differ in bytes; use the bytes, `Scalar` or a dictionary's code"
            )
        }
    }
}
