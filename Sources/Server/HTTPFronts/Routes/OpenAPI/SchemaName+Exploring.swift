extension SchemaName {
    static let schemasSchema = JSONSchema.object([
        .always("common", .list(columnSchema), "Columns of every table of an event type, beside its own."),
        .always(
            "tables",
            .list(
                .object([
                    .always("name", .text), .perhaps("event_type", .text, "Whose events its rows are."),
                    .perhaps("time", .text, "What the time of an event is."), .always("description", .text),
                    .always("columns", .list(columnSchema)),
                ]))),
        .always("functions", .map(.list(.text)), "By language: sql, promql and promql_aggregations."),
    ])

    private static let columnSchema = JSONSchema.object([
        .always("name", .text), .always("type", .text, "PostgreSQL's name of it."), .perhaps("unit", .text),
        .always("description", .text), .perhaps("field", .text, "What a sender writes; computed without it."),
        .perhaps("privacy", .text), .perhaps("opentelemetry", .text), .perhaps("required", .flag),
        .perhaps("values", .list(.text), "Those that are usual, or the only ones."),
    ])
}
