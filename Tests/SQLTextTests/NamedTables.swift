import Columnar

extension RowCatalog {
    /// Tables without rows: enough for names and types.
    static var named: RowCatalog {
        let context: [(String, ColumnType)] = [
            ("id", .text), ("type", .text), ("time", .timestamptz), ("position", .integer), ("tenant", .text),
            ("conversation_id", .text),
            ("turn", .integer), ("channel", .text), ("user_id", .text), ("variant", .text), ("attributes", .json),
        ]
        let call: [(String, ColumnType)] = [
            ("request_model", .text), ("route", .text), ("input_tokens", .integer), ("output_tokens", .integer),
            ("cost_usd", .numeric(scale: 12)),
        ]
        let answer: [(String, ColumnType)] = [
            ("status", .text), ("error_type", .text), ("duration_ns", .integer), ("stream", .boolean),
        ]
        let listed: [(String, [(String, ColumnType)])] = [
            ("events", context + call + answer + [("score", .double)]),
            ("llm_call", context + call + answer),
            ("message_sent", context + answer),
            ("feedback_submitted", context + [("score", .double)]),
            ("turns", context + call + answer),
            ("conversations", context + [("closed_time", .timestamptz), ("outcome", .text)]),
            (
                "days",
                [("day", .date), ("start", .timestamp), ("length", .interval), ("weight", .double), ("flag", .boolean)]
            ),
        ]
        let tables = listed.map { name, columns in
            (name, RowTable(name: name, columns: columns.map { TableColumn(name: $0.0, type: $0.1) }))
        }
        return RowCatalog(tables: Dictionary(uniqueKeysWithValues: tables))
    }
}
