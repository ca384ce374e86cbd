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
        return bytes[start..<byteOffset].reduce(charactersBefore[byteOffset >> 8] + 1) {
            $1 & 0xC0 == 0x80 ? $0 : $0 + 1
        }
    }

    /// The magnitude of a negative integer constant whose minus sign stands at an offset. The grammar folds the sign
    /// into the constant, but its printer drops negative values; so the digits are read where the tree says they stand.
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

    /// A word outside quotes and comments, in small letters, and the byte that it begins at.
    struct Word {
        var text: String
        var offset: Int
    }

    /// The words of the text, names and keywords alike: for what the tree names and does not place.
    /// - Complexity: O(length), so it is for errors.
    var words: [Word] {
        var words: [Word] = []
        var offset = 0
        while offset < bytes.count {
            if isWordByte(offset) {
                let start = offset
                while isWordByte(offset) { offset += 1 }
                // E'…' is the one kind of quote in which a backslash hides the next character.
                if offset - start == 1, bytes[start] | 0x20 == UInt8(ascii: "e"), value(at: offset) == UInt8(ascii: "'")
                {
                    offset = endOfQuote(from: offset, hasEscapes: true)
                } else {
                    words.append(
                        Word(text: String(decoding: bytes[start..<offset], as: UTF8.self).lowercased(), offset: start))
                }
            } else {
                offset = endOfMark(from: offset)
            }
        }
        return words
    }

    /// Where the first token at or behind an offset begins.
    func startOfToken(from start: Int) -> Int {
        var offset = max(0, start)
        while offset < bytes.count {
            let isSkipped = bytes[offset] <= 32 || bytes[offset] == UInt8(ascii: ";")
            let end = isSkipped ? offset + 1 : (isComment(at: offset) ? endOfMark(from: offset) : offset)
            if end == offset { break }
            offset = end
        }
        return offset
    }

    private func value(at offset: Int) -> UInt8? { offset >= 0 && offset < bytes.count ? bytes[offset] : nil }

    private func isWordByte(_ offset: Int) -> Bool {
        guard let byte = value(at: offset) else { return false }
        return byte == UInt8(ascii: "_") || byte >= 0x80 || (byte >= 48 && byte <= 57)
            || (byte | 0x20 >= 97 && byte | 0x20 <= 122)
    }

    private func isComment(at offset: Int) -> Bool {
        let (first, second) = (value(at: offset), value(at: offset + 1))
        return (first == UInt8(ascii: "-") && second == UInt8(ascii: "-"))
            || (first == UInt8(ascii: "/") && second == UInt8(ascii: "*"))
    }

    /// Past a quoted text, a quoted name, a comment or one other byte.
    private func endOfMark(from start: Int) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return endOfQuote(from: start, hasEscapes: false)
        case UInt8(ascii: "$"): return endOfDollarQuote(from: start)
        case UInt8(ascii: "/") where isComment(at: start): return endOfComment(from: start)
        case UInt8(ascii: "-") where isComment(at: start):
            return bytes[start...].firstIndex(of: 10) ?? bytes.count
        default: return start + 1
        }
    }

    private func endOfQuote(from start: Int, hasEscapes: Bool) -> Int {
        var offset = start + 1
        while let next = value(at: offset) {
            offset += hasEscapes && next == UInt8(ascii: "\\") ? 2 : 1
            if next == bytes[start] { return offset }
        }
        return bytes.count
    }

    /// Past `$tag$ … $tag$`; past the sign alone where it begins none.
    private func endOfDollarQuote(from start: Int) -> Int {
        var end = start + 1
        while isWordByte(end) { end += 1 }
        guard value(at: end) == UInt8(ascii: "$") else { return start + 1 }
        let tag = bytes[start...end]
        var offset = end + 1
        while offset + tag.count <= bytes.count {
            if bytes[offset..<offset + tag.count].elementsEqual(tag) { return offset + tag.count }
            offset += 1
        }
        return bytes.count
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
