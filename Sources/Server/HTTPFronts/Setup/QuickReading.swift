import JSONTexts

// tests: how long a question takes to read shows in none of its answers.
/// Which questions in PromQL take next to no time to read.
package enum QuickReading {
    /// Longer ones take a while.
    private static let addressBytesMax = 4096

    /// Whether a question is short and has no regular expression: reading one makes its program, and a few letters may
    /// stand for one of a hundred thousand steps.
    /// - Parameter address: where the question stands, as it was sent, escapes and all.
    package static func isQuick(_ address: String) -> Bool {
        guard address.utf8.count <= addressBytesMax else { return false }
        // `=~` and `!~`; elsewhere the sign stands in texts alone.
        return !PercentText.bytes(Array(address.utf8)).contains(UInt8(ascii: "~"))
    }
}
