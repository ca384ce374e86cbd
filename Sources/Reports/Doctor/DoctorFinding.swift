/// Something that keeps answers from being whole, and the line that changes it.
struct DoctorFinding {
    /// The kinds, in the order of reading: what hides everything stands first.
    enum Kind: String, CaseIterable {
        case noSpans = "no_spans"
        case spansWaiting = "spans_waiting"
        case refused
        case unnamedService = "no_service"
        case withoutConversation = "no_conversation"
        case withoutUsage = "no_usage"
        case withoutPrice = "no_price"
        case unreadNames = "unread_names"
        case clockAhead = "clock_ahead"
        case late
        case doubtedTimes = "doubted_times"
        case clockStepped = "clock_stepped"
        case trouble
    }

    var kind: Kind
    /// Which service, model or reason; nil: no single one.
    var what: String?
    var count: Int128
    /// What `count` is a part of; nil: of nothing.
    var of: Int128?
    /// What to change, a line each: a variable, a setting, an attribute, a command. Each fits a line of a terminal.
    var changes: [String]
}

/// The lines to change.
enum DoctorAdvice {
    static let endpoint = [
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:8910", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    ]
    static let waiting = ["nothing: a trace settles 1 s after its root came, else 5 s after its last span"]
    static let service = ["OTEL_SERVICE_NAME=my-bot"]
    static let conversation = ["span.set_attribute(\"gen_ai.conversation.id\", ID) on the outermost span"]
    static let usage = [
        "stream_options={\"include_usage\": True} where the model's answer is streamed",
        "else gen_ai.usage.input_tokens and gen_ai.usage.output_tokens on the call's span",
    ]
    static let ahead = ["timedatectl set-ntp true on the machine that sends: its clock is wrong"]
    static let late = ["OTEL_BSP_SCHEDULE_DELAY=1000 for spans; `plimsoll import FILE` for history"]
    static let times = ["start and end of spans in ns since 1970 UTC: who sets them by hand?"]
    static let stepped = ["timedatectl set-ntp true on this server: its clock was wrong"]
    static let trouble = ["`plimsoll verify` shows the extent; the server's log has the rest"]
    static let call = ["gen_ai.provider.name and gen_ai.request.model on the call's span"]
    static let reading = ["gen_ai.usage.total_tokens beside the counts, so that one reading is left"]

    /// A row of a price list.
    static func price(provider: String, model: String, tokenClass: String, from: String) -> [String] {
        ["plimsoll prices load FILE: \(provider),\(model),\(tokenClass),PRICE,,,\(from)"]
    }

    /// What says the same as a name that nothing reads.
    static func name(_ name: String) -> String? {
        let words = name.lowercased()
        func has(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        if words.hasPrefix("plimsoll.") { return "`plimsoll schemas TYPE` has the names under OPENTELEMETRY" }
        if has("token", "usage") {
            return has("output", "completion") ? "gen_ai.usage.output_tokens" : "gen_ai.usage.input_tokens"
        }
        if has("cost") { return "plimsoll.cost_usd" }
        if has("conversation", "session", "thread") { return "gen_ai.conversation.id" }
        if has("tenant", "customer", "organi", "account") { return "plimsoll.tenant" }
        if has("channel") { return "plimsoll.channel" }
        if has("team") { return "plimsoll.team" }
        if has("user") { return "user.id" }
        if has("model") { return "gen_ai.request.model" }
        return nil
    }

    /// By the reason, as `/metrics` names it.
    static func refusal(_ reason: String) -> [String] {
        switch reason {
        case "no_token", "unknown_token", "expired_token", "revoked_token":
            [
                "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20plim_…",
                "`plimsoll tokens create --scope ingest --data DIR` makes a token",
            ]
        case "missing_scope":
            ["`plimsoll tokens create --scope ingest --data DIR` for who sends, --scope read for who asks"]
        case "credentials_unreadable": ["keys/tokens of the data directory, from a backup"]
        case "not_found": ["OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:8910, without a path"]
        case "method": ["spans by POST to /v1/traces, events by POST to /v1/events"]
        case "media_type": ["OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf; metrics and logs are not taken"]
        case "too_large": ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE=128, or the setting limits.body_size"]
        case "busy": ["the settings limits.ingest_size and limits.queries_waiting; SDKs try again"]
        case "unavailable": ["room on the disk of the data directory; GET /readyz says why"]
        case "slow_request", "aborted_request": ["the network between, or the setting limits.body_time"]
        case "client_gone": ["the time limit of who asks, where answers take longer"]
        case "foreign_site": ["the setting names (--names, PLIMSOLL_NAMES): host names by which it is asked"]
        case "conflict": ["ids that are unique: the same id, source and time came with other content"]
        case "too_old": ["`plimsoll import FILE` for history"]
        case "too_new": ahead
        case "damaged": ["`plimsoll verify`, then the file it names from a backup"]
        case "unreadable": ["`plimsoll verify`, then the segment it names from a backup"]
        case "unknown_type": ["the type: `plimsoll schemas` lists those there are, dead_letters what came"]
        case "invalid", "bad_request": ["what the answer to the sender says under rejected or error"]
        case "spans": ["at most 50,000 spans in a trace; the answer to the exporter says why"]
        // Whoever names it: what speaks gRPC here is told so.
        case _ where reason.contains("grpc"): endpoint
        default: ["what the answer to the sender says; the server's log has it, too"]
        }
    }
}
