import Bytes

/// Writes JSON text into bytes: commas, escapes and white space are its business, the shape is the caller's.
package struct JSONWriter: Sendable {
    /// Where white space stands; the text is canonical without, where members are sorted.
    package enum Layout: Sendable {
        /// Nowhere.
        case compact
        /// On one line, behind commas and colons.
        case spaced
        /// A line for each value, two blanks for each level.
        case indented
    }

    /// The text so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    private let layout: Layout
    private var depth = 0
    /// A value stands before the place where the next goes.
    private var needsComma = false
    /// A name stands there, which wants its value.
    private var isAfterKey = false

    /// No text yet.
    package init(_ layout: Layout = .compact) { self.layout = layout }

    /// Goes on behind bytes that are no part of the text, such as lines before.
    package init(appendingTo bytes: consuming [UInt8]) {
        self.bytes = bytes
        layout = .compact
    }

    /// An object whose members `members` writes; sorted by name they make it canonical.
    package static func object(_ members: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.object(members)
        return json.text
    }

    /// ``bytes`` as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Forgets the text and keeps its room.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        (depth, needsComma, isAfterKey) = (0, false, false)
    }

    /// The text so far, leaving an empty one: for answers sent piece by piece.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Makes room for so many bytes more, so that a long text is not copied as it grows.
    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// Appends what another one wrote and goes on where that one stands.
    package mutating func append(_ other: JSONWriter) {
        guard !other.bytes.isEmpty else { return }
        separate()
        bytes.append(contentsOf: other.bytes)
        (depth, needsComma, isAfterKey) = (depth + other.depth, other.needsComma, other.isAfterKey)
    }

    /// Ends a line of newline-delimited JSON; the next value starts afresh.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Shape

    /// Opens an object; its members follow.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes the object.
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array; its elements follow.
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes the array.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// An object whose members `members` writes.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        beginObject()
        members(&self)
        endObject()
    }

    /// An array with a value, which `write` writes, for each element.
    package mutating func array<Element>(
        _ elements: some Sequence<Element>, _ write: (Element, inout JSONWriter) -> Void
    ) {
        beginArray()
        for element in elements { write(element, &self) }
        endArray()
    }

    /// The name of a member; its value follows.
    package mutating func key(_ name: String) {
        separate()
        JSONString.append(name, to: &bytes)
        endKey()
    }

    /// The same for a name that is bytes.
    package mutating func key(utf8 name: ArraySlice<UInt8>) {
        separate()
        JSONString.append(utf8: name, to: &bytes)
        endKey()
    }

    private mutating func endKey() {
        bytes.append(UInt8(ascii: ":"))
        if layout != .compact { bytes.append(UInt8(ascii: " ")) }
        isAfterKey = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        if needsComma, layout == .indented { newLine() }
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if isAfterKey {
            isAfterKey = false
            return
        }
        if needsComma {
            bytes.append(UInt8(ascii: ","))
            if layout == .spaced { bytes.append(UInt8(ascii: " ")) }
        }
        if layout == .indented, depth > 0 { newLine() }
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    // MARK: Values

    /// A string, escaped.
    package mutating func value(_ text: String) {
        separate()
        JSONString.append(text, to: &bytes)
        needsComma = true
    }

    /// A string that is bytes; what is no UTF-8 becomes U+FFFD.
    package mutating func value(utf8 text: ArraySlice<UInt8>) {
        separate()
        JSONString.append(utf8: text, to: &bytes)
        needsComma = true
    }

    /// A string whose text `append` appends, such as digits: nothing that would have to be escaped.
    package mutating func value(plain append: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A time in ns since 1970 UTC, as ``RFC3339`` writes it.
    package mutating func value(time: Int64, decimals: RFC3339.Decimals = .thousands) {
        value(plain: { RFC3339.append(time, decimals: decimals, to: &$0) })
    }

    /// An integer, all digits.
    package mutating func value(_ number: some FixedWidthInteger) {
        separate()
        if let small = Int64(exactly: number) {
            appendDecimal(small, to: &bytes)
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
        needsComma = true
    }

    /// An integer for readers whose numbers are doubles: a string beyond ±2⁵³, where those are exact no more.
    package mutating func value(exact number: some FixedWidthInteger) {
        let isExact = Int64(exactly: number).map { $0.magnitude <= 1 << 53 } ?? false
        if isExact { value(number) } else { value(String(number)) }
    }

    /// The same of the type that answers are full of: where another room asks, nothing is specialised.
    package mutating func value(exact number: Int64) {
        guard number.magnitude <= 1 << 53 else { return value(String(number)) }
        separate()
        appendDecimal(number, to: &bytes)
        needsComma = true
    }

    /// A decimal of that scale as a number with exactly so many decimals.
    package mutating func value(_ units: Int64, decimals: Int) {
        separate()
        DecimalText.append(Int128(units), scale: decimals, minimumDecimals: decimals, to: &bytes)
        needsComma = true
    }

    /// `true` or `false`.
    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
    /// `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: Self.nullText)
        needsComma = true
    }

    /// So many of them.
    package mutating func nulls(_ count: Int) {
        guard layout == .compact, count > 1 else {
            for _ in 0..<count { null() }
            return
        }
        null()
        var left = count - 1
        while left > 0 {
            let next = min(left, Self.moreNullsCount)
            bytes.append(contentsOf: Self.moreNulls.prefix(next * 5))
            left -= next
        }
    }

    private static let nullText = Array("null".utf8)
    private static let moreNullsCount = 64
    /// Each behind another value.
    private static let moreNulls = Array(String(repeating: ",null", count: moreNullsCount).utf8)

    /// The shortest decimal that reads back as the same double, without a point where it is whole. JSON has no
    /// infinities and no NaN: they become text, as PostgreSQL's `to_json` does.
    package mutating func value(_ number: Double) {
        guard number.isFinite else {
            value(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
            return
        }
        let text = number.description
        raw(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// The shortest decimal that reads back as the same double; a whole number keeps its `.0`, so that it stays a
    /// double. What JSON has not got becomes `null`.
    package mutating func value(keepingType number: Double) {
        if number.isFinite { raw(number.description) } else { null() }
    }

    /// Begins a value that comes in parts: a string, or JSON already.
    package mutating func beginParts(isString: Bool) {
        separate()
        if isString { bytes.append(UInt8(ascii: "\"")) }
    }

    /// The next part, which need not end with a whole character.
    package mutating func part(_ text: Span<UInt8>, isString: Bool) {
        if isString { return JSONString.append(inside: text, to: &bytes) }
        bytes.append(contentsOf: text)
    }

    /// Ends the value.
    package mutating func endParts(isString: Bool) {
        if isString { bytes.append(UInt8(ascii: "\"")) }
        needsComma = true
    }

    /// Text that is JSON already.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    /// The same, appended by `append`, such as digits.
    package mutating func raw(plain append: (inout [UInt8]) -> Void) {
        separate()
        append(&bytes)
        needsComma = true
    }

    /// Bytes that are JSON already.
    package mutating func raw(utf8 json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Bytes that are JSON already.
    package mutating func raw(utf8 json: Span<UInt8>) {
        separate()
        bytes.reserveCapacity(bytes.count + json.count)
        for index in json.indices { bytes.append(json[index]) }
        needsComma = true
    }
}

// MARK: Members

extension JSONWriter {
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

    /// A member whose value is an integer, a string beyond ±2⁵³.
    package mutating func member(_ name: String, exact number: some FixedWidthInteger) {
        key(name)
        value(exact: number)
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
}

extension JSONWriter {
    /// The order of an object's members in canonical form: names ascending by their UTF-8 bytes, of a name that is
    /// there several times only the last member.
    /// - Parameters:
    ///   - count: how many members there are.
    ///   - name: the name of one of them, by its place.
    /// - Complexity: O(n log n) comparisons.
    package static func canonicalOrder(of count: Int, name: (Int) -> ArraySlice<UInt8>) -> [Int] {
        // Equal names stay in their order, so that the last of them can be kept.
        let sorted = (0..<count).sorted { left, right in
            let (leftName, rightName) = (name(left), name(right))
            return leftName.lexicographicallyPrecedes(rightName) || left < right && leftName.elementsEqual(rightName)
        }
        var kept: [Int] = []
        kept.reserveCapacity(count)
        for place in sorted {
            if let last = kept.last, name(last).elementsEqual(name(place)) { kept.removeLast() }
            kept.append(place)
        }
        return kept
    }
}
