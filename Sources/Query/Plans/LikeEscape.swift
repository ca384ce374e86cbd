/// The escape of LIKE patterns, as PostgreSQL's `like_escape` settles it: behind it every pattern has a backslash.
package enum LikeEscape {
    private static let backslash: Unicode.Scalar = "\\"

    /// The pattern with backslashes in the place of its escape; an empty one has a backslash mean itself.
    /// - Throws: `.invalidEscape` for an escape of more than one character.
    /// - Complexity: O(length of both); the answer has at most twice the length of the pattern.
    package static func withBackslashes(_ pattern: String, escape: String) throws(QueryError) -> String {
        let marks = escape.unicodeScalars
        guard marks.count <= 1 else {
            throw QueryError(
                .invalidEscape, "invalid escape string", hint: "Escape string must be empty or one character.")
        }
        let mark = marks.first
        if mark == backslash { return pattern }
        var settled = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if scalar == mark, !isEscaped {
                settled.append(backslash)
                isEscaped = true
                continue
            }
            if scalar == backslash, !isEscaped { settled.append(backslash) }
            settled.append(scalar)
            isEscaped = false
        }
        return String(settled)
    }

    /// Whether something stands behind each backslash, so that no text can fail to match or not.
    static func isComplete(_ pattern: String) -> Bool {
        var isEscaped = false
        for byte in pattern.utf8 { isEscaped = byte == UInt8(ascii: "\\") && !isEscaped }
        return !isEscaped
    }
}
