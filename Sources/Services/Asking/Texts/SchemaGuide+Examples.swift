import Domain
import JSONTexts

extension SchemaGuide.Table {
    /// An event of the type that a server takes as it stands, with every field that fits together; nil where no sender
    /// writes its events.
    package var exampleEvent: String? {
        guard let event, event.name != Self.evidence else { return nil }
        var json = JSONWriter()
        json.beginObject()
        json.member("specversion", "1.0")
        json.member("id", "example-\(event.name)")
        json.member("source", "example")
        json.member("type", event.name)
        json.key("data")
        json.beginObject()
        json.member("conversation_id", "example")
        json.member("turn", 1)
        for column in columns {
            guard let field = column.field, field.privacy == .public, !Self.apart.contains(column.name)
            else { continue }
            json.key(column.name)
            Self.append(column, field, to: &json)
        }
        json.endObject()
        json.endObject()
        return json.text
    }

    /// A question that any reader may paste.
    package var exampleQuestion: String {
        let times = ["time", "last_time", "received_time"]
        let order = event == nil ? times.first { name in columns.contains { $0.name == name } } : times.first
        return "select * from \(name)" + (order.map { " order by \($0) desc" } ?? "") + " limit 20"
    }

    /// Comes in as spans.
    private static let evidence = "span.received"

    /// What stands for something else that the example has, or says that something went wrong.
    private static let apart = ["usd_per_gpu_hour", "error_type", "usage_doubt", "other_usage", "attributes"]

    /// Counts of tokens of which one is a part of the other.
    private static let numbers: [String: Int64] = [
        "input_tokens": 1200, "output_tokens": 300, "total_tokens": 1500, "cache_read_tokens": 200,
        "cache_write_tokens": 100, "cache_write_1h_tokens": 40, "reasoning_tokens": 50, "status_code": 200,
    ]

    private static func append(_ column: SchemaGuide.Column, _ field: SchemaColumn, to json: inout JSONWriter) {
        switch field.type {
        case .integer:
            let usual = numbers[column.name] ?? (column.unit == "ns" ? 850_000_000 : 1)
            json.value(min(max(usual, field.minimum ?? .min), field.maximum ?? .max))
        case .double: json.value(0.5)
        case .boolean: json.value(true)
        case .timestamp: json.value("2026-08-01T09:00:00Z")
        case .money: json.value("0.0375")
        case .json: json.raw("{}")
        case .text: json.value(column.values.contains("ok") ? "ok" : column.values.first ?? "example")
        }
    }
}
