// tests: answers are read without a server.
/// Answers of ClickHouse in the form `TabSeparated`.
package enum TabSeparated {
    /// More rows than the longest answer has: an answer's bytes are bounded, but each row of it takes more here.
    package static let rowsMax = 2_000_000

    /// The rows of an answer, as texts; nil for NULL. What is not of the form that was asked for is no answer: a
    /// server, or what stands before it, may say anything, also that it failed, and call it well done.
    /// - Parameter cells: of each row.
    /// - Throws: ``ShippingFailure``.
    package static func rows(_ bytes: [UInt8], cells: Int) throws(ShippingFailure) -> [[String?]] {
        var rows: [[String?]] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw ShippingFailure(.transient, "answer", "the answer is not whole")
            }
            let line = bytes[start..<end].split(
                separator: UInt8(ascii: "\t"), maxSplits: cells, omittingEmptySubsequences: false)
            guard line.count == cells, rows.count < rowsMax else {
                throw ShippingFailure(.transient, "answer", "the answer is not of the form that was asked for")
            }
            rows.append(line.map(cell))
            start = end + 1
        }
        return rows
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
