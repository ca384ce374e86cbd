/// Finds the byte at which a text stops being JSON: a slow second reading for texts that the fast parser refused.
///
/// It keeps no stack of its own but a bit per level, so deep nesting cannot exhaust the thread's.
struct JSONChecker {
    let text: [UInt8]
    private let depthMax: Int
    /// Whether numbers must fit 64 bits or a finite double, as the fast parser demands.
    let limitsNumbers: Bool
    var index = 0
    /// For each open level, whether it is an object.
    private var levels: [Bool] = []

    init(_ text: [UInt8], depthMax: Int, limitsNumbers: Bool = true) {
        self.text = text
        self.depthMax = depthMax
        self.limitsNumbers = limitsNumbers
    }

    func failure(_ expectation: String, limit: JSONError.Limit? = nil) -> JSONError {
        JSONError(offset: index, expectation: expectation, limit: limit)
    }

    func peek(ahead: Int = 0) -> UInt8? { index + ahead < text.count ? text[index + ahead] : nil }

    mutating func advance(_ count: Int) { index += count }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    /// Nil when the text is one JSON value.
    mutating func check() -> JSONError? {
        do throws(JSONError) {
            try readValues()
            skipSpace()
            guard index == text.count else { throw failure("the end of the document") }
            return nil
        } catch {
            return error
        }
    }

    /// Reads one value with all that it holds.
    private mutating func readValues() throws(JSONError) {
        while true {
            skipSpace()
            switch peek() {
            case UInt8(ascii: "{"): if try open(isObject: true) { continue }
            case UInt8(ascii: "["): if try open(isObject: false) { continue }
            default: try readScalar()
            }
            if try closeLevels() { return }
        }
    }

    /// Enters an object or array; true when a value comes next, false when it was empty.
    private mutating func open(isObject: Bool) throws(JSONError) -> Bool {
        guard levels.count < depthMax else { throw failure("at most \(depthMax) levels of nesting", limit: .depth) }
        index += 1
        skipSpace()
        if peek() == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            index += 1
            return false
        }
        levels.append(isObject)
        if isObject { try readKey() }
        return true
    }

    /// After a value: steps over closing brackets; true when the outermost value is complete.
    private mutating func closeLevels() throws(JSONError) -> Bool {
        while let isObject = levels.last {
            skipSpace()
            let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            switch peek() {
            case UInt8(ascii: ","):
                index += 1
                if isObject { try readKey() }
                return false
            case close:
                index += 1
                levels.removeLast()
            default: throw failure(isObject ? "',' or '}'" : "',' or ']'")
            }
        }
        return true
    }

    private mutating func readKey() throws(JSONError) {
        skipSpace()
        guard peek() == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
        try readString()
        skipSpace()
        guard peek() == UInt8(ascii: ":") else { throw failure("':'") }
        index += 1
    }

    private mutating func readScalar() throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "t"): try readWord("true")
        case UInt8(ascii: "f"): try readWord("false")
        case UInt8(ascii: "n"): try readWord("null")
        case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): try readNumber()
        default: throw failure("a value")
        }
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        let first = index
        for byte in String(describing: word).utf8 {
            guard peek() == byte else {
                index = first
                throw failure("'\(word)'")
            }
            index += 1
        }
    }
}
