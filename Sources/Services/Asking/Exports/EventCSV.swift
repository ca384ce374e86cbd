import Bytes
package import Domain
package import EventStores

/// Writes rows as CSV (RFC 4180): type and time, then a column for each that the schemas know, then what calls cost beside `cost_usd`, by
/// the names of SQL. What an event has not got is empty.
package struct EventCSV {
    private let registry: SchemaRegistry
    private var times = ByteSink()
    /// Of the field that a tool's cost is told in; of a call it is the booked cost, as in its table.
    private let costColumn: Int?
    /// What stands behind the columns of the schemas.
    private static let derived: [DerivedColumn] = [.costLow, .costHigh, .priceState, .priceGaps]

    /// Renders rows of this registry.
    package init(registry: SchemaRegistry) {
        self.registry = registry
        costColumn = registry.column(named: DerivedColumn.cost.rawValue).map { Int($0) }
    }

    /// The line of names.
    package var header: [UInt8] {
        var line = Array("type,time".utf8)
        for column in registry.columns {
            line.append(UInt8(ascii: ","))
            Self.append(quoting: Array(column.name.utf8)[...], to: &line)
        }
        for column in Self.derived { line += Array(",\(column.rawValue)".utf8) }
        return line + Self.lineEnd
    }

    /// Appends the row that begins at `start`.
    /// - Parameter cost: what it costs, of a call.
    /// - Precondition: `bytes` holds a sound row there.
    package mutating func append(_ bytes: [UInt8], at start: Int, cost: ExportedCost?, to output: inout [UInt8]) {
        Self.append(quoting: Array(registry.types[Int(EventRowCursor.type(bytes, at: start))].name.utf8)[...], to: &output)
        output.append(UInt8(ascii: ","))
        append(time: EventRowCursor.time(bytes, at: start), to: &output)
        var next = 0
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
            pass(next..<Int(cursor.column), cost, to: &output)
            output.append(UInt8(ascii: ","))
            next = Int(cursor.column) + 1
            append(cursor.value, registry.columns[Int(cursor.column)], bytes, to: &output)
        }
        pass(next..<registry.columns.count, cost, to: &output)
        for column in Self.derived {
            output.append(UInt8(ascii: ","))
            if let text = cost.flatMap({ Self.text(column, $0) }) { Self.append(quoting: Array(text.utf8)[...], to: &output) }
        }
        output.append(contentsOf: Self.lineEnd)
    }

    /// Fields that the event has not got, but for the cost of a call.
    private func pass(_ columns: Range<Int>, _ cost: ExportedCost?, to output: inout [UInt8]) {
        for column in columns {
            output.append(UInt8(ascii: ","))
            if column == costColumn, let exact = cost?.cost { output.append(contentsOf: DecimalText.renderUSD(exact).utf8) }
        }
    }

    private static func text(_ column: DerivedColumn, _ cost: ExportedCost) -> String? {
        switch column {
        case .costLow: DecimalText.renderUSD(cost.low)
        case .costHigh: cost.high.map { DecimalText.renderUSD($0) }
        case .priceState: cost.state.name
        case .priceGaps: cost.gaps
        case .model, .cost: nil
        }
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
