package import Bytes
import RegularExpressions

/// Finds values that hold a text, whatever the case of its letters.
package struct ValueSearch: Sendable {
    /// nil: everything holds it.
    private let pattern: RegularExpression?

    /// Nobody writes a longer one to find a value; what is longer is cut.
    private static let bytesMax = 200

    /// - Parameter text: what is looked for, letter by letter.
    package init(_ text: ByteText) {
        let sought = String(decoding: text.bytes.prefix(Self.bytesMax), as: UTF8.self)
        let written = String(decoding: Interpolation.patterned(Array(sought.utf8)), as: UTF8.self)
        pattern = sought.isEmpty ? nil : try? RegularExpression(written, ignoresCase: true)
    }

    /// Whether a value holds it.
    /// - Complexity: O(value).
    package func finds(_ value: ByteText) -> Bool {
        let bytes = value.bytes
        return pattern?.matches(bytes.span) ?? true
    }
}
