package import Domain

/// Ids of the columns that evidence and settled events are written to, looked up by name once.
package struct SpanColumns: Sendable {
    let registry: SchemaRegistry
    private let ids: [String: UInt16]

    /// - Precondition: every name used here is a field of a schema file; a test writes each of them.
    package init(_ registry: SchemaRegistry) {
        self.registry = registry
        ids = Dictionary(registry.columns.map { ($0.name, $0.id) }) { first, _ in first }
    }

    subscript(_ name: String) -> UInt16 {
        guard let id = ids[name] else { preconditionFailure("no schema file has the field \(name)") }
        return id
    }
}

/// Fields of one event, gathered in any order and written in that of the columns.
struct FieldSet {
    private var fields: [(column: UInt16, value: EventValue)] = []
    private let columns: SpanColumns

    init(_ columns: SpanColumns) { self.columns = columns }

    /// Adds a field; nil, empty and overlong texts leave it null. Of a name the first counts.
    mutating func add(_ name: String, _ value: EventValue?) {
        guard let value else { return }
        if case .text(let text) = value, text.isEmpty || text.utf8.count > Limits.nameBytesMax { return }
        let column = columns[name]
        if !fields.contains(where: { $0.column == column }) { fields.append((column, value)) }
    }

    mutating func add(_ name: String, text: String?) { add(name, text.map { .text($0) }) }
    mutating func add(_ name: String, integer: Int64?) { add(name, integer.map { .integer($0) }) }
    mutating func add(_ name: String, boolean: Bool?) { add(name, boolean.map { .boolean($0) }) }

    /// Puts a text in the place of one that was added.
    mutating func replace(_ name: String, text: String) {
        let column = columns[name]
        fields.removeAll { $0.column == column }
        add(name, text: text)
    }

    /// Writes the row of an event.
    func write(type: UInt16, time: Int64, to writer: inout EventRowWriter) {
        writer.begin(type: type, time: time, isTimeAbsent: false)
        for field in fields.sorted(by: { $0.column < $1.column }) { writer.add(field.column, field.value) }
        writer.end()
    }
}
