package import Domain

/// What to change where something was refused: what first aid says, and the log of a server.
package enum RefusalAdvice {
    /// A line or more, for whoever runs the server or sends to it.
    /// - Parameter address: where senders reach the server, such as `http://127.0.0.1:8910`; nil: it does not know.
    package static func lines(_ reason: RefusalName, at door: RefusalDoor, address: String?) -> [String] {
        DoctorAdvice.refusal(reason, at: door).map { DoctorAdvice.addressed($0, address) }
    }
}

extension DoctorAdvice {
    /// What to change where something was refused. What an exporter is to be set to helps nobody who posts events, so
    /// it depends on the way on which it came.
    static func refusal(_ reason: RefusalName, at door: RefusalDoor) -> [String] {
        switch reason {
        case .noToken, .unknownToken, .expiredToken, .revokedToken: token(door)
        case .missingScope: [makeToken(door) + ": the token that was shown is for something else"]
        case .credentialsUnreadable: ["keys/tokens of the data directory, from a backup"]
        case .foreignSite:
            [
                "the setting names (--names, PLIMSOLL_NAMES): host names by which it is asked",
                "else " + makeToken(door) + ": with tokens any name will do",
            ]
        case .badRequest, .invalid: content(door)
        case .notFound, .method: address(door)
        case .mediaType: mediaType(door)
        case .tooLarge: size(door, "limits.body_size")
        case .decodedTooLarge: size(door, "limits.decoded_body_size, which is of decompressed bodies")
        case .busy: busy(door)
        case .unavailable:
            [
                "GET /readyz, which says why: room on the disk of the data directory, a stop",
                "the setting memory, or fewer at a time by limits.queries_running, where the log has memory_full",
            ]
        case .timeLimit: ["a shorter period or less at a time, else the setting limits.query_time"]
        case .memoryLimit:
            [
                "fewer values to group by, a filter or a limit, else the setting limits.query_memory",
                "fewer questions at a time, or the setting memory, where others hold it",
            ]
        case .slowRequest, .abortedRequest: slowness(door)
        case .clientGone: ["the time limit of who asks, where answers take longer"]
        case .grpc, .http2, .tls: wire(reason, door)
        case .damaged: ["`plimsoll verify`, then the file it names from a backup"]
        case .internalError: ["nothing of who sends: the server's log has the mistake, which is ours"]
        case .unreadable: ["`plimsoll verify`, then the segment it names from a backup"]
        case .unknownType: ["the type: `plimsoll schemas` lists those there are, dead_letters what came"]
        case .conflict: conflict(door)
        case .tooOld: ["`plimsoll import FILE --data DIR` into a directory of its own, or a longer retention.events"]
        case .tooNew: ahead
        case .echo: ["the events to this server, not the spans that another Plimsoll made of them"]
        case .misnamedMember, .malformedSpan, .noTraceID, .noSpanID, .noEndTime, .impossibleTime, .notText,
            .requestFull, .traceFull:
            span(reason)
        }
    }

    /// What helps where files cannot be used, which troubles tell: a backup of one that is whole helps nobody.
    static func refusal(
        _ reason: RefusalName, at door: RefusalDoor, by troubles: [Trouble]
    ) -> [String] {
        let remedies = Set(troubles.map(\.remedy))
        guard reason == .damaged || reason == .unreadable, remedies.contains(.laterVersion) else {
            return refusal(reason, at: door)
        }
        return remedies.contains(.backup) ? laterVersion + refusal(reason, at: door) : laterVersion
    }

    private static func makeToken(_ door: RefusalDoor) -> String {
        switch door {
        case .events, .spans, .grpc: "`plimsoll tokens create --scope ingest --data DIR`"
        case .questions: "`plimsoll tokens create --scope read --data DIR`"
        case .requests: "`plimsoll tokens create --scope read --data DIR` (--scope admin to change something)"
        }
    }

    private static func token(_ door: RefusalDoor) -> [String] {
        let shown =
            switch door {
            case .spans, .grpc: "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20plim_…"
            case .events: "the header field Authorization: Bearer plim_… of each request"
            case .questions, .requests: "PLIMSOLL_TOKEN=plim_… for commands, else Authorization: Bearer plim_…"
            }
        return [shown, makeToken(door) + " makes a token"]
    }

    private static func content(_ door: RefusalDoor) -> [String] {
        switch door {
        case .events: ["what the answer names under rejected or error; `plimsoll schemas TYPE` has the fields"]
        case .spans, .grpc: ["the export request as OTLP has it; what the answer to the exporter says"]
        case .questions: ["the statement or the parameter that the answer names under error"]
        case .requests: ["HTTP/1.1 with a Host field; what the answer names under error"]
        }
    }

    private static let eventsAddress = "events by POST to \(server)/v1/events"

    private static func address(_ door: RefusalDoor) -> [String] {
        switch door {
        case .events: [eventsAddress]
        case .spans, .grpc:
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT=\(server), without a path: the exporter appends /v1/traces",
                "else OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=\(server)/v1/traces, which is used as it is",
                "OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none: only spans are taken",
            ]
        case .questions:
            [
                "nothing where a conversation was asked for too early: its spans settle within seconds",
                "else its id as it was sent; SQL by POST to /v1/sql, reports by GET from /v1/reports/…",
            ]
        case .requests: ["POST /v1/events for events, /v1/traces for spans, /v1/sql for SQL; GET / lists all"]
        }
    }

    private static func mediaType(_ door: RefusalDoor) -> [String] {
        switch door {
        case .events:
            [
                "Content-Type: application/cloudevents+json, or application/x-ndjson for an event a line",
                "Content-Encoding: gzip, zstd, deflate, or none", eventsAddress,
            ]
        case .spans, .grpc:
            [
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf; by hand Content-Type: application/x-protobuf",
                "OTEL_EXPORTER_OTLP_COMPRESSION=gzip, or none",
            ]
        case .questions: ["Content-Type: application/json with a member sql, or application/sql"]
        case .requests: ["the Content-Type that GET /v1/openapi.json has for the address"]
        }
    }

    private static func size(_ door: RefusalDoor, _ setting: String) -> [String] {
        switch door {
        case .events: ["fewer events a request, `plimsoll import FILE` for files, or the setting \(setting)"]
        case .spans, .grpc: ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE=128, or the setting \(setting)"]
        case .questions, .requests: ["a shorter request: no setting lets in a longer one"]
        }
    }

    private static func busy(_ door: RefusalDoor) -> [String] {
        switch door {
        case .events: ["wait as Retry-After says and send again, or the setting limits.ingest_size"]
        case .spans, .grpc: ["the setting limits.ingest_size; exporters try again by themselves"]
        case .questions: ["fewer questions at a time, or the setting limits.queries_waiting"]
        case .requests: ["wait as Retry-After says and ask again"]
        }
    }

    private static func slowness(_ door: RefusalDoor) -> [String] {
        switch door {
        case .spans, .grpc: ["OTEL_EXPORTER_OTLP_TIMEOUT, the network between, or the setting limits.body_time"]
        case .events, .questions, .requests: ["the network between, or the setting limits.body_time"]
        }
    }

    /// What speaks TLS or HTTP/2 does not say what for.
    private static func wire(_ reason: RefusalName, _ door: RefusalDoor) -> [String] {
        switch (reason, door) {
        case (.tls, .spans), (.tls, .grpc): ["OTEL_EXPORTER_OTLP_ENDPOINT=\(server), not https://"]
        case (.tls, .events): ["http:// in place of https://: " + eventsAddress]
        case (.tls, _):
            ["http:// in place of https:// where it sends or asks, or a proxy before the server that speaks TLS"]
        case (_, .spans), (_, .grpc): endpoint
        default: ["HTTP/1.1 in place of HTTP/2: `curl --http1.1`, a proxy's protocol towards the server"]
        }
    }

    private static func conflict(_ door: RefusalDoor) -> [String] {
        switch door {
        case .spans, .grpc: ["ids of spans that are unique: the same one came with other content"]
        default: ["ids that are unique: the same id, source and time came with other content"]
        }
    }

    private static func span(_ reason: RefusalName) -> [String] {
        switch reason {
        case .misnamedMember:
            [
                "names of JSON in lowerCamelCase, as OTLP has them: resourceSpans, scopeSpans, traceId, stringValue",
                "else protobuf, which exporters of SDKs send by themselves",
            ]
        case .noTraceID: ["a trace id of 16 bytes on each span, not all zeros"]
        case .noSpanID: ["a span id of 8 bytes on each span, not all zeros"]
        case .noEndTime: ["span.end()"]
        case .impossibleTime: ["start and end of spans in ns since 1970 UTC: who sets them by hand?"]
        case .notText: ["texts of attributes in UTF-8; the answer to the exporter names the attribute"]
        case .requestFull: ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE=128, and fewer attributes on the resource"]
        case .traceFull: ["a trace for each question: at most \(Limits.traceSpansText) of one are taken"]
        default: ["the span as OTLP has it: the answer to the exporter says what could not be read"]
        }
    }
}
