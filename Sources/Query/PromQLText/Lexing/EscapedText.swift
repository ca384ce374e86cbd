import Bytes

/// What a string literal says.
enum EscapedText {
    /// The bytes of a literal that the lexer let pass, its quotes included.
    static func bytes(of literal: ArraySlice<UInt8>) -> ByteText {
        guard literal.count >= 2 else { return ByteText([]) }
        let inner = literal.dropFirst().dropLast()
        guard literal.first != UInt8(ascii: "`"), inner.contains(UInt8(ascii: "\\")) else { return ByteText(inner) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(inner.count)
        var rest = inner
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") { appendEscaped(&rest, to: &bytes) } else { bytes.append(byte) }
        }
        return ByteText(bytes)
    }

    /// The value of a hexadecimal digit.
    static func value(of digit: UInt8) -> UInt32? { hexadecimalValue(of: digit).map(UInt32.init) }

    private static func appendEscaped(_ rest: inout ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        guard let byte = rest.popFirst() else { return }
        switch Unicode.Scalar(byte) {
        case "a": bytes.append(7)
        case "b": bytes.append(8)
        case "t": bytes.append(9)
        case "n": bytes.append(10)
        case "v": bytes.append(11)
        case "f": bytes.append(12)
        case "r": bytes.append(13)
        case "0"..."7": bytes.append(UInt8(truncatingIfNeeded: number(byte, &rest, digits: 2, base: 8)))
        case "x": bytes.append(UInt8(truncatingIfNeeded: number(nil, &rest, digits: 2, base: 16)))
        case "u": append(number(nil, &rest, digits: 4, base: 16), to: &bytes)
        case "U": append(number(nil, &rest, digits: 8, base: 16), to: &bytes)
        default: bytes.append(byte)
        }
    }

    private static func number(
        _ first: UInt8?, _ rest: inout ArraySlice<UInt8>, digits: Int, base: UInt32
    ) -> UInt32 {
        var number = first.flatMap(value) ?? 0
        for _ in 0..<digits { number = number &* base &+ (rest.popFirst().flatMap(value) ?? 0) }
        return number
    }

    private static func append(_ codePoint: UInt32, to bytes: inout [UInt8]) {
        bytes += UTF8.encode(Unicode.Scalar(codePoint) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter
    }
}
