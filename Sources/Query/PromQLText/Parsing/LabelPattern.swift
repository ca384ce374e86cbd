import Bytes
import RegularExpressions

/// Patterns of label matchers: they match the whole value, and a `.` matches a line end, too.
enum LabelPattern {
    struct Fault: Error {
        /// In the words that people know from Prometheus.
        let message: String
        /// Whether it is well written, but more than is compiled.
        var isTooLarge = false
    }

    private static let flags = "(?s)"

    static func compiled(_ pattern: ByteText) throws(Fault) -> RegularExpression {
        guard QuotedText.isUTF8(pattern.bytes) else {
            throw Fault(message: prefix + "invalid UTF-8: " + QuotedText.quoted(pattern.bytes))
        }
        let text = String(decoding: pattern.bytes, as: UTF8.self)
        do throws(RegularExpressionError) {
            return try RegularExpression(flags + text)
        } catch {
            let isTooLarge = error.reason.hasPrefix(tooLarge)
            throw Fault(message: prefix + translated(error.reason), isTooLarge: isTooLarge)
        }
    }

    /// Whether a series without the label matches, and how many instructions the pattern takes.
    static func matchesEmpty(_ pattern: ByteText) throws(Fault) -> (Bool, size: Int) {
        let compiled = try compiled(pattern)
        return (compiled.matchesWhole([UInt8]().span), compiled.size)
    }

    private static let prefix = "error parsing regexp: "

    private static let tooLarge = "pattern too large"

    /// RE2's reasons and what Go calls them.
    private static let words: [(reason: String, word: String)] = [
        ("missing ]", "missing closing ]"),
        ("missing )", "missing closing )"),
        ("trailing \\", "trailing backslash at end of expression"),
        ("no argument for repetition operator", "missing argument to repetition operator"),
        ("invalid repetition size", "invalid repeat count"),
        ("bad repetition operator", "invalid nested repetition operator"),
        ("invalid perl operator", "invalid or unsupported Perl syntax"),
        ("invalid named capture group", "invalid named capture"),
        (tooLarge, "expression too large"),
    ]

    /// What is wrong, and the part of the pattern that is.
    private static func translated(_ reason: String) -> String {
        let known = words.first { reason.hasPrefix($0.reason) }
        let parts = reason.split(separator: ": ", maxSplits: 1)
        let what = known?.word ?? parts.first.map(String.init) ?? reason
        guard parts.count == 2 else { return what }
        let part = parts[1].hasPrefix(flags) ? parts[1].dropFirst(flags.count) : parts[1]
        return what + ": `" + part + "`"
    }
}
