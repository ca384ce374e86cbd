// tests: answers are read without a server.
/// Answers of ClickHouse in the form `TabSeparated`.
package enum TabSeparated {
    /// The rows of an answer, as texts; nil for NULL.
    package static func rows(_ bytes: [UInt8]) -> [[String?]] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(cell)
        }
    }

    private static func cell(_ bytes: ArraySlice<UInt8>) -> String? {
        if bytes.elementsEqual("\\N".utf8) { return nil }
        var (plain, isEscaped): ([UInt8], Bool) = ([], false)
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            plain.append(isEscaped ? character(byte) : byte)
            isEscaped = false
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// What a letter behind a backslash stands for; anything else stands for itself.
    private static func character(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "0"): 0x00
        default: letter
        }
    }
}
