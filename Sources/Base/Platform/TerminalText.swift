// tests: a terminal is not at hand there.
/// Text for a terminal, which takes some characters for orders: to move, to colour, to answer, to set its title.
package enum TerminalText {
    /// The same with control characters written out: `\x1b` for escape. Line ends and tabs stay.
    /// - Complexity: O(bytes).
    package static func shown(_ bytes: [UInt8]) -> [UInt8] {
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : nil
            index += 1
            switch byte {
            case newline, tab: shown.append(byte)
            case carriageReturn where next == newline: shown.append(byte)
            case 0..<0x20, 0x7F: shown += written(byte)
            // The second block of them, U+0080 to U+009F, takes two bytes.
            case 0xC2 where next.map { (0x80...0x9F).contains($0) } == true:
                shown += written(bytes[index])
                index += 1
            default: shown.append(byte)
            }
        }
        return shown
    }

    private static let (newline, tab, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"))
    private static let digits = Array("0123456789abcdef".utf8)

    private static func written(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
