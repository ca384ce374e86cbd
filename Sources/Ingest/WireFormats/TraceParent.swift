/// The `traceparent` of W3C Trace Context, version 00: `00-<trace id>-<span id>-<flags>`, as ranges of its text.
struct TraceParent {
    static let traceRange = 3..<35
    static let spanRange = 36..<52

    /// Whether a text is a valid `traceparent`: lower-case hexadecimal, neither id all zeros. Versions above 00 may be
    /// longer.
    static func isValid(_ text: Span<UInt8>) -> Bool {
        guard text.count == 55 || text.count > 55 && text[55] == UInt8(ascii: "-") else { return false }
        guard text.count == 55 || text[0] != 0x30 || text[1] != 0x30 else { return false }
        guard text[0] != UInt8(ascii: "f") || text[1] != UInt8(ascii: "f") else { return false }
        for place in 0..<55 {
            if place == 2 || place == 35 || place == 52 {
                guard text[place] == UInt8(ascii: "-") else { return false }
            } else {
                guard (0x30...0x39).contains(text[place]) || (0x61...0x66).contains(text[place]) else { return false }
            }
        }
        return hasDigit(text, traceRange) && hasDigit(text, spanRange)
    }

    private static func hasDigit(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for place in range where text[place] != UInt8(ascii: "0") { return true }
        return false
    }
}
