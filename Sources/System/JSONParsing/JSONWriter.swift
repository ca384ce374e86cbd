/// Appends JSON text to bytes: minimal escapes, shortest doubles, no white space.
///
/// The caller sees to commas and brackets; ``appendCanonical(_:at:)`` writes whole values.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
    package mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Text that is JSON already, such as a bracket or a comma.
    package mutating func append(json text: StaticString) {
        for byte in String(describing: text).utf8 { bytes.append(byte) }
    }

    /// Bytes that are JSON already.
    package mutating func append(json text: ArraySlice<UInt8>) { bytes.append(contentsOf: text) }

    /// A string in quotes; escapes the quote, the backslash and control characters (RFC 8785, 3.2.2.2), nothing else.
    package mutating func append(string utf8: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20...: bytes.append(byte)
            case 0x08: appendEscape(UInt8(ascii: "b"))
            case 0x09: appendEscape(UInt8(ascii: "t"))
            case 0x0A: appendEscape(UInt8(ascii: "n"))
            case 0x0C: appendEscape(UInt8(ascii: "f"))
            case 0x0D: appendEscape(UInt8(ascii: "r"))
            default:
                append(json: "\\u00")
                bytes.append(byte >> 4 + 0x30)
                bytes.append(byte & 15 < 10 ? byte & 15 + 0x30 : byte & 15 + 0x57)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func append(string text: String) { append(string: Array(text.utf8)[...]) }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
    }

    package mutating func append(integer value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(unsigned: value.magnitude)
    }

    package mutating func append(unsigned value: UInt64) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(truncatingIfNeeded: value / divisor % 10) + 0x30)
            divisor /= 10
        }
    }

    /// The shortest decimal that reads back as the same double; a whole number keeps its `.0`, so that it stays a double. JSON has no NaN
    /// and no infinity: they become `null`.
    package mutating func append(double value: Double) {
        guard value.isFinite else { return append(json: "null") }
        bytes.append(contentsOf: value.description.utf8)
    }

    package mutating func append(boolean value: Bool) { value ? append(json: "true") : append(json: "false") }

    /// The value at a place of a tape in canonical form: keys sorted by their UTF-8 bytes, of a repeated key the last value.
    /// Recurses as deep as the value nests, which the parser bounds.
    /// - Complexity: O(n log n).
    package mutating func appendCanonical(_ tape: JSONTape, at place: Int) {
        switch tape.kind(place) {
        case .object:
            append(UInt8(ascii: "{"))
            var isFirst = true
            for key in Self.canonicalKeys(tape, of: place) {
                if !isFirst { append(UInt8(ascii: ",")) }
                isFirst = false
                append(string: tape.string(key))
                append(UInt8(ascii: ":"))
                appendCanonical(tape, at: key + 1)
            }
            append(UInt8(ascii: "}"))
        case .array:
            append(UInt8(ascii: "["))
            var child = tape.firstChild(place)
            let end = tape.end(place)
            while child < end {
                if child > tape.firstChild(place) { append(UInt8(ascii: ",")) }
                appendCanonical(tape, at: child)
                child = tape.next(child)
            }
            append(UInt8(ascii: "]"))
        case .string: append(string: tape.string(place))
        case .integer: append(integer: tape.integer(place))
        case .unsigned: append(unsigned: tape.unsigned(place))
        case .double: append(double: tape.double(place))
        case .true: append(boolean: true)
        case .false: append(boolean: false)
        case .null: append(json: "null")
        }
    }

    /// Places of an object's keys, sorted by bytes, each key once with its last value.
    package static func canonicalKeys(_ tape: JSONTape, of object: Int) -> [Int] {
        var keys: [Int] = []
        var place = tape.firstChild(object)
        let end = tape.end(object)
        while place < end {
            keys.append(place)
            place = tape.next(place + 1)
        }
        // Equal keys stay in their order, so that the last of them can be kept.
        keys.sort { left, right in
            let (leftBytes, rightBytes) = (tape.string(left), tape.string(right))
            return leftBytes.lexicographicallyPrecedes(rightBytes) || left < right && leftBytes.elementsEqual(rightBytes)
        }
        var kept: [Int] = []
        for key in keys {
            if let last = kept.last, tape.string(last).elementsEqual(tape.string(key)) { kept.removeLast() }
            kept.append(key)
        }
        return kept
    }
}
