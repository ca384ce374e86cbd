internal import Bytes
internal import JSONParsing

extension OTLPJSON {
    func failure(_ name: String, _ expectation: String) -> DecodingError {
        DecodingError(offset: 0, expectation: "\(expectation) in \(name)")
    }

    /// Calls the body for each member that is not null.
    func members(_ place: Int, _ name: String, _ body: (String, Int) throws(DecodingError) -> Void)
        throws(DecodingError)
    {
        guard tape.kind(place) == .object else { throw failure(name, "an object") }
        var key = tape.firstChild(place)
        let end = tape.end(place)
        while key < end {
            if tape.kind(key + 1) != .null { try body(tape.text(key), key + 1) }
            key = tape.next(key + 1)
        }
    }

    func elements(_ place: Int, _ name: String, _ body: (Int) throws(DecodingError) -> Void) throws(DecodingError) {
        guard tape.kind(place) == .array else { throw failure(name, "an array") }
        var child = tape.firstChild(place)
        let end = tape.end(place)
        while child < end {
            try body(child)
            child = tape.next(child)
        }
    }

    func string(_ place: Int, _ name: String) throws(DecodingError) -> ArraySlice<UInt8> {
        guard tape.kind(place) == .string else { throw failure(name, "text") }
        return tape.string(place)
    }

    func text(_ place: Int, _ name: String) throws(DecodingError) -> String {
        String(decoding: try string(place, name), as: UTF8.self)
    }

    /// - Parameter names: of the enumeration, by number from 0.
    func enumeration(_ place: Int, _ name: String, _ names: [String]) throws(DecodingError) -> Int64 {
        if tape.kind(place) == .string {
            let text = tape.string(place)
            if let number = names.firstIndex(where: { text.elementsEqual($0.utf8) }) { return Int64(number) }
        }
        guard tape.kind(place) == .integer else { throw failure(name, "the enumeration's number or name") }
        return tape.integer(place)
    }

    func integer(_ place: Int, _ name: String) throws(DecodingError) -> Int64 {
        switch tape.kind(place) {
        case .integer: return tape.integer(place)
        case .string:
            let text = tape.text(place)
            // Whole numbers in the form of others: 1e3, 7.0.
            if let value = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }) { return value }
        case .double: if let value = Int64(exactly: tape.double(place)) { return value }
        default: break
        }
        throw failure(name, "a 64-bit integer")
    }

    func unsigned(_ place: Int, _ name: String) throws(DecodingError) -> UInt64 {
        switch tape.kind(place) {
        case .integer: if tape.integer(place) >= 0 { return UInt64(tape.integer(place)) }
        case .unsigned: return tape.unsigned(place)
        case .string: if let value = UInt64(tape.text(place)) { return value }
        case .double: if let value = UInt64(exactly: tape.double(place)) { return value }
        default: break
        }
        throw failure(name, "an unsigned 64-bit integer")
    }

    func double(_ place: Int, _ name: String) throws(DecodingError) -> Double {
        switch tape.kind(place) {
        case .integer: return Double(tape.integer(place))
        case .unsigned: return Double(tape.unsigned(place))
        case .double: return tape.double(place)
        case .string:
            let text = tape.text(place)
            let names = ["NaN": Double.nan, "Infinity": .infinity, "-Infinity": -.infinity]
            if let value = names[text] ?? Double(text) { return value }
        default: break
        }
        throw failure(name, "a number")
    }

    func hexadecimal(_ place: Int, _ name: String) throws(DecodingError) -> [UInt8] {
        let text = try string(place, name)
        guard let bytes = bytes(ofHexadecimal: text, allowsCapitals: true) else {
            throw failure(name, "pairs of hexadecimal digits")
        }
        return bytes
    }
}

/// Base64 (RFC 4648, 4 and 5), both alphabets, padding optional.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func decode(_ text: ArraySlice<UInt8>) throws(DecodingError) -> [UInt8] {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let plain =
                byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
            guard let digit = alphabet.firstIndex(of: plain) else {
                throw DecodingError(offset: 0, expectation: "base64 in bytesValue")
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }

    static func encode(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                result.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { result.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        while !result.count.isMultiple(of: 4) { result.append(UInt8(ascii: "=")) }
        return String(decoding: result, as: UTF8.self)
    }
}
