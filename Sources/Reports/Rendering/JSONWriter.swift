import Bytes

/// Writes JSON text: commas and escapes are its business, the shape is the caller's. Two blanks an indent.
struct JSONWriter {
    private var bytes: [UInt8] = []
    private var depth = 0
    private var needsComma = false
    private var isAfterKey = false

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func beginObject() { open(UInt8(ascii: "{")) }
    mutating func endObject() { close(UInt8(ascii: "}")) }
    mutating func beginArray() { open(UInt8(ascii: "[")) }
    mutating func endArray() { close(UInt8(ascii: "]")) }

    mutating func key(_ name: String) {
        separate()
        appendJSONString(name, to: &bytes)
        bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
        isAfterKey = true
    }

    mutating func value(_ text: String) {
        separate()
        appendJSONString(text, to: &bytes)
        needsComma = true
    }

    /// A number, a string beyond what doubles hold exactly.
    mutating func value(integer: Int128) {
        if integer.magnitude > 1 << 53 { return value(String(integer)) }
        raw(String(integer))
    }

    mutating func null() { raw("null") }

    mutating func raw(_ json: String) {
        separate()
        bytes += json.utf8
        needsComma = true
    }

    mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    mutating func member(_ name: String, integer: Int128) {
        key(name)
        value(integer: integer)
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        if needsComma { newLine() }
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if isAfterKey {
            isAfterKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { newLine() }
        needsComma = false
    }

    private mutating func newLine() {
        bytes.append(0x0A)
        bytes += repeatElement(0x20, count: 2 * depth)
    }
}
