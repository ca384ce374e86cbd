import Bytes
import Domain
import EventStores

/// An event as words: what is sent, and what has to come back.
struct PlainEvent: Hashable {
    var type: String
    /// Of the source that all events have; no two events of one id that are not meant to be the same one.
    var id: String
    /// ns since 1970 UTC; nil: the store gives the one of receipt.
    var time: Int64?
    var fields: [String: EventValue]
    /// Whose it is; no two events of one id are of two.
    var tenant = "default"

    /// A tenant beside the usual one.
    static let otherTenant = "other"

    /// The source of every event.
    static let source = "simulation"

    var isCall: Bool { type == "llm.call" }

    func integer(_ name: String) -> Int64? {
        if case .integer(let value)? = fields[name] { value } else { nil }
    }

    func text(_ name: String) -> String? {
        if case .text(let value)? = fields[name] { value } else { nil }
    }

    /// The row that decoders would make of it.
    var row: [UInt8] { Self.rows([self]).bytes }

    static func rows(_ events: [PlainEvent]) -> EventRows {
        let registry = SchemaRegistry.builtIn
        var writer = EventRowWriter()
        var starts: [UInt32] = []
        for event in events {
            guard let type = registry.type(named: event.type) else { preconditionFailure("a type that there is") }
            starts.append(UInt32(writer.sink.count))
            var values: [(column: UInt16, value: EventValue)] = [
                (registry.wellKnown.id, .text(event.id)), (registry.wellKnown.source, .text(source)),
                (registry.wellKnown.tenant, .text(event.tenant)),
            ]
            // order: sorted by column below.
            for (name, value) in event.fields {
                guard let column = registry.column(named: name) else { preconditionFailure("a column that there is") }
                values.append((column, value))
            }
            writer.begin(type: type, time: event.time ?? 0, isTimeAbsent: event.time == nil)
            for (column, value) in values.sorted(by: { $0.column < $1.column }) { writer.add(column, value) }
            writer.end()
        }
        return EventRows(bytes: writer.sink.bytes, starts: starts)
    }
}
