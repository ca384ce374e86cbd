import Bytes
import Columnar
import Plans

/// An aligned table as psql draws it: names centred, numbers to the right, a row count below. The rows are gone through
/// twice, first for their widths.
struct TableText: RowWriter {
    private let result: ResultSet
    private let zone: ZoneOffsets
    private var widths: [Int]
    private var bytes: [UInt8] = []

    init(_ result: ResultSet, zone: ZoneOffsets) {
        self.result = result
        self.zone = zone
        widths = result.columns.map(\.name.count)
    }

    var byteCount: Int { bytes.count }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func begin(look: () throws -> Void) rethrows -> LongValue {
        var work = 0
        for chunk in result.chunks {
            for (index, column) in chunk.columns.enumerated() {
                for row in 0..<chunk.rowCount {
                    let text = text(column.scalar(at: row))
                    widths[index] = max(widths[index], Self.width(text))
                    work += 64 + text.utf8.count
                    guard work > 1 << 20 else { continue }
                    work = 0
                    try look()
                }
            }
        }
        return LongValue(parts: head.reversed())
    }

    /// The names, each in the middle of its column, and the line below them.
    private var head: [LongValue.Part] {
        var parts: [LongValue.Part] = []
        for (index, column) in result.columns.enumerated() {
            let isLast = index == widths.count - 1
            let name = isLast ? Self.withoutLastBlanks(column.name) : column.name
            if index > 0 { parts.append(.fill(UInt8(ascii: "|"), 1)) }
            if isLast, name.isEmpty { break }
            let room = widths[index] - column.name.count
            parts += [.fill(Self.blank, 1 + room / 2), .text(name, from: 0, isMarked: false)]
            if !isLast { parts.append(.fill(Self.blank, room - room / 2 + 1)) }
        }
        parts.append(.fill(Self.lineEnd, 1))
        for (index, width) in widths.enumerated() {
            if index > 0 { parts.append(.fill(UInt8(ascii: "+"), 1)) }
            parts.append(.fill(UInt8(ascii: "-"), width + 2))
        }
        return parts + [.fill(Self.lineEnd, 1)]
    }

    private static let blank = UInt8(ascii: " ")
    private static let lineEnd = UInt8(ascii: "\n")

    mutating func beginRow() {}
    mutating func endRow() { bytes.append(0x0A) }

    mutating func end() {
        let count = result.rowCount
        bytes += Array("(\(count) row\(count == 1 ? "" : "s"))\n".utf8)
    }

    mutating func value(_ value: Scalar, column: Int) -> LongValue {
        let (whole, isLast) = (text(value), column == result.columns.count - 1)
        if column > 0 { bytes.append(UInt8(ascii: "|")) }
        let type = result.columns[column].type
        let isNumber = [.integer, .double].contains(type) || type.isNumeric
        // Lines have no blanks at their end.
        let shown = isLast ? Self.withoutLastBlanks(whole) : whole
        if isLast, shown.isEmpty { return LongValue() }
        let blanks = widths[column] - Self.width(whole)
        let text = LongValue.Part.text(shown, from: 0, isMarked: false)
        bytes.append(UInt8(ascii: " "))
        if isNumber {
            return LongValue(parts: [.fill(Self.blank, isLast ? 0 : 1), text, .fill(Self.blank, blanks)])
        }
        return LongValue(parts: isLast ? [text] : [.fill(Self.blank, blanks + 1), text])
    }

    mutating func goOn(_ left: inout LongValue) {
        switch left.parts.popLast() {
        case .text(let text, let start, let isMarked)?:
            _ = left.takeText(text, from: start, isMarked: isMarked) { Self.append(escaped: $0, to: &bytes) }
        case .fill(let byte, let count)?:
            let now = min(max(0, count), LongValue.partBytes)
            bytes.append(contentsOf: repeatElement(byte, count: now))
            if count > now { left.parts.append(.fill(byte, count - now)) }
        case .elements?, nil: break
        }
    }

    private func text(_ value: Scalar) -> String { value.isNull ? "" : ScalarText.text(value, zone: zone) }

    /// Places that a text takes once it is escaped: what people see as characters, of long texts code points.
    private static func width(_ text: String) -> Int {
        if text.utf8.count <= LongValue.partBytes {
            guard text.utf8.contains(where: isControl) else { return text.count }
            var escaped: [UInt8] = []
            append(escaped: text.utf8.span, to: &escaped)
            return String(decoding: escaped, as: UTF8.self).count
        }
        return text.utf8.reduce(0) { $0 + (TextPlaces.begins($1) ? escapedLength($1) : 0) }
    }

    private static func withoutLastBlanks(_ text: String) -> String {
        guard text.utf8.last == 0x20 else { return text }
        var end = text.utf8.count
        let utf8 = text.utf8.span
        while end > 0, utf8[end - 1] == 0x20 { end -= 1 }
        return String(decoding: text.utf8.prefix(end), as: UTF8.self)
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private static func escapedLength(_ byte: UInt8) -> Int {
        guard isControl(byte) else { return 1 }
        return byte == 0x0A || byte == 0x0D || byte == 0x09 ? 2 : 4
    }

    /// Control characters would break lines or drive the terminal.
    private static func append(escaped text: Span<UInt8>, to bytes: inout [UInt8]) {
        for index in text.indices {
            let byte = text[index]
            guard isControl(byte) else {
                bytes.append(byte)
                continue
            }
            switch byte {
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            default:
                bytes += "\\x\(hexadecimal([byte]))".utf8
            }
        }
    }
}
