import JSONTexts

// tests: how long a question takes to read shows in none of its answers.
/// Which questions take next to no time to read.
package enum QuickReading {
    /// Longer ones take a while.
    private static let (addressBytesMax, bodyBytesMax) = (4096, 4096)

    /// Whether a question in PromQL is short and has no regular expression: reading one makes its program, and a few
    /// letters may stand for one of a hundred thousand steps.
    /// - Parameter address: where the question stands, as it was sent, escapes and all.
    package static func isQuick(_ address: String) -> Bool {
        guard address.utf8.count <= addressBytesMax else { return false }
        // `=~` and `!~`; elsewhere the sign stands in texts alone.
        return !PercentText.bytes(Array(address.utf8)).contains(UInt8(ascii: "~"))
    }

    /// Whether a body with a question in SQL is so short: it is only taken apart, since its statement is read by the
    /// threads that answer it.
    /// - Parameter bodyBytes: as announced; nil where nothing was.
    package static func isQuick(bodyBytes: Int?) -> Bool {
        guard let bodyBytes else { return false }
        return (0...bodyBytesMax).contains(bodyBytes)
    }
}
