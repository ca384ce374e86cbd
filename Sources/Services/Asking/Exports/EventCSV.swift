import Domain
import EventStores
import JSONTexts

/// Writes rows as CSV (RFC 4180): type and time, then a column for each that the schemas know, then what calls cost
/// beside `cost_usd`, by the names of SQL. What an event has not got is empty.
struct EventCSV {
    private let registry: SchemaRegistry
    private var table = CSVWriter()
    /// Of the field that a tool's cost is told in; of a call it is the booked cost, as in its table.
    private let costColumn: Int?
    /// What stands behind the columns of the schemas.
    private static let derived: [DerivedColumn] = [.costLow, .costHigh, .priceState, .priceGaps]

    /// Renders rows of this registry.
    init(registry: SchemaRegistry) {
        self.registry = registry
        costColumn = registry.column(named: DerivedColumn.cost.rawValue).map { Int($0) }
    }

    /// The line of names.
    var header: [UInt8] {
        var table = CSVWriter()
        table.row(["type", "time"] + registry.columns.map(\.name) + Self.derived.map(\.rawValue))
        return table.bytes
    }

    /// Appends a row.
    /// - Parameter cost: what it costs, of a call.
    mutating func append(_ row: EventRow, cost: ExportedCost?, to output: inout [UInt8]) {
        table.removeAll()
        table.field(registry.types[Int(row.type)].name)
        append(time: row.time)
        var next = 0
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            pass(next..<Int(cursor.column), cost)
            next = Int(cursor.column) + 1
            append(cursor.value, registry.columns[Int(cursor.column)], row.bytes)
        }
        pass(next..<registry.columns.count, cost)
        for column in Self.derived {
            if let text = cost.flatMap({ Self.text(column, $0) }) { table.told(text) } else { table.absent() }
        }
        table.endRow()
        output.append(contentsOf: table.bytes)
    }

    /// Fields that the event has not got, but for the cost of a call.
    private mutating func pass(_ columns: Range<Int>, _ cost: ExportedCost?) {
        for column in columns {
            let exact = column == costColumn ? cost?.cost : nil
            if let exact { table.field(DecimalText.renderUSD(exact)) } else { table.absent() }
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

    private mutating func append(_ value: EventRowCursor.Value, _ column: SchemaColumn, _ bytes: [UInt8]) {
        switch value {
        case .integer(let value):
            switch column.type {
            case .timestamp: append(time: value)
            case .money: table.field(DecimalText.render(Int128(value), scale: column.decimalScale))
            default: table.field(String(value))
            }
        case .double(let value): table.field(value.description)
        case .boolean(let value): table.field(value ? "true" : "false")
        // An empty text differs from nothing.
        case .text(let range), .json(let range): table.told(utf8: bytes[range])
        }
    }

    private mutating func append(time: Int64) { table.field(plain: { RFC3339.append(time, to: &$0) }) }
}
