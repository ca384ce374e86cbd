import Bytes

/// Writes JSON text into bytes: commas and escapes are its business, the shape is the caller's.
package struct JSONText: Sendable {
    /// The text so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    /// A value stands before the place where the next goes.
    private var needsComma = false

    /// No text yet.
    package init() {}

    /// An object whose members `members` writes; sorted by name they make it canonical.
    package static func object(_ members: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        json.beginObject()
        members(&json)
        json.endObject()
        return json.text
    }

    /// ``bytes`` as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Opens an object; its members follow.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes the object.
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array; its elements follow.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes the array.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The name of a member; its value follows.
    package mutating func key(_ name: String) {
        separate()
        appendJSONString(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string, escaped.
    package mutating func value(_ text: String) {
        separate()
        appendJSONString(text, to: &bytes)
        needsComma = true
    }

    /// An integer, all digits.
    package mutating func value(_ number: some FixedWidthInteger) { raw(String(number)) }
    /// `true` or `false`.
    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
    /// `null`.
    package mutating func null() { raw("null") }

    /// JSON has no infinities and no NaN: they become text, as PostgreSQL's `to_json` does.
    package mutating func value(_ number: Double) {
        guard number.isFinite else {
            value(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
            return
        }
        let text = number.description
        raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// Text that is JSON already.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    /// A member whose value is a string.
    package mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    /// A member whose value is an integer.
    package mutating func member(_ name: String, _ number: some FixedWidthInteger) {
        key(name)
        value(number)
    }

    /// A member whose value is a double.
    package mutating func member(_ name: String, _ number: Double) {
        key(name)
        value(number)
    }

    /// A member that is true or false.
    package mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Ends a line of newline-delimited JSON; the next value starts afresh.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// The text so far, leaving an empty one: for answers sent piece by piece.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
