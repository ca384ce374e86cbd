extension JSONChecker {
    /// Reads a string from its opening to its closing quote.
    mutating func readString() throws(JSONError) {
        advance(1)
        while true {
            guard let byte = peek() else { throw failure("a closing quote") }
            switch byte {
            case UInt8(ascii: "\""):
                advance(1)
                return
            case UInt8(ascii: "\\"): try readEscape()
            case 0..<0x20: throw failure("no control character inside a string")
            case 0x20..<0x80: advance(1)
            default: try readMultiByte(byte)
            }
        }
    }

    private mutating func readEscape() throws(JSONError) {
        advance(1)
        guard let byte = peek() else { throw failure("an escape") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            advance(1)
        case UInt8(ascii: "u"):
            advance(1)
            let unit = try readHexadecimal()
            if (0xDC00...0xDFFF).contains(unit) { throw failure("no lone surrogate before") }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard peek() == UInt8(ascii: "\\") else { throw failure("the second half of a surrogate pair") }
            advance(1)
            guard peek() == UInt8(ascii: "u") else { throw failure("the second half of a surrogate pair") }
            advance(1)
            guard (0xDC00...0xDFFF).contains(try readHexadecimal()) else { throw failure("a surrogate pair before") }
        default: throw failure("an escape")
        }
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw failure("four hexadecimal digits") }
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: throw failure("four hexadecimal digits")
            }
            advance(1)
        }
        return value
    }

    /// One character of two to four bytes, as table 3-7 of the Unicode standard allows them.
    private mutating func readMultiByte(_ lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let count: Int
        switch lead {
        case 0xC2...0xDF: (second, count) = (0x80...0xBF, 2)
        case 0xE0: (second, count) = (0xA0...0xBF, 3)
        case 0xED: (second, count) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, count) = (0x80...0xBF, 3)
        case 0xF0: (second, count) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, count) = (0x80...0xBF, 4)
        case 0xF4: (second, count) = (0x80...0x8F, 4)
        default: throw failure("UTF-8")
        }
        for step in 1..<count {
            guard let byte = peek(ahead: step), (step == 1 ? second : 0x80...0xBF).contains(byte) else {
                throw failure("UTF-8")
            }
        }
        advance(count)
    }
}
