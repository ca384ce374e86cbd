package import Bytes

/// A JSON value with numbers as their text, so that decimals stay exact, and members in their order.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The number's own characters.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// Value of a member of an object; nil where it is absent or this is no object.
    /// - Complexity: O(members).
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; nil for other values.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a whole number within 64 bits; nil for other values.
    package var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// The values of an array; nil for other values.
    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The members of an object in their order; nil for other values.
    package var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }
}

/// A name and its value in a JSON object.
package struct JSONMember: Equatable, Sendable {
    /// The member's name; not necessarily the only one of that name.
    package var name: String
    /// The member's value.
    package var value: JSONValue
}

/// Reads small JSON documents, those of schemas and price books. Events go through the fast parser of the wire formats.
/// Grammar: RFC 8259. Nesting deeper than 64 and bytes that are not UTF-8 are refused.
package struct JSONReader {
    private var cursor: ByteCursor
    private var depth = 0

    private init(_ bytes: [UInt8]) { cursor = ByteCursor(bytes) }

    /// Parses one document with nothing but white space around it.
    package static func parse(_ bytes: [UInt8]) throws(DecodingError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.cursor.isAtEnd else { throw reader.cursor.failure("the end of the document") }
        return value
    }

    private var next: UInt8? { cursor.isAtEnd ? nil : cursor.bytes[cursor.index] }

    private mutating func skip() { _ = try? cursor.readByte() }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { skip() }
    }

    private mutating func expect(_ text: StaticString, _ bytes: [UInt8]) throws(DecodingError) {
        let failure = cursor.failure("\(text)")
        for byte in bytes {
            guard next == byte else { throw failure }
            skip()
        }
    }

    private mutating func value() throws(DecodingError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"):
            try expect("true", Array("true".utf8))
            return .boolean(true)
        case UInt8(ascii: "f"):
            try expect("false", Array("false".utf8))
            return .boolean(false)
        case UInt8(ascii: "n"):
            try expect("null", Array("null".utf8))
            return .null
        default: return try number()
        }
    }

    private mutating func enter() throws(DecodingError) {
        depth += 1
        guard depth <= 64 else { throw cursor.failure("at most 64 levels of nesting") }
        skip()
        skipSpace()
    }

    private mutating func object() throws(DecodingError) -> JSONValue {
        try enter()
        var members: [JSONMember] = []
        if next == UInt8(ascii: "}") {
            skip()
            depth -= 1
            return .object([])
        }
        while true {
            skipSpace()
            let name = try text()
            skipSpace()
            try expect("a colon", [UInt8(ascii: ":")])
            members.append(JSONMember(name: name, value: try value()))
            skipSpace()
            if next == UInt8(ascii: ",") {
                skip()
                continue
            }
            try expect("a comma or a closing brace", [UInt8(ascii: "}")])
            depth -= 1
            return .object(members)
        }
    }

    private mutating func list() throws(DecodingError) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        if next == UInt8(ascii: "]") {
            skip()
            depth -= 1
            return .array([])
        }
        while true {
            values.append(try value())
            skipSpace()
            if next == UInt8(ascii: ",") {
                skip()
                continue
            }
            try expect("a comma or a closing bracket", [UInt8(ascii: "]")])
            depth -= 1
            return .array(values)
        }
    }

    private mutating func text() throws(DecodingError) -> String {
        guard next == UInt8(ascii: "\"") else { throw cursor.failure("a string") }
        skip()
        let start = cursor.index
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { skip() }
        var bytes = Array(cursor.bytes[start..<cursor.index])
        while next != UInt8(ascii: "\"") {
            guard let byte = next, byte >= 0x20 else { throw cursor.failure("a closing quote") }
            skip()
            if byte == UInt8(ascii: "\\") { try escape(into: &bytes) } else { bytes.append(byte) }
        }
        skip()
        guard let text = String(validating: bytes, as: UTF8.self) else { throw cursor.failure("UTF-8 text before this place") }
        return text
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(DecodingError) {
        let byte = try cursor.readByte()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                try expect("the second half of a surrogate pair", Array("\\u".utf8))
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw cursor.failure("the second half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw cursor.failure("a character") }
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        default: throw cursor.failure("an escape of JSON")
        }
    }

    private mutating func hexadecimal() throws(DecodingError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = try cursor.readByte()
            switch byte {
            case 0x30...0x39: code = code << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: code = code << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: code = code << 4 | UInt32(byte - 0x57)
            default: throw cursor.failure("four hexadecimal digits")
            }
        }
        return code
    }

    private mutating func digits() throws(DecodingError) {
        guard let first = next, (0x30...0x39).contains(first) else { throw cursor.failure("a JSON value") }
        while let byte = next, (0x30...0x39).contains(byte) { skip() }
    }

    private mutating func number() throws(DecodingError) -> JSONValue {
        let start = cursor.index
        if next == UInt8(ascii: "-") { skip() }
        if next == UInt8(ascii: "0") { skip() } else { try digits() }
        if next == UInt8(ascii: ".") {
            skip()
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            skip()
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { skip() }
            try digits()
        }
        return .number(String(decoding: cursor.bytes[start..<cursor.index], as: UTF8.self))
    }
}
