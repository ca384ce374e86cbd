/// The query text, for turning the grammar's byte offsets into the character positions that users count.
struct SourceText: Sendable {
    let bytes: [UInt8]
    /// Characters that begin before every 256th byte, so that a position costs at most 256 steps.
    private let charactersBefore: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var counts: [Int] = []
        var count = 0
        for (offset, byte) in bytes.enumerated() {
            if offset & 255 == 0 { counts.append(count) }
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        charactersBefore = counts + [count]
    }

    /// 1-based position of the character at a byte offset.
    func characterPosition(byteOffset: Int) -> Int? {
        guard byteOffset >= 0, byteOffset <= bytes.count else { return nil }
        let start = byteOffset & ~255
        return bytes[start..<byteOffset].reduce(charactersBefore[byteOffset >> 8] + 1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
    }

    /// The magnitude of a negative integer constant whose minus sign stands at an offset. The grammar folds the sign into the
    /// constant, but its printer drops negative values; so the digits are read where the tree says they stand.
    func negatedDigits(at start: Int) -> Int64? {
        var offset = start
        guard offset >= 0, offset < bytes.count, bytes[offset] == UInt8(ascii: "-") else { return nil }
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "-") where offset + 1 < bytes.count && bytes[offset + 1] == UInt8(ascii: "-"):
                while offset < bytes.count, bytes[offset] != 10 { offset += 1 }
            case UInt8(ascii: "/"):
                offset = endOfComment(from: offset)
            case 48...57:
                let start = offset
                while offset < bytes.count, bytes[offset] >= 48, bytes[offset] <= 57 { offset += 1 }
                return Int64(String(decoding: bytes[start..<offset], as: UTF8.self))
            default:
                offset += 1
            }
        }
        return nil
    }

    /// Past a block comment, which may hold others.
    private func endOfComment(from start: Int) -> Int {
        var offset = start
        var depth = 0
        while offset + 1 < bytes.count {
            switch (bytes[offset], bytes[offset + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                offset += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                offset += 2
                if depth == 0 { return offset }
            default:
                offset += 1
            }
        }
        return bytes.count
    }
}
