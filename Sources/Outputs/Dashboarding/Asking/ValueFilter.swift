package import Bytes
import RegularExpressions

/// Which values of a label a variable has, and what of each: `/pattern/`, `/pattern/i`, or a pattern. Where the pattern
/// has a group, the variable has what that one matches, of several the one that is called `value`, else the first.
package struct ValueFilter: Sendable {
    private let pattern: RegularExpression
    private let group: Int

    /// A longer pattern is not understood.
    private static let bytesMax = 1_000
    /// Nor is one of more instructions, each of which may be a step for every byte of a value.
    private static let sizeMax = 5_000

    /// nil where all values are wanted as they are, and where the file says what is not understood, which is then said.
    init?(_ fields: Fields) {
        guard let text = fields.text("regex"), !text.isEmpty else { return nil }
        guard text.utf8.count <= Self.bytesMax else {
            fields.refuse("regex", "is longer than \(Self.bytesMax) bytes: values are not filtered")
            return nil
        }
        let (written, flags) = Self.parts(text)
        guard flags.allSatisfy({ "gimsu".contains($0) }) else {
            fields.refuse("regex", "the flags `\(flags)` are not understood: values are not filtered")
            return nil
        }
        let signs = flags.filter { "ms".contains($0) }
        do throws(RegularExpressionError) {
            // By itself, too: brackets of one that is none would close ours.
            _ = try RegularExpression(written)
            // The first place at which it matches, wherever that is.
            pattern = try RegularExpression(
                "(?s:.*?)(?:" + (signs.isEmpty ? "" : "(?\(signs))") + written + ")(?s:.*)",
                ignoresCase: flags.contains("i"), captures: true)
        } catch {
            fields.refuse("regex", "\(error.reason): values are not filtered")
            return nil
        }
        guard pattern.size <= Self.sizeMax, pattern.groupCount <= RegularExpression.groupsMax else {
            fields.refuse("regex", "the pattern is too large: values are not filtered")
            return nil
        }
        group = pattern.groupNumber(named: "value") ?? min(1, pattern.groupCount)
    }

    /// The pattern, and what stands behind its last slash.
    private static func parts(_ text: String) -> (pattern: String, flags: String) {
        guard text.hasPrefix("/"), let last = text.lastIndex(of: "/"), last > text.startIndex else { return (text, "") }
        return (String(text[text.index(after: text.startIndex)..<last]), String(text[text.index(after: last)...]))
    }

    /// What a variable has of a value; nil: nothing.
    /// - Complexity: O(value), with a factor that is bounded.
    package func value(of value: ByteText) -> ByteText? {
        let bytes = value.bytes
        guard let groups = pattern.groups(of: bytes.span) else { return nil }
        guard group > 0 else { return value }
        guard let range = groups[group], !range.isEmpty else { return nil }
        return ByteText(bytes[range])
    }
}
