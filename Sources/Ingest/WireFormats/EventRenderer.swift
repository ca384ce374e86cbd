package import Domain
internal import JSONTexts

/// Renders rows as CloudEvents 1.0 in structured JSON, one line an event: what `export` writes, and what decodes to the
/// same row.
///
/// `user_id` is rendered as the token that is stored, which the decoder leaves as it is. An event that came without
/// `time` has the one it was given, and says so, so that it stands in the same day wherever it is imported and is still
/// known when it is sent again.
package struct EventRenderer {
    /// What an export says of an event beside its row.
    package struct Beside: Sendable {
        /// When it was received (ns since 1970 UTC); nil: not told, or together with the event before.
        package var receivedTime: Int64?
        /// What it costs, where that does not follow.
        var bookedCost: String?

        /// Takes each part as given.
        package init(receivedTime: Int64? = nil, bookedCost: String? = nil) {
            (self.receivedTime, self.bookedCost) = (receivedTime, bookedCost)
        }
    }

    private let registry: SchemaRegistry
    private var writer = JSONWriter()

    package init(registry: SchemaRegistry) { self.registry = registry }

    /// Appends a row and a line feed to `output`.
    /// - Precondition: the row is of this registry.
    package mutating func append(_ row: EventRow, beside: Beside = Beside(), to output: inout [UInt8]) {
        writer.removeAll()
        writer.beginObject()
        writer.member("specversion", "1.0")
        let columns = registry.wellKnown
        var cursor = EventRowCursor(row)
        var isDataOpen = false
        writer.member("type", registry.types[Int(row.type)].name)
        writer.key("time")
        writer.value(time: row.time)
        if row.isTimeAbsent { writer.member(ExportNames.timeGiven, true) }
        if let time = beside.receivedTime {
            writer.key(ExportNames.receivedTime)
            writer.value(time: time)
        }
        if let cost = beside.bookedCost { writer.member(ExportNames.bookedCost, cost) }
        while cursor.advance(in: row) {
            if !isDataOpen, cursor.column != columns.id, cursor.column != columns.source {
                writer.key("data")
                writer.beginObject()
                isDataOpen = true
            }
            let column = registry.columns[Int(cursor.column)]
            writer.key(column.name)
            appendValue(cursor.value, column, row.bytes)
        }
        if isDataOpen { writer.endObject() }
        writer.endObject()
        writer.endLine()
        output.append(contentsOf: writer.bytes)
    }

    private mutating func appendValue(_ value: EventRowCursor.Value, _ column: SchemaColumn, _ bytes: [UInt8]) {
        switch value {
        case .integer(let value):
            switch column.type {
            case .timestamp: writer.value(time: value)
            case .money: writer.value(plain: { DecimalText.append(Int128(value), scale: column.decimalScale, to: &$0) })
            default: writer.value(value)
            }
        case .double(let value): writer.value(keepingType: value)
        case .boolean(let value): writer.value(value)
        case .text(let range): writer.value(utf8: bytes[range])
        case .json(let range): writer.raw(utf8: bytes[range])
        }
    }
}
