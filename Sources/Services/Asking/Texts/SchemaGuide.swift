import Columnar
package import Domain
import EventStores
import JSONTexts
import Plans
import PromQLText
import SQLText

/// Every table that questions may name, with what its columns mean: those of event types and those that are made of
/// them. The same in every store.
package struct SchemaGuide: Sendable {
    /// A column as SQL has it, with what a sender has to know of the field.
    package struct Column: Sendable {
        /// In SQL, and on the wire where it is sent.
        package var name: String
        /// As PostgreSQL calls it.
        package var type: String
        /// Of its values; nil: none.
        package var unit: String?
        /// In one line; empty where the name says it all.
        package var meaning: String
        /// The field that senders write; nil: it is computed.
        package var field: SchemaColumn?
        /// Values that senders usually write, or the only ones where the field is closed; empty: any.
        package var values: [String] = []
        /// Whether an event without it is refused.
        package var isRequired = false
    }

    /// A table.
    package struct Table: Sendable {
        /// In SQL.
        package var name: String
        /// In one line.
        package var meaning: String
        /// Whose events its rows are; nil: it is made of events.
        package var event: SchemaEventType?
        /// In their order; of an event's table those that others have as well are ``SchemaGuide/common``.
        package var columns: [Column]
    }

    /// Columns of every event's table.
    package let common: [Column]
    /// Those of event types by name, then the others: read models first, rollups last.
    package let tables: [Table]

    /// - Complexity: O(columns of all types); ask once an answer.
    package init(registry: SchemaRegistry) {
        let documentation = TableDocumentation(registry: registry)
        let wide = documentation.columns(of: "events") ?? []
        let sqlTypes = Dictionary(wide.map { ($0.column.name, $0.column.type.sqlName) }) { first, _ in first }
        let shared = Set(registry.contextColumns)
        func isCommon(_ column: SchemaTableColumn) -> Bool {
            switch column.source {
            case .type, .time, .receivedTime, .position: true
            case .stored(let id): shared.contains(id)
            case .derived: false
            }
        }
        func described(_ column: SchemaTableColumn, in type: SchemaEventType) -> Column {
            var made = Column(
                name: column.name, type: sqlTypes[column.name] ?? column.type.rawValue, unit: column.unit,
                meaning: column.description)
            guard case .stored(let id) = column.source else { return made }
            made.field = registry.columns[Int(id)]
            made.isRequired = type.requiredColumns.contains(id)
            let place = type.ownColumns.firstIndex(of: id)
            made.values = place.map { type.knownValues[$0] } ?? registry.columns[Int(id)].knownValues
            return made
        }
        let events = registry.types.sorted { $0.name < $1.name }.map { type in
            (type, registry.tableColumns(of: type.id))
        }
        common = events.first.map { type, columns in
            columns.filter(isCommon).map { described($0, in: type) }
        } ?? []
        tables =
            events.map { type, columns in
                Table(
                    name: type.tableName, meaning: type.description, event: type,
                    columns: columns.filter { !isCommon($0) }.map { described($0, in: type) })
            }
            + documentation.tables.map { name, meaning in
                let columns = (documentation.columns(of: name) ?? []).map { column in
                    Column(name: column.column.name, type: column.column.type.sqlName, meaning: column.meaning)
                }
                return Table(name: name, meaning: meaning, columns: columns)
            }
    }

    /// A table by its name or the name of its event type; nil: there is none.
    package func table(named name: String) -> Table? {
        tables.first { $0.name.utf8.elementsEqual(name.utf8) }
            ?? tables.first { $0.event?.name.utf8.elementsEqual(name.utf8) ?? false }
    }

    /// All of it as one JSON object, with the names of functions.
    package var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("common")
        json.array(common) { Self.append($0, to: &$1) }
        json.key("tables")
        json.array(tables) { table, json in
            json.beginObject()
            json.member("name", table.name)
            if let event = table.event {
                json.member("event_type", event.name)
                json.member("time", event.timeDescription)
            }
            json.member("description", table.meaning)
            json.key("columns")
            json.array(table.columns) { Self.append($0, to: &$1) }
            json.endObject()
        }
        json.key("functions")
        json.beginObject()
        for (name, list) in [
            ("sql", FunctionNames.all), ("promql", PromQLNames.functions),
            ("promql_aggregations", PromQLNames.aggregations),
        ] {
            json.key(name)
            json.array(list) { $1.value($0) }
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private static func append(_ column: Column, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", column.name)
        json.member("type", column.type)
        if let unit = column.unit { json.member("unit", unit) }
        json.member("description", column.meaning)
        if let field = column.field {
            json.member("field", field.type.rawValue)
            json.member("privacy", field.privacy.rawValue)
            if let name = field.openTelemetryName { json.member("opentelemetry", name) }
            json.member("required", column.isRequired)
        }
        if !column.values.isEmpty {
            json.key("values")
            json.array(column.values) { $1.value($0) }
        }
        json.endObject()
    }
}
