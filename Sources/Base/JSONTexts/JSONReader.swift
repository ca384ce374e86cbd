package import Bytes

/// Reads small JSON documents: schemas, prices, records, requests and answers. Events go through the fast parser of the
/// wire formats.
///
/// Grammar: RFC 8259, nothing more. Numbers are kept as they are written; whoever wants one says what it must fit. What
/// is no UTF-8, nests too deep or is too long is refused; every error says at which byte.
package struct JSONReader {
    /// What a document may be.
    package struct Limits: Sendable {
        /// Levels of arrays and objects; the reader recurses once for each.
        package var depthMax = 64
        /// Bytes of the document; values take many times their text.
        package var bytesMax = 64 << 20

        /// Those of documents that nobody bounded before.
        package init() {}

        /// Takes each part as given.
        package init(depthMax: Int, bytesMax: Int) { (self.depthMax, self.bytesMax) = (depthMax, bytesMax) }
    }

    private let bytes: ArraySlice<UInt8>
    private let limits: Limits
    private var index: Int
    private var depth = 0

    private init(_ bytes: ArraySlice<UInt8>, _ limits: Limits) {
        (self.bytes, self.limits) = (bytes, limits)
        index = bytes.startIndex
    }

    /// Parses one document with nothing but white space around it.
    /// - Throws: with the offset from the first byte and what would have been JSON there.
    /// - Complexity: O(bytes).
    package static func parse(
        _ bytes: ArraySlice<UInt8>, limits: Limits = Limits()
    ) throws(DecodingError) -> JSONValue {
        var reader = JSONReader(bytes, limits)
        try reader.checkBytes()
        let value = try reader.value()
        reader.skipSpace()
        guard reader.next == nil else { throw reader.failure("the end of the document") }
        return value
    }

    /// The same for an array of bytes.
    package static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(DecodingError) -> JSONValue {
        try parse(bytes[...], limits: limits)
    }

    /// The same for text.
    package static func parse(_ text: String, limits: Limits = Limits()) throws(DecodingError) -> JSONValue {
        try parse(Array(text.utf8)[...], limits: limits)
    }

    // MARK: Bytes

    private func checkBytes() throws(DecodingError) {
        guard bytes.count <= limits.bytesMax else {
            throw DecodingError(offset: limits.bytesMax, expectation: "at most \(limits.bytesMax) bytes")
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw DecodingError(offset: error.byteOffsets.lowerBound, expectation: "UTF-8")
        }
    }

    private var next: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private func failure(_ expectation: String) -> DecodingError {
        DecodingError(offset: index - bytes.startIndex, expectation: expectation)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    // MARK: Values

    private mutating func value() throws(DecodingError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(DecodingError) -> JSONValue {
        let text = String(describing: word).utf8
        guard bytes[index...].starts(with: text) else { throw failure("\(word)") }
        index += text.count
        return value
    }

    private mutating func enter() throws(DecodingError) {
        depth += 1
        guard depth <= limits.depthMax else { throw failure("at most \(limits.depthMax) levels of nesting") }
        index += 1
        skipSpace()
    }

    private mutating func object() throws(DecodingError) -> JSONValue {
        try enter()
        var members: [JSONMember] = []
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let name = try text()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw failure("a colon") }
                members.append(JSONMember(name: name, value: try value()))
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw failure("a comma or a closing brace") }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(DecodingError) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        if !take(UInt8(ascii: "]")) {
            repeat {
                values.append(try value())
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw failure("a comma or a closing bracket") }
        }
        depth -= 1
        return .array(values)
    }

    // MARK: Strings

    private mutating func text() throws(DecodingError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure("a string") }
        var start = index
        // Empty as long as nothing is escaped.
        var unescaped: [UInt8] = []
        while let byte = next, byte >= 0x20 {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[start..<index]
                index += 1
                return String(decoding: unescaped.isEmpty ? rest : (unescaped + rest)[...], as: UTF8.self)
            case UInt8(ascii: "\\"):
                unescaped += bytes[start..<index]
                index += 1
                try escape(into: &unescaped)
                start = index
            default: index += 1
            }
        }
        throw failure("a closing quote")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(DecodingError) {
        switch next {
        case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): bytes.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            index += 1
            bytes.append(contentsOf: String(Character(try scalar())).utf8)
            return
        default: throw failure("an escape of JSON")
        }
        index += 1
    }

    /// What stands behind `\u`: four digits, or eight in two halves of a surrogate pair.
    private mutating func scalar() throws(DecodingError) -> Unicode.Scalar {
        let start = index
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            let second = failure("the second half of a surrogate pair")
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw second }
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw second }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            index = start
            throw failure("no second half of a surrogate pair without the first")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(DecodingError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(hexadecimalValue) else { throw failure("four hexadecimal digits") }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }

    // MARK: Numbers

    private mutating func digits(_ expectation: StaticString) throws(DecodingError) {
        guard let first = next, (0x30...0x39).contains(first) else { throw failure("\(expectation)") }
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
    }

    private mutating func number() throws(DecodingError) -> JSONValue {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits(isNegative ? "a digit" : "a JSON value") }
        if take(UInt8(ascii: ".")) { try digits("a digit") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits("a digit")
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }
}
