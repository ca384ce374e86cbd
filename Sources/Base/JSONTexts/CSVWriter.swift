/// Writes comma-separated values after RFC 4180: a field stands in quotes where it holds a comma, a quote or a line
/// end, and quotes in it are doubled.
package struct CSVWriter: Sendable {
    /// What ends a row.
    package enum LineEnd: Sendable {
        /// As RFC 4180 has it.
        case crlf
        /// As text files have it, for tables that people edit.
        case lf
    }

    /// The rows so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    private let lineEnd: LineEnd
    private var needsComma = false

    /// No rows yet.
    package init(lineEnd: LineEnd = .crlf) { self.lineEnd = lineEnd }

    /// ``bytes`` as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Forgets the rows and keeps their room.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// A field with nothing in it.
    package mutating func absent() { separate() }

    /// A field; empty text is nothing.
    package mutating func field(_ text: String) { whole(text.utf8.span) }

    /// A field that is bytes; empty text is nothing.
    package mutating func field(utf8 text: ArraySlice<UInt8>) { whole(text.span) }

    /// A field whose text `append` appends, such as digits: nothing that would want quotes.
    package mutating func field(plain append: (inout [UInt8]) -> Void) {
        separate()
        append(&bytes)
    }

    /// A field whose empty text stands in quotes, so that it differs from nothing.
    package mutating func told(_ text: String) {
        if text.isEmpty { quotedNothing() } else { field(text) }
    }

    /// The same for bytes.
    package mutating func told(utf8 text: ArraySlice<UInt8>) {
        if text.isEmpty { quotedNothing() } else { field(utf8: text) }
    }

    /// A field with a text of somebody else in a table for spreadsheets: one that would be taken for a formula has an
    /// apostrophe before it, also one that begins with an apostrophe, so that it can be taken away again. A negative
    /// number is no formula.
    package mutating func shielded(_ text: String) {
        let isFormula = text.utf8.first.map { [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x0A, 0x27].contains($0) } ?? false
        field(isFormula && !Self.isNegativeNumber(text) ? "'" + text : text)
    }

    /// Whether it is a minus and digits, with at most one point between them, and nothing else.
    private static func isNegativeNumber(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "-") else { return false }
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// Begins a field whose text comes in parts.
    /// - Parameter text: all of it.
    /// - Returns: whether it stands in quotes.
    package mutating func beginParts(of text: Span<UInt8>) -> Bool {
        separate()
        let isQuoted = Self.needsQuotes(text)
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
        return isQuoted
    }

    /// The next part, which need not end with a whole character.
    package mutating func part(_ text: Span<UInt8>) {
        for index in text.indices {
            if text[index] == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\"")) }
            bytes.append(text[index])
        }
    }

    /// Ends the field.
    package mutating func endParts(isQuoted: Bool) { if isQuoted { bytes.append(UInt8(ascii: "\"")) } }

    /// The rows so far, leaving none: for tables sent piece by piece.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Ends the row.
    package mutating func endRow() {
        if lineEnd == .crlf { bytes.append(UInt8(ascii: "\r")) }
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// A row of fields.
    package mutating func row(_ fields: some Sequence<String>) {
        for text in fields { field(text) }
        endRow()
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quotedNothing() {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func whole(_ text: Span<UInt8>) {
        let isQuoted = beginParts(of: text)
        part(text)
        endParts(isQuoted: isQuoted)
    }

    private static func needsQuotes(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return true
            default: continue
            }
        }
        return false
    }
}
