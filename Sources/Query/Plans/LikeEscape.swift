/// The escape of LIKE patterns, as PostgreSQL's `like_escape` settles it: behind it every pattern has a backslash.
package enum LikeEscape {
    private static let backslash = UInt8(ascii: "\\")

    /// - Throws: `.invalidEscape` for an escape of more than one character.
    package static func check(_ escape: String) throws(QueryError) {
        guard escape.unicodeScalars.dropFirst().isEmpty else {
            throw QueryError(
                .invalidEscape, "invalid escape string", hint: "Escape string must be empty or one character.")
        }
    }

    /// The pattern with backslashes in the place of its escape; an empty one has a backslash mean itself.
    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: as ``check(_:)``; what `look` throws.
    /// - Complexity: O(length of both), in memory five times that; the answer has at most twice the length of the
    ///   pattern.
    package static func withBackslashes(_ pattern: String, escape: String, look: (Int) throws -> Void) throws -> String
    {
        try check(escape)
        let (source, mark) = (Array(pattern.utf8), Array(escape.utf8))
        if mark == [backslash] { return pattern }
        var settled: [UInt8] = []
        settled.reserveCapacity(source.count)
        var isEscaped = false
        var place = 0
        while place < source.count {
            let end = min(source.count, place + 1 << 16)
            while place < end {
                // Where a character begins, only the mark itself has its bytes.
                if !isEscaped, let first = mark.first, source[place] == first, source[place...].starts(with: mark) {
                    settled.append(backslash)
                    isEscaped = true
                    place += mark.count
                    continue
                }
                if source[place] == backslash, !isEscaped { settled.append(backslash) }
                repeat {
                    settled.append(source[place])
                    place += 1
                } while place < source.count && source[place] & 0xC0 == 0x80
                isEscaped = false
            }
            try look(1 << 16)
        }
        return String(decoding: settled, as: UTF8.self)
    }

    /// Whether something stands behind each backslash, so that no text can fail to match or not. Of a pattern so long
    /// that the answer takes time nobody says so.
    static func isComplete(_ pattern: String) -> Bool {
        guard pattern.utf8.count <= 64 << 10 else { return false }
        var isEscaped = false
        for byte in pattern.utf8 { isEscaped = byte == backslash && !isEscaped }
        return !isEscaped
    }
}
