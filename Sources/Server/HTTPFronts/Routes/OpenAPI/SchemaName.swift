/// The schemas that the document names; each has one, so that no reference leads nowhere.
package enum SchemaName: String, CaseIterable, Hashable, Sendable {
    case event = "Event"
    case ingestAnswer = "IngestAnswer"
    case refusedEvent = "RefusedEvent"
    case eventWarning = "EventWarning"
    case spans = "ExportTraceServiceRequest"
    case spansAnswer = "ExportTraceServiceResponse"
    case rpcStatus = "RPCStatus"
    case sqlRequest = "SQLRequest"
    case sqlAnswer = "SQLAnswer"
    case report = "Report"
    case reportCells = "ReportCells"
    case conversationList = "ConversationList"
    case conversation = "Conversation"
    case conversationColumns = "ConversationColumns"
    case columns = "Columns"
    case rebookRequest = "RebookRequest"
    case rebookingPreview = "RebookingPreview"
    case objectiveVersion = "ObjectiveVersion"
    case status = "Status"
    case schemas = "Schemas"
    case refusal = "Refusal"
    case seriesRefusal = "PrometheusError"

    /// Where the document has it.
    var reference: String { "#/components/schemas/" + rawValue }

    /// What it stands for.
    var schema: JSONSchema {
        switch self {
        case .event: Self.eventSchema
        case .ingestAnswer: Self.ingestAnswerSchema
        case .refusedEvent: Self.refusedEventSchema
        case .eventWarning: Self.eventWarningSchema
        case .spans: Self.spansSchema
        case .spansAnswer: Self.spansAnswerSchema
        case .rpcStatus: Self.rpcStatusSchema
        case .sqlRequest: Self.sqlRequestSchema
        case .sqlAnswer: Self.sqlAnswerSchema
        case .report: Self.reportSchema
        case .reportCells: Self.reportCellsSchema
        case .conversationList: Self.conversationListSchema
        case .conversation: Self.conversationSchema
        case .conversationColumns: Self.conversationColumnsSchema
        case .columns: Self.columnsSchema
        case .rebookRequest: Self.rebookRequestSchema
        case .rebookingPreview: Self.rebookingPreviewSchema
        case .objectiveVersion: Self.objectiveVersionSchema
        case .status: Self.statusSchema
        case .schemas: Self.schemasSchema
        case .refusal: Self.refusalSchema
        case .seriesRefusal: Self.seriesRefusalSchema
        }
    }
}

// MARK: Events and spans in

extension SchemaName {
    private static let eventSchema = JSONSchema.object([
        .always("specversion", .choice(["1.0"])),
        .always("id", .text, "With source the event's identity: what comes again is a duplicate."),
        .always("source", .text, "Who sends."),
        .always("type", .text, "Such as llm.call; `plimsoll schemas` lists the types and their fields."),
        .perhaps(
            "time", .time, "When what is told of ended; up to nanoseconds. Without it: when the event was received."),
        .perhaps("subject", .text, "The conversation, where data does not name it."),
        .perhaps("data", .map(.any), "The fields of the type."),
    ])

    private static let ingestAnswerSchema = JSONSchema.object([
        .always("accepted", .integer, "Events that were new."),
        .always("duplicates", .integer, "Events that were there already."),
        .always(
            "rejected", .list(.reference(.refusedEvent)), "The first events that were not kept, ascending by index."),
        .perhaps("rejected_count", .integer, "All of them, where not all are listed."),
        .perhaps("warnings", .list(.reference(.eventWarning)), "The first events that were kept with a remark."),
        .perhaps("warning_count", .integer, "All of them, where not all are listed."),
        .perhaps("left_out", .integer, "Lines of an export that are no events."),
        .perhaps("spans_left_out", .integer, "Spans of an export, which its events were derived from."),
        .always("position", .integer, "The last position of the store after the events."),
    ])

    private static let refusedEventSchema = JSONSchema.object([
        .always("index", .integer, "Its place in the body, from 0."),
        .perhaps("id", .text, "Its id, where one could be read."),
        .always("error", .text, "Why it was not kept, and what to do."),
    ])

    private static let eventWarningSchema = JSONSchema.object([
        .always("index", .integer, "Its place in the body, from 0."),
        .perhaps("id", .text),
        .always("warning", .text, "What its sender should know."),
    ])

    private static let spansSchema = JSONSchema.object([
        .perhaps("resourceSpans", .list(.map(.any)), "As OpenTelemetry's protocol has them in JSON.")
    ])

    private static let spansAnswerSchema = JSONSchema.object([
        .perhaps(
            "partialSuccess",
            .object([
                .always("rejectedSpans", .text, "A 64-bit number, which is text in the protocol's JSON."),
                .always("errorMessage", .text),
            ]), "Only where spans were not kept, or not all of what was sent.")
    ])

    private static let rpcStatusSchema = JSONSchema.object([
        .always("code", .integer, "Of google.rpc.Code."),
        .always("message", .text, "What is wrong, and what to do."),
    ])
}

// MARK: Questions and answers

extension SchemaName {
    private static let sqlRequestSchema = JSONSchema.object([
        .always("sql", .text, "One statement of PostgreSQL's SQL; SET may stand before it."),
        .perhaps("timezone", .text, "An IANA name; UTC without it."),
        .perhaps("rollups", .flag, "false: answer from events and read models only."),
        .perhaps("time_limit_seconds", .integer, "At most the server's limit, which holds without it."),
    ])

    private static let sqlAnswerSchema = JSONSchema.object([
        .always(
            "columns", .list(.object([.always("name", .text), .always("type", .text, "PostgreSQL's name of it.")]))),
        .always("rows", .list(.list(.any)), "Integers beyond 2^53 and numerics are text, times RFC 3339."),
        .always("position", .integer, "The answer holds for the events up to it."),
        .always("watermark", .time, "They were received by then."),
        .perhaps("notices", .list(.text), "What belongs to the answer and cannot be shown, as a file is damaged."),
        .always("statistics", .map(.integer), "What the answer took: time, groups, pages, bytes, rows."),
    ])

    private static let sectionsMeaning =
        "Each section is a member of this name, a list of rows. Money and decimals are exact, as text; null: no "
        + "data."
    private static let filtersMeaning =
        "Of which rows the figures are: by name what they say, one of the values of each name."
    private static let reportSchema = JSONSchema.object([
        .always("report", .text), .always("title", .text), .always("position", .integer), .always("watermark", .time),
        .always("from", .time), .always("to", .time), .always("now", .time), .always("timezone", .text),
        .perhaps("filters", .map(.list(.text)), filtersMeaning), .always("exactness", .text),
        .always("sections", .list(.text), sectionsMeaning),
        .always("definitions", .map(.text), "What the figures mean."),
    ])

    private static let reportCellsSchema = JSONSchema.object([
        .always("report", .text), .always("title", .text), .always("period", .text), .always("position", .integer),
        .always("watermark", .time), .always("from", .time), .always("to", .time), .always("now", .time),
        .always("timezone", .text), .perhaps("filters", .map(.list(.text)), filtersMeaning),
        .perhaps("only", .text, "The same as a sentence."),
        .always("basis", .list(.text), "What the figures rest on, in sentences."),
        .always("notices", .list(.text)), .always("main", .text, "The section that answers what was asked."),
        .always(
            "sections",
            .list(
                .object([
                    .always("name", .text), .always("title", .text),
                    .always(
                        "columns",
                        .list(
                            .object([.always("name", .text), .always("title", .text), .always("is_key", .flag)]))),
                    .always("rows", .list(.list(.optional(cellSchema))), "As wide as the columns; null: no data."),
                    .perhaps(
                        "spans", .list(.optional(spanSchema)), "Of what time rows are, where times tell them apart."),
                    .perhaps(
                        "total", .list(.optional(cellSchema)), "All rows together, which is no row itself."),
                ]))),
        .always("definitions", .list(.object([.always("term", .text), .always("meaning", .text)]))),
    ])

    private static let spanSchema = JSONSchema.object([
        .always("from", .time), .always("to", .time, "Where the next one begins."),
        .always("in_part", .flag, "Whether the period cuts it, or it is not over: figures are of a part of it."),
    ])

    private static let cellSchema = JSONSchema.object([
        .always("text", .text, "As the table prints it."), .always("kind", .text, "What kind of figure it is."),
        .perhaps("exact", .text, "As in JSON and CSV."), .perhaps("of", .text, "The quotient that it is."),
        .perhaps("state", .text, "How it stands against an objective."),
    ])

    private static let conversationSchema = JSONSchema.object([
        .always("conversation_id", .text), .always("tenant", .text), .always("position", .integer),
        .always("watermark", .time),
        .perhaps("notice", .text, "What is yet to come or cannot be shown, of any conversation."),
        .always(
            "turn_list", .list(.map(.any)), "A question with its answer each; what is not known is left out."),
        .always("events", .list(.map(.any)), "In order: position, time, type and what else the event says."),
        .perhaps("events_omitted", .integer, "Events that are not listed."),
    ])

    private static let objectiveVersionSchema = JSONSchema.object([
        .always("since", .optional(.time), "When it came into force; null for the built-in set."),
        .always("hash", .text, "Stands for the set."),
        .always("set", .map(.any), "The objectives in whole units: parts per million, ns, pico-USD."),
        .always("version", .integer),
    ])
}

// MARK: Money, state, refusals

extension SchemaName {
    private static let rebookRequestSchema = JSONSchema.object([
        .always("provider", .text), .perhaps("model", .text, "All of the provider without it."),
        .perhaps("from", .time, "Calls from then on; without it from the first."),
        .perhaps("to", .time, "Calls before; without it to the last."),
    ])

    private static let rebookingPreviewSchema = JSONSchema.object([
        .always("calls", .integer, "Calls that would cost something else."),
        .always(
            "models",
            .list(
                .object([
                    .always("model", .text), .always("calls", .integer), .always("from_usd", .decimal),
                    .always("to_usd", .decimal),
                    .always("inexact_before", .integer, "Calls without an exact cost."),
                    .always("inexact_after", .integer),
                ]))),
    ])

    private static let retentionSchema = JSONSchema.object([
        .perhaps("events_seconds", .integer, "Events are kept for so long; without it for ever."),
        .perhaps(
            "tenants", .list(.object([.always("tenant", .text), .always("events_seconds", .integer)])),
            "Those with a period of their own."),
        .perhaps(
            "types", .list(.object([.always("type", .text), .always("events_seconds", .integer)])),
            "Event types with a period of their own: an event goes by the first period that ends."),
        .perhaps("max_disk_bytes", .integer, "What the files in the data directory may come to."),
        .perhaps("keep_at_least_seconds", .integer, "Nothing younger goes for want of room."),
        .perhaps("overdue_seconds", .integer, "For so long the oldest events that are no longer kept could have gone."),
        .perhaps("last_drop", .time, "When events went last."),
        .always(
            "dropped",
            .list(
                .object([
                    .always("reason", .text, "age, tenant_age, type_age, or disk_budget."), .always("events", .integer),
                    .always("bytes", .integer, "Of their segments, without what of them went on."),
                ]))),
        .perhaps(
            "dropped_tenants",
            .list(
                .object([
                    .always("tenant", .text), .always("events", .integer),
                    .always("until", .time, "When the last of them was received, or later: what came since is there."),
                ])), "What of that was of tenants with a period of their own."),
        .perhaps(
            "dropped_types",
            .list(
                .object([
                    .always("type", .text), .always("events", .integer),
                    .always("until", .time, "When the last of them was received, or later: what came since is there."),
                ])), "What of that was of event types with a period of their own."),
    ])

    private static let statusSchema = JSONSchema.object([
        .always("version", .text), .always("ready", .flag),
        .always("reason", .text, "Why events are not taken; empty while they are."),
        .always("uptime_seconds", .number), .always("accepted", .integer), .always("duplicates", .integer),
        .always("rejected", .integer), .always("spans_accepted", .integer), .always("spans_duplicates", .integer),
        .always("spans_rejected", .integer), .always("spans_echoed", .integer), .always("traces_pending", .integer),
        .always("refused_requests", .integer, "Those told to wait, since there was no room for them."),
        .always("queue_bytes", .integer), .always("queue_events", .integer),
        .always("queued_batches", .integer), .perhaps("resident_bytes", .integer), .always("queries_running", .integer),
        .always("connections", .integer), .always("connections_max", .integer, "As many may be open."),
        .always("full_listeners", .integer, "Addresses listened at where connections wait until another one ends."),
        .always("connection_waits", .integer, "How often they had to, since the start."),
        .always("trace_exports", .list(.map(.any))), .always("shipping", .list(.map(.any))),
        .always("position", .integer), .always("watermark", .time),
        .always("segments", .integer), .always("stored_bytes", .integer, "Of segments; the log comes besides."),
        .always("archived_segments", .integer, "Those of them that are archived."),
        .always("archived_bytes", .integer), .always("tail_events", .integer),
        .always("refused_events", .map(.integer)), .always("failed_seals", .integer),
        .always("failed_disk_looks", .integer, "Looks at what all files come to that failed, where max_disk is set."),
        .always("unfolded_conversations", .integer),
        .always("cut_conversations", .integer, "Those whose sealed rows are made of their first events alone."),
        .always("dropped_events", .integer, "Those that retention dropped, ever."),
        .perhaps(
            "dropped_until", .time,
            "When the last of them was received, or later: what came since is there, but for tenants and types with a "
                + "period of their own."),
        .always("retention", retentionSchema, "What goes, and what went."),
        .perhaps("disk_bytes", .map(.integer), "Of all files in the data directory, by what they are for."),
        .always("troubles", .list(.text), "What is not as it should be while the store goes on."),
        .perhaps("scrub_findings", .integer, "Places of files that are not as they were written."),
        .perhaps("scrub_bytes", .integer, "Read of all files so far, over and over."),
        .perhaps("scrub_read_since", .time, "Every file was read since then."),
        .always(
            "addresses",
            .list(
                .object([
                    .always("method", .text), .always("path", .text), .always("purpose", .text),
                    .always("group", .text),
                    .perhaps("link", .text, "Where a browser finds an answer."),
                ]))),
    ])

    private static let seriesRefusalSchema = JSONSchema.object([
        .always("status", .choice(["error"])),
        .always("errorType", .text, "As Prometheus has it: bad_data, execution, timeout, unavailable and the like."),
        .always("error", .text, "What is wrong, where, and what to do about it."),
    ])

    private static let refusalSchema = JSONSchema.object([
        .always("error", .text, "What is wrong."), .perhaps("hint", .text, "What to do about it."),
        .perhaps("position", .integer, "Where: a byte of the body from 0, or a character of a query's text from 1."),
        .perhaps("code", .text, "SQLSTATE, for queries."),
    ])
}
