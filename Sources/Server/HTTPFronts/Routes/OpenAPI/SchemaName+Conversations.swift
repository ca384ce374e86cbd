// MARK: Conversations

extension SchemaName {
    static let conversationListSchema = JSONSchema.object([
        .always("position", .integer, "The answer holds for the events up to it."),
        .always("watermark", .time, "They were received by then."),
        .perhaps("notice", .text, "What is yet to come or cannot be shown, of any conversation."),
        .always("from", .time), .always("to", .time), .always("sort", .text),
        .always("order", .text, "desc, or asc where the least comes first."),
        .always("rule", .text, "What counts as resolved."),
        .perhaps("matching", .integer, "How many there are on all pages; the first page says it."),
        .always("conversations", .list(.object(listed)), "What is not known is left out."),
        .perhaps("previous", .text, "Given as before it asks for the page before; without it there is none."),
        .perhaps("next", .text, "Given as cursor it asks for the next page; without it there is none."),
    ])

    private static let listed: [SchemaMember] =
        [
            .always("conversation_id", .text), .always("tenant", .text), .perhaps("start_time", .time),
            .perhaps("last_time", .time), .perhaps("last_activity_time", .time), .perhaps("closed_time", .time),
            .perhaps("closed_reason", .text),
            .always("duration_ns", .any, "From the first event to the last thing that a person or an agent did."),
            .perhaps("slowest_answer_ns", .any, "How long the slowest of all its answers took."),
        ]
        + ["channel", "topic", "agent", "experiment", "variant", "prompt_name", "prompt_version"].map {
            .perhaps($0, .text)
        }
        + [
            .perhaps("user_id", .text, "A token, never the id."), .perhaps("outcome", .text),
            .perhaps("resolved_by", .text), .perhaps("resolved_certainty", .text), .perhaps("turns", .integer),
            .perhaps("answers", .integer), .perhaps("errors", .integer, "Answers that failed."),
            .perhaps("escalations", .integer), .perhaps("escalation_reason", .text),
            .perhaps("score", .integer, "The last rating, 1 to 5."), .perhaps("input_tokens", .integer),
            .perhaps("output_tokens", .integer), .perhaps("cost_usd", .decimal, "Missing unless it is exact."),
            .perhaps("cost_low_usd", .decimal, "What is known to have been paid."),
            .perhaps("cost_high_usd", .decimal), .perhaps("price_state", .text),
            .perhaps("cut_after", .integer, "The figures are of so many events, and of no more."),
            .always("calls", .integer, "Of models, embeddings included."), .always("calls_unpriced", .integer),
            .always("calls_partly_priced", .integer),
            .perhaps("cursor", .text, "Its place in the list, for what stands before or behind it."),
        ]

    static let conversationColumnsSchema = JSONSchema.object([
        .always("conversation_id", .text), .always("tenant", .text), .always("position", .integer),
        .always("watermark", .time), .perhaps("notice", .text),
        .always("base", .time, "Times in columns are ns behind it."),
        .always("head", .map(.any), "Its row of the table conversations."),
        .always("verdict", .map(.text), "How it ended, by which rule, and what of its events says so."),
        .always(
            "sums", .map(.any),
            "Of all its events; events_not_loaded: so many are in no column; errors: events with status error, among "
                + "them failed_calls (of model and embedding calls) and failed_tool_calls; failed answers are the "
                + "errors of the conversation."),
        .always("turns", .reference(.columns)),
        .always("events", .reference(.columns), "In order of time, the first 50,000."),
        .always("late", .map(.any), "Rows of events that came so much later than they happened."),
        .always("amended", .list(.map(.any)), "Traces of which spans came late and changed what had been told."),
        .always("prices", .list(.list(.map(.text))), "Each a price a class of tokens."),
        .always(
            "booked", .map(.list(.any)), "Rows of calls, beside each its price, null where none explains its cost."),
        .always("corrections", .list(.map(.any))),
        .always("rebooked", .map(.list(.any)), "Rows of calls that were booked again, beside each the correction."),
        .always("withheld", .map(.any), "Fields that are never kept, and why."),
        .always("names", .list(.text), "Values of columns of texts are places in it, from 0."),
    ])

    static let columnsSchema = JSONSchema.object([
        .always("count", .integer, "Rows."),
        .always(
            "columns",
            .map(
                .object([
                    .always("type", .text), .always("values", .list(.any), "One a row; null where there is none."),
                ])),
            "Those with a value in any row."),
    ])
}
