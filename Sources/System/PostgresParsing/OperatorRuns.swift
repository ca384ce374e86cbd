/// Runs of operator characters, which PostgreSQL's lexer reads in quadratic time: it takes a whole run and gives back
/// what is behind the first sign that may stand alone or behind the beginning of a comment, as often as there is one.
/// Nothing ends it while it does so; this looks beforehand, as the lexer would, and reads each byte a bounded number of
/// times.
struct OperatorRuns {
    /// The longest run that is given to the lexer: no operator is as long as this.
    static let bytesMax = 256

    private let bytes: [UInt8]
    private var offset = 0
    /// Where the run ends that the last comment began in.
    private var commentRunEnd = -1

    /// The byte at which the first run begins that is too long; nil where there is none.
    /// - Complexity: O(length).
    static func firstTooLong(in sql: String) -> Int? {
        var runs = OperatorRuns(bytes: Array(sql.utf8))
        return runs.firstTooLong()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func firstTooLong() -> Int? {
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "'"): skipQuote(hasEscapes: false)
            case UInt8(ascii: "\""): skipQuote(hasEscapes: false)
            case UInt8(ascii: "$"): skipDollarQuote()
            case _ where Self.beginsName(byte): skipName()
            case _ where Self.isOperator(byte):
                if stands("-", "-", at: offset) {
                    skipLine()
                } else if stands("/", "*", at: offset) {
                    if let found = skipComment() { return found }
                } else if let found = skipOperator() {
                    return found
                }
            default: offset += 1
            }
        }
        return nil
    }

    /// Past one operator as the lexer cuts it; where it begins when the run is too long.
    private mutating func skipOperator() -> Int? {
        let start = offset
        if isTooLong(from: start) { return start }
        offset += 1
        while offset < bytes.count, Self.isOperator(bytes[offset]), !stands("-", "-", at: offset),
            !stands("/", "*", at: offset)
        {
            offset += 1
        }
        // What is given back of the signs at its end is read again, in a run that is no longer than this one.
        return nil
    }

    /// Past a comment, which may hold others; where one begins in a long run that another one has begun in. A ruler of
    /// stars begins one.
    private mutating func skipComment() -> Int? {
        var depth = 0
        while offset < bytes.count {
            if stands("/", "*", at: offset) {
                if offset < commentRunEnd {
                    if commentRunEnd - offset > Self.bytesMax { return offset }
                } else {
                    commentRunEnd = endOfRun(from: offset)
                }
                depth += 1
                offset += 2
            } else if stands("*", "/", at: offset) {
                depth -= 1
                offset += 2
                if depth == 0 { return nil }
            } else {
                offset += 1
            }
        }
        return nil
    }

    private func endOfRun(from start: Int) -> Int {
        bytes[start...].firstIndex { !Self.isOperator($0) } ?? bytes.count
    }

    private func isTooLong(from start: Int) -> Bool {
        let end = start + Self.bytesMax
        return end < bytes.count && bytes[start...end].allSatisfy(Self.isOperator)
    }

    /// Past `'…'` or `"…"` with doubled quotes inside, and past the parts of a text that lines divide, which have the
    /// escapes of its first.
    private mutating func skipQuote(hasEscapes: Bool) {
        let quote = bytes[offset]
        repeat {
            offset += 1
            while offset < bytes.count, bytes[offset] != quote {
                offset += hasEscapes && bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
            }
            offset += 1
        } while offset < bytes.count && (bytes[offset] == quote || (hasEscapes && skipsToNextPart()))
    }

    /// Past blanks and line comments; whether the text goes on there, which it does on another line only.
    private mutating func skipsToNextPart() -> Bool {
        var isOnNewLine = false
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                isOnNewLine = true
                offset += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), 11, 12: offset += 1
            case UInt8(ascii: "-") where stands("-", "-", at: offset): skipLine()
            case UInt8(ascii: "'"): return isOnNewLine
            default: return false
            }
        }
        return false
    }

    /// Past `$tag$ … $tag$`; past the sign alone where it begins none.
    private mutating func skipDollarQuote() {
        var end = offset + 1
        if end < bytes.count, Self.beginsName(bytes[end]) {
            while end < bytes.count, Self.continuesName(bytes[end]) { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
            offset += 1
            return
        }
        let tag = bytes[offset...end]
        offset = end + 1
        // A tag holds the sign at its ends only, so that no byte is compared more than twice.
        while let next = bytes[min(offset, bytes.count)...].firstIndex(of: UInt8(ascii: "$")) {
            offset = next
            if bytes[next...].starts(with: tag) {
                offset += tag.count
                return
            }
            offset += 1
        }
        offset = bytes.count
    }

    /// Past a name or keyword, and past the text that `E` gives escapes to.
    private mutating func skipName() {
        let start = offset
        while offset < bytes.count, Self.continuesName(bytes[offset]) || bytes[offset] == UInt8(ascii: "$") {
            offset += 1
        }
        if offset - start == 1, bytes[start] | 0x20 == UInt8(ascii: "e"), offset < bytes.count,
            bytes[offset] == UInt8(ascii: "'")
        {
            skipQuote(hasEscapes: true)
        }
    }

    private mutating func skipLine() {
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n"), bytes[offset] != UInt8(ascii: "\r") {
            offset += 1
        }
    }

    private func stands(_ first: Unicode.Scalar, _ second: Unicode.Scalar, at place: Int) -> Bool {
        place + 1 < bytes.count && bytes[place] == UInt8(ascii: first) && bytes[place + 1] == UInt8(ascii: second)
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (byte | 0x20 >= 97 && byte | 0x20 <= 122)
    }

    private static func continuesName(_ byte: UInt8) -> Bool { beginsName(byte) || (byte >= 48 && byte <= 57) }

    private static func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"),
            UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "^"), UInt8(ascii: "&"), UInt8(ascii: "|"),
            UInt8(ascii: "?"), UInt8(ascii: "`"):
            true
        default: false
        }
    }
}
