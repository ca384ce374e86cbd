import Columnar
import Domain
import EventStores
import JSONTexts
import Plans

/// The registry as JSON.
struct SchemaListing {
    var registry: SchemaRegistry

    /// All types, sorted by name, with their own fields.
    var types: String {
        var json = JSONWriter()
        json.beginArray()
        for type in registry.types.sorted(by: { $0.name < $1.name }) { append(type, to: &json) }
        json.endArray()
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// One type with its own fields and those of the context.
    func type(_ id: UInt16) -> String {
        var json = JSONWriter()
        append(registry.types[Int(id)], to: &json)
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The columns of a table that is none of an event type.
    func table(_ name: String, _ columns: [TableDocumentation.Column]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("table", name)
        json.key("columns")
        json.beginArray()
        for column in columns {
            json.beginObject()
            json.member("name", column.column.name)
            json.member("type", column.column.type.sqlName)
            json.member("description", column.meaning)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func append(_ type: SchemaEventType, to json: inout JSONWriter) {
        json.beginObject()
        json.member("type", type.name)
        json.member("table", type.tableName)
        json.member("description", type.description)
        json.member("time", type.timeDescription)
        json.key("fields")
        json.beginArray()
        for id in type.ownColumns {
            append(registry.columns[Int(id)], isRequired: type.requiredColumns.contains(id), to: &json)
        }
        json.endArray()
        json.endObject()
    }

    private func append(_ column: SchemaColumn, isRequired: Bool, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", column.name)
        json.member("type", column.type.rawValue)
        if let unit = column.unit { json.member("unit", unit) }
        json.member("privacy", column.privacy.rawValue)
        if let name = column.openTelemetryName { json.member("opentelemetry", name) }
        json.member("required", isRequired)
        if !column.knownValues.isEmpty {
            json.key("values")
            json.beginArray()
            for value in column.knownValues { json.value(value) }
            json.endArray()
        }
        json.member("description", column.description)
        json.endObject()
    }
}
