import Bytes
import Domain
import Exporting
import WireFormats

/// Rows of events for tests of traces, and traces as text.
enum TurnRows {
    static let registry = SchemaRegistry.builtIn
    static let start: Int64 = 1_785_574_800_000_000_000

    struct Row {
        var bytes: [UInt8]
        var received: Int64
    }

    static func row(
        _ type: String, _ id: String, at milliseconds: Int64, _ fields: [String: EventValue] = [:],
        source: String = "test",
        conversation: String? = "c-1", turn: Int64? = 2, received: Int64? = nil
    ) -> Row {
        var values: [(UInt16, EventValue)] = [
            (registry.wellKnown.id, .text(id)), (registry.wellKnown.source, .text(source)),
            (registry.wellKnown.tenant, .text("acme")),
        ]
        if let conversation { values.append((registry.wellKnown.conversationID, .text(conversation))) }
        if let turn { values.append((registry.wellKnown.turn, .integer(turn))) }
        for (name, value) in fields { values.append((registry.column(named: name)!, value)) }
        var writer = EventRowWriter()
        let time = start + milliseconds * 1_000_000
        writer.begin(type: registry.type(named: type)!, time: time, isTimeAbsent: false)
        for (column, value) in values.sorted(by: { $0.0 < $1.0 }) { writer.add(column, value) }
        writer.end()
        return Row(bytes: writer.sink.bytes, received: received ?? time)
    }

    static let answer: [String: EventValue] = [
        "agent": .text("support"), "agent_version": .text("7"), "service_name": .text("bot"),
        "environment": .text("production"),
        "channel": .text("web"), "user_id": .text("u:5f1c"), "author": .text("agent"), "status": .text("ok"),
        "duration_ns": .integer(1_500_000_000), "time_to_first_token_ns": .integer(400_000_000),
        "attributes": .json(#"{"note":"free"}"#),
    ]

    /// A turn with one event of each kind.
    static let turn: [Row] = [
        row("message.received", "q", at: 0, ["author": .text("user")]),
        row(
            "cache.lookup", "k", at: 20,
            ["cache": .text("faq"), "hit": .boolean(false), "duration_ns": .integer(20_000_000)]),
        row(
            "retrieval.query", "r", at: 150,
            [
                "index": .text("handbook"), "kind": .text("vector"), "hits": .integer(4), "top_score": .double(0.75),
                "duration_ns": .integer(100_000_000),
            ]),
        row(
            "llm.call", "c", at: 1200,
            [
                "provider": .text("openai"), "request_model": .text("gpt-4o-mini"), "response_id": .text("resp-1"),
                "input_tokens": .integer(812), "output_tokens": .integer(143), "cache_read_tokens": .integer(480),
                "duration_ns": .integer(1_000_000_000), "time_to_first_token_ns": .integer(250_000_000),
                "finish_reason": .text("stop"),
                "stream": .boolean(true), "reported_cost_usd": .integer(250_000_000), "status": .text("ok"),
            ]),
        row(
            "tool.call", "t", at: 1300,
            [
                "tool": .text("refund"), "duration_ns": .integer(90_000_000), "status": .text("error"),
                "error_type": .text("timeout"),
            ]),
        row("escalation.raised", "e", at: 1400, ["queue": .text("billing"), "reason": .text("failure")]),
        row("message.sent", "a", at: 1500, answer),
    ]

    static func assembler(_ change: (inout TraceRule) -> Void = { _ in }) -> TraceAssembler {
        var rule = TraceRule()
        change(&rule)
        return TraceAssembler(registry: registry, rule: rule)
    }

    /// What the rows lead to, positions from 1 on.
    static func emissions(_ rows: [Row], _ change: (inout TraceRule) -> Void = { _ in }) -> [TraceEmission] {
        var assembler = assembler(change)
        return rows.enumerated().compactMap {
            assembler.take($1.bytes, position: Int64($0 + 1), receivedTime: $1.received)
        }
    }

    static func text(_ spans: [OTLPSpan]) -> String {
        spans.map { span in
            let ids = "\(hexadecimal(span.traceID)) \(hexadecimal(span.spanID)) < \(hexadecimal(span.parentSpanID))"
            let times = "\((Int64(span.start) - start) / 1_000_000)–\((Int64(span.end) - start) / 1_000_000) ms"
            let attributes = span.attributes.map { "  \($0.key) = \(text($0.value))" }
            let head = [
                "\(span.name)  kind \(span.kind) status \(span.statusCode) flags \(span.flags)", "  \(ids)",
                "  \(times)",
            ]
            return (head + attributes).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    static func text(_ value: OTLPValue) -> String {
        switch value {
        case .text(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .integer(let number): "\(number)"
        case .double(let number): "\(number) (double)"
        case .boolean(let flag): "\(flag)"
        case .array(let values): "[\(values.map(text).joined(separator: ", "))]"
        case .empty, .bytes, .map: "?"
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
