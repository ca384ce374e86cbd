package import Domain
internal import Bytes
internal import JSONParsing
internal import JSONTexts

/// Renders rows as CloudEvents 1.0 in structured JSON, one line an event: what `export` writes, and what decodes to the same row.
///
/// `user_id` is rendered as the token that is stored, which the decoder leaves as it is. An event that came without `time` has the one it
/// was given, and says so, so that it stands in the same day wherever it is imported and is still known when it is sent again.
package struct EventRenderer {
    /// What an export says of an event beside its row.
    package struct Beside: Sendable {
        /// When it was received (ns since 1970 UTC); nil: not told, or together with the event before.
        package var receivedTime: Int64?
        /// What it costs, where that does not follow.
        package var bookedCost: String?

        /// Takes each part as given.
        package init(receivedTime: Int64? = nil, bookedCost: String? = nil) {
            (self.receivedTime, self.bookedCost) = (receivedTime, bookedCost)
        }
    }

    private let registry: SchemaRegistry
    private var writer = JSONWriter()
    private var times = ByteSink()

    package init(registry: SchemaRegistry) { self.registry = registry }

    /// Appends the row that begins at `start` and a line feed to `output`.
    /// - Precondition: `bytes` holds a sound row there, of this registry.
    package mutating func append(_ bytes: [UInt8], at start: Int, beside: Beside = Beside(), to output: inout [UInt8]) {
        writer.removeAll()
        writer.append(json: "{\"specversion\":\"1.0\"")
        let columns = registry.wellKnown
        var cursor = EventRowCursor(bytes, at: start)
        var isDataOpen = false
        appendName(Array("type".utf8)[...])
        writer.append(string: registry.types[Int(EventRowCursor.type(bytes, at: start))].name)
        appendName(Array("time".utf8)[...])
        appendTime(EventRowCursor.time(bytes, at: start))
        if EventRowCursor.isTimeAbsent(bytes, at: start) {
            appendName(Array(ExportNames.timeGiven.utf8)[...])
            writer.append(boolean: true)
        }
        if let time = beside.receivedTime {
            appendName(Array(ExportNames.receivedTime.utf8)[...])
            appendTime(time)
        }
        if let cost = beside.bookedCost {
            appendName(Array(ExportNames.bookedCost.utf8)[...])
            writer.append(string: cost)
        }
        while cursor.advance(in: bytes) {
            let column = registry.columns[Int(cursor.column)]
            if cursor.column != columns.id, cursor.column != columns.source, !isDataOpen {
                appendName(Array("data".utf8)[...])
                writer.append(UInt8(ascii: "{"))
                isDataOpen = true
                writer.append(string: column.name)
                writer.append(UInt8(ascii: ":"))
            } else {
                appendName(Array(column.name.utf8)[...])
            }
            appendValue(cursor.value, column, bytes)
        }
        if isDataOpen { writer.append(UInt8(ascii: "}")) }
        writer.append(json: "}\n")
        output.append(contentsOf: writer.bytes)
    }

    private mutating func appendName(_ name: ArraySlice<UInt8>) {
        writer.append(UInt8(ascii: ","))
        writer.append(string: name)
        writer.append(UInt8(ascii: ":"))
    }

    private mutating func appendTime(_ time: Int64) {
        times.removeAll()
        RFC3339.append(time, to: &times)
        writer.append(string: times.bytes[...])
    }

    private mutating func appendValue(_ value: EventRowCursor.Value, _ column: SchemaColumn, _ bytes: [UInt8]) {
        switch value {
        case .integer(let value):
            switch column.type {
            case .timestamp: appendTime(value)
            case .money: writer.append(string: DecimalText.render(Int128(value), scale: column.decimalScale))
            default: writer.append(integer: value)
            }
        case .double(let value): writer.append(double: value)
        case .boolean(let value): writer.append(boolean: value)
        case .text(let range): writer.append(string: bytes[range])
        case .json(let range): writer.append(json: bytes[range])
        }
    }
}
