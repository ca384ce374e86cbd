import Columnar
import Plans

/// Tables without rows: enough for names and types.
struct TestCatalog: TableCatalog {
    struct Table: TableSource {
        var name: String
        var columns: [TableColumn]

        func morsels(for request: ScanRequest) throws -> [any Morsel] { [] }
    }

    var tables: [String: Table]

    init() {
        let context: [(String, ColumnType)] = [
            ("id", .text), ("type", .text), ("time", .timestamptz), ("position", .integer), ("tenant", .text), ("conversation_id", .text),
            ("turn", .integer), ("channel", .text), ("user_id", .text), ("variant", .text), ("attributes", .json),
        ]
        let call: [(String, ColumnType)] = [
            ("request_model", .text), ("route", .text), ("input_tokens", .integer), ("output_tokens", .integer),
            ("cost_usd", .numeric(scale: 12)),
        ]
        let answer: [(String, ColumnType)] = [("status", .text), ("error_type", .text), ("duration_ns", .integer), ("stream", .boolean)]
        let listed: [(String, [(String, ColumnType)])] = [
            ("events", context + call + answer + [("score", .double)]),
            ("llm_call", context + call + answer),
            ("message_sent", context + answer),
            ("feedback_submitted", context + [("score", .double)]),
            ("turns", context + call + answer),
            ("conversations", context + [("closed_time", .timestamptz), ("outcome", .text)]),
            ("days", [("day", .date), ("start", .timestamp), ("length", .interval), ("weight", .double), ("flag", .boolean)]),
        ]
        tables = Dictionary(
            uniqueKeysWithValues: listed.map { name, columns in
                (name, Table(name: name, columns: columns.map { TableColumn(name: $0.0, type: $0.1) }))
            })
    }

    func table(named name: String) -> (any TableSource)? { tables[name] }
    var tableNames: [String] { tables.keys.sorted() }
    var position: Int64 { 7 }
    var watermark: Int64 { 7 }
    /// 2026-08-01T12:00:00Z
    var now: Int64 { 1_785_585_600_000_000_000 }
    func userToken(_ userID: String) -> String { "token-of-\(userID)" }
}
