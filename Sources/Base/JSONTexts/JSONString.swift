import Bytes

/// Strings of JSON (RFC 8259, section 7) as RFC 8785 wants them: the quote, the backslash and control characters are
/// escaped, these by their letter where they have one and as `\u00XX` where not; nothing else is.
package enum JSONString {
    /// Appends the text in quotes.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        append(inside: text.utf8.span, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends the text of these bytes in quotes. What is no UTF-8 becomes U+FFFD, or the whole document would be none.
    /// - Complexity: O(bytes).
    package static func append(utf8: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let isSound = utf8.allSatisfy { $0 < 0x80 } || (try? UTF8Span(validating: utf8.span)) != nil
        guard isSound else { return append(String(decoding: utf8, as: UTF8.self), to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        append(inside: utf8.span, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends what stands between the quotes, or a part of it: escapes take the place of single bytes, and what stands
    /// between two of them is copied at once.
    static func append(inside text: Span<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        for index in text.indices where isEscaped(text[index]) {
            if index > start { bytes.append(contentsOf: text.extracting(start..<index)) }
            append(escaped: text[index], to: &bytes)
            start = index + 1
        }
        if start < text.count { bytes.append(contentsOf: text.extracting(start..<text.count)) }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(escape: byte, to: &bytes)
        case 0x08: append(escape: UInt8(ascii: "b"), to: &bytes)
        case 0x09: append(escape: UInt8(ascii: "t"), to: &bytes)
        case 0x0A: append(escape: UInt8(ascii: "n"), to: &bytes)
        case 0x0C: append(escape: UInt8(ascii: "f"), to: &bytes)
        case 0x0D: append(escape: UInt8(ascii: "r"), to: &bytes)
        default:
            append(escape: UInt8(ascii: "u"), to: &bytes)
            appendHexadecimal(UInt64(byte), digits: 4, to: &bytes)
        }
    }

    private static func append(escape mark: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(mark)
    }
}
