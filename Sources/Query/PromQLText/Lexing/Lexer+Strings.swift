// Strings: in quotes with Go's escapes, in backticks as they stand, line ends too.
extension Lexer {
    mutating func stringToken() -> Token {
        let quote = text[position]
        position += 1
        let isRaw = quote == UInt8(ascii: "`")
        while let byte = peek() {
            if byte == quote {
                position += 1
                return token(.string)
            }
            if byte < 0x80 {
                position += 1
                if isRaw { continue }
                if byte == UInt8(ascii: "\n") { break }
                if byte == UInt8(ascii: "\\"), let message = scanEscape(quote) { return fail(message) }
            } else {
                // The replacement character stands for damage, also where somebody wrote it.
                guard let (scalar, length) = QuotedText.scalar(in: text, at: position), scalar != "\u{FFFD}" else {
                    return fail("invalid UTF-8 rune")
                }
                position += length
            }
        }
        return fail(isRaw ? "unterminated raw string" : "unterminated quoted string")
    }

    /// Goes over an escape whose backslash has been taken.
    /// - Returns: what is wrong with it.
    private mutating func scanEscape(_ quote: UInt8) -> String? {
        guard let byte = peek() else { return "escape sequence not terminated" }
        let (digits, base, limit): (Int, UInt32, UInt32)
        switch Unicode.Scalar(byte) {
        case "a", "b", "f", "n", "r", "t", "v", "\\":
            position += 1
            return nil
        case "0"..."7": (digits, base, limit) = (3, 8, 255)
        case "x": (digits, base, limit) = (2, 16, 255)
        case "u": (digits, base, limit) = (4, 16, 0x10_FFFF)
        case "U": (digits, base, limit) = (8, 16, 0x10_FFFF)
        default:
            guard byte == quote else {
                return "unknown escape sequence " + QuotedText.codePoint(in: text, at: position)
            }
            position += 1
            return nil
        }
        if base == 16 { position += 1 }
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek() else { return "escape sequence not terminated" }
            guard let number = EscapedText.value(of: digit), number < base else {
                return "illegal character " + QuotedText.codePoint(in: text, at: position) + " in escape sequence"
            }
            // Eight hexadecimal digits fit.
            value = value * base + number
            position += 1
        }
        return value > limit || (0xD800..<0xE000).contains(value)
            ? "escape sequence is an invalid Unicode code point" : nil
    }
}
