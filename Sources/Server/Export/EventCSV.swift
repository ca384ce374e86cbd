import Bytes
package import Domain

/// Writes rows as CSV (RFC 4180): type and time, then a column for each that the schemas know. What an event has not got is empty.
package struct EventCSV {
    private let registry: SchemaRegistry
    private var times = ByteSink()

    /// Renders rows of this registry.
    package init(registry: SchemaRegistry) { self.registry = registry }

    /// The line of names.
    package var header: [UInt8] {
        var line = Array("type,time".utf8)
        for column in registry.columns {
            line.append(UInt8(ascii: ","))
            Self.append(quoting: Array(column.name.utf8)[...], to: &line)
        }
        return line + Self.lineEnd
    }

    /// Appends the row that begins at `start`.
    /// - Precondition: `bytes` holds a sound row there.
    package mutating func append(_ bytes: [UInt8], at start: Int, to output: inout [UInt8]) {
        Self.append(quoting: Array(registry.types[Int(EventRowCursor.type(bytes, at: start))].name.utf8)[...], to: &output)
        output.append(UInt8(ascii: ","))
        append(time: EventRowCursor.time(bytes, at: start), to: &output)
        var next = 0
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
            for _ in next...Int(cursor.column) { output.append(UInt8(ascii: ",")) }
            next = Int(cursor.column) + 1
            append(cursor.value, registry.columns[Int(cursor.column)], bytes, to: &output)
        }
        for _ in next..<registry.columns.count { output.append(UInt8(ascii: ",")) }
        output.append(contentsOf: Self.lineEnd)
    }

    private mutating func append(_ value: EventRowCursor.Value, _ column: SchemaColumn, _ bytes: [UInt8], to output: inout [UInt8]) {
        switch value {
        case .integer(let value):
            switch column.type {
            case .timestamp: append(time: value, to: &output)
            case .money: output.append(contentsOf: DecimalText.render(Int128(value), scale: column.decimalScale).utf8)
            default: output.append(contentsOf: String(value).utf8)
            }
        case .double(let value): output.append(contentsOf: value.description.utf8)
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .text(let range), .json(let range): Self.append(quoting: bytes[range], to: &output)
        }
    }

    private mutating func append(time: Int64, to output: inout [UInt8]) {
        times.removeAll()
        RFC3339.append(time, to: &times)
        output.append(contentsOf: times.bytes)
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// Text in quotes where it needs them; also where it is empty, so that it differs from nothing.
    private static func append(quoting text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let needsQuotes = text.isEmpty || text.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0D || $0 == 0x0A }
        guard needsQuotes else { return output.append(contentsOf: text) }
        output.append(0x22)
        for byte in text {
            if byte == 0x22 { output.append(0x22) }
            output.append(byte)
        }
        output.append(0x22)
    }
}
