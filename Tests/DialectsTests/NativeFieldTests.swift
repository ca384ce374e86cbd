import Dialects
import Domain
import Testing
import WireFormats

/// What spans say in Plimsoll's own names, as `plimsoll schemas` shows them, and in the metadata of frameworks.
struct NativeFieldTests {
    /// A name that the schemas show for a field of an event that spans become.
    struct Shown: Sendable, CustomTestStringConvertible {
        var type: String
        var column: SchemaColumn
        var name: String

        var testDescription: String { "\(type): \(name)" }

        var value: OTLPValue {
            switch column.type {
            case .integer: .integer(3)
            case .double: .double(0.5)
            case .boolean: .boolean(true)
            case .money: .double(0.25)
            default: .string("x-1")
            }
        }

        var expected: EventValue {
            switch column.type {
            case .integer: .integer(3)
            case .double: .double(0.5)
            case .boolean: .boolean(true)
            case .money: .integer(250_000_000_000)
            default: .text("x-1")
            }
        }
    }

    static let shown: [Shown] = NativeFields.eventTypes.joined().flatMap { name -> [Shown] in
        let registry = SchemaRegistry.builtIn
        let own = registry.types.filter { $0.name == name }.flatMap(\.ownColumns)
        let untold = (NativeFields.withoutAttribute[""] ?? []).union(NativeFields.withoutAttribute[name] ?? [])
        return (registry.contextColumns + own).compactMap { id -> Shown? in
            let column = registry.columns[Int(id)]
            guard let shown = column.openTelemetryName, shown.hasPrefix("plimsoll."), column.privacy == .public,
                column.type != .json,
                !untold.contains(column.name)
            else { return nil }
            return Shown(type: name, column: column, name: shown)
        }
    }

    /// Spans that become an event of a type, the first of which says something more.
    private static func spans(_ type: String, _ said: [String: OTLPValue]) -> [SampleSpan] {
        func work(_ operation: String, _ more: [String: OTLPValue] = [:]) -> [SampleSpan] {
            let own = more.merging(said) { $1 }.merging(["gen_ai.operation.name": .string(operation)]) { $1 }
            return [SampleSpan(name: operation, id: 1, parent: nil, start: 0, end: 5, attributes: own)]
        }
        func turn(_ more: [String: OTLPValue] = [:]) -> [SampleSpan] {
            [SettlingTests.agent(1, 900, more.merging(said) { $1 }), SettlingTests.call(2, parent: 1, 10, 20)]
        }
        let usage: [String: OTLPValue] = ["gen_ai.usage.input_tokens": .integer(100)]
        return switch type {
        case "llm.call": work("chat", usage)
        case "embedding.call": work("embeddings", usage)
        case "usage.reported": turn(usage)
        case "tool.call": work("execute_tool")
        case "retrieval.query": work("retrieval")
        case "agent.handoff": work("handoff")
        case "guardrail.checked": work("apply_guardrail")
        case "conversation.classified": turn(["plimsoll.topic": .string("t")])
        case "conversation.resolved": turn(["plimsoll.outcome": .string("resolved")])
        case "conversation.closed": turn(["plimsoll.outcome": .string("abandoned")])
        case "escalation.raised": turn(["plimsoll.outcome": .string("escalated")])
        case "feedback.submitted": turn(["plimsoll.feedback.score": .integer(4)])
        case "quality.scored": turn(["gen_ai.evaluation.score.value": .double(0.5)])
        default: turn()
        }
    }

    @Test(arguments: shown) func whatIsShownIsRead(_ shown: Shown) throws {
        let traces = try SettlingTests.settled([Self.spans(shown.type, [shown.name: shown.value])])
        let event = try #require(traces.events(shown.type).first)
        #expect(event.fields[shown.column.name] == shown.expected)
        #expect(traces.evidence.allSatisfy { $0.fields["unknown_attributes"] == nil })
    }

    @Test(arguments: shown) func whatTheResourceSaysIsReadToo(_ shown: Shown) throws {
        // Here the span says another topic itself, and goes before the resource.
        guard shown.name != "plimsoll.topic" else { return }
        var request = OTLPTraces(Self.spans(shown.type, [:]))
        request.resources[0].attributes.append(OTLPAttribute(shown.name, shown.value))
        var traces = SampleTraces()
        try traces.receive(request)
        try traces.settle()
        #expect(traces.events(shown.type).first?.fields[shown.column.name] == shown.expected)
    }

    @Test func namesOfTheManualAreAmongThem() {
        let names = Set(Self.shown.map(\.name))
        let expected: Set<String> = [
            "plimsoll.tenant", "plimsoll.channel", "plimsoll.turn", "plimsoll.message_id", "plimsoll.team",
            "plimsoll.cost_centre",
            "plimsoll.experiment", "plimsoll.variant", "plimsoll.topic", "plimsoll.intent", "plimsoll.confidence",
            "plimsoll.certainty",
            "plimsoll.by", "plimsoll.reason", "plimsoll.queue", "plimsoll.priority", "plimsoll.purpose",
            "plimsoll.route",
            "plimsoll.answered_from", "plimsoll.pii_found", "plimsoll.injection_score", "plimsoll.cost_usd",
            "plimsoll.verdict",
            "plimsoll.score", "plimsoll.kind", "plimsoll.evaluator", "plimsoll.attempt", "plimsoll.gpu_duration_ns",
        ]
        #expect(names.isSuperset(of: expected), "\(expected.subtracting(names).sorted())")
    }

    @Test func whatOneSpanSaysHoldsForItsTurn() throws {
        let said: [String: OTLPValue] = [
            "plimsoll.team": .string("care"), "plimsoll.experiment": .string("greeting"),
            "plimsoll.variant": .string("b"),
            "plimsoll.turn": .integer(2), "plimsoll.certainty": .string("confirmed"),
            "plimsoll.answered_from": .string("cache"),
        ]
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(
                    1, 900, ["plimsoll.outcome": .string("resolved"), "plimsoll.purpose": .string("answer")]),
                SettlingTests.call(2, parent: 1, 10, 20), SettlingTests.call(3, parent: 1, 30, 40, said),
            ]
        ])
        #expect(traces.events("llm.call").count == 2 && traces.events("message.received").count == 1)
        for event in traces.events() {
            #expect(event.text("team") == "care" && event.integer("turn") == 2, "\(event.type)")
            #expect(event.text("experiment") == "greeting" && event.text("variant") == "b", "\(event.type)")
        }
        #expect(traces.events("conversation.resolved").map { $0.text("certainty") } == ["confirmed"])
        #expect(traces.events("message.sent").map { $0.text("answered_from") } == ["cache"])
        #expect(traces.events("llm.call").allSatisfy { $0.text("purpose") == "answer" })
    }

    /// A version, a variant, an intent is that of its prompt, its experiment, its topic.
    @Test func partsHoldWithTheirWholes() throws {
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(
                    1, 900, ["gen_ai.prompt.name": .string("a"), "gen_ai.prompt.version": .string("1")]),
                SettlingTests.call(2, parent: 1, 10, 20, ["gen_ai.prompt.name": .string("b")]),
                SettlingTests.call(3, parent: 1, 30, 40),
            ]
        ])
        let calls = traces.events("llm.call").sorted { $0.time < $1.time }
        #expect(
            calls.map { $0.text("prompt_name") } == ["b", "a"] && calls.map { $0.text("prompt_version") } == [nil, "1"])
        #expect(traces.events("message.sent").map { $0.text("prompt_version") } == ["1"])
    }

    @Test func aTopicIsOneEventHoweverOftenItIsSaid() throws {
        let topic: [String: OTLPValue] = ["plimsoll.topic": .string("refund"), "plimsoll.confidence": .double(0.75)]
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(1, 900), SettlingTests.call(2, parent: 1, 10, 20, topic),
                SettlingTests.call(3, parent: 1, 30, 40, topic),
            ]
        ])
        let told = traces.events("conversation.classified")
        #expect(told.map { $0.text("topic") } == ["refund"] && told.first?.fields["confidence"] == .double(0.75))
        #expect(traces.events("message.sent").allSatisfy { $0.fields["confidence"] == nil })
        let changed = try SettlingTests.settled([
            [
                SettlingTests.agent(1, 900, topic),
                SettlingTests.call(2, parent: 1, 10, 20, ["plimsoll.topic": .string("order")]),
            ]
        ])
        #expect(Set(changed.events("conversation.classified").map { $0.text("topic") }) == ["refund", "order"])
    }

    @Test(
        arguments: [
            ("plimsoll.turn", .string("second"), "string"), ("plimsoll.turn", .integer(-1), "int"),
            ("plimsoll.confidence", .double(2), "double"), ("plimsoll.pii_found", .string("maybe"), "string"),
            ("plimsoll.team", .map([]), "map"),
            ("plimsoll.team", .string("sk-Zx4Q9hT2bV7mK1pL8wR3"), "what looks like a credential"),
        ] as [(String, OTLPValue, String)])
    func whatAFieldDoesNotTakeIsNoted(_ name: String, _ value: OTLPValue, _ type: String) throws {
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, [name: value]), SettlingTests.call(2, parent: 1, 10, 20)]
        ])
        #expect(traces.evidence.contains { $0.fields["unknown_attributes"] == .json("{\"\(name)\":\"\(type)\"}") })
        let field = String(name.dropFirst("plimsoll.".count))
        #expect(traces.events().allSatisfy { $0.fields[field] == nil })
    }

    @Test func aReasonAloneRaisesNothing() throws {
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(
                    1, 900, ["plimsoll.outcome": .string("resolved"), "plimsoll.reason": .string("policy")])
            ]
        ])
        #expect(traces.events("escalation.raised").isEmpty && traces.events("conversation.resolved").count == 1)
    }

    @Test func contentIsWithheldUnderOurNamesToo() throws {
        let said: [String: OTLPValue] = [
            "plimsoll.content": .string("my secret"), "plimsoll.comment": .string("my secret"),
        ]
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, said), SettlingTests.call(2, parent: 1, 10, 20)]
        ])
        #expect(!"\(traces.evidence)\(traces.events())".contains("secret"))
        #expect(traces.evidence.compactMap { $0.integer("withheld_values") }.max() == 2)
    }

    private static let metadata: [(name: String, value: String)] = [
        ("team", "care"), ("topic", "refund"), ("cost_center", "4711"), ("experiment", "greeting"), ("variant", "b"),
        ("tenant", "acme"),
        ("channel", "slack"),
    ]

    @Test(arguments: [
        "langfuse.trace.metadata.", "langfuse.observation.metadata.", "traceloop.association.properties.",
        "langsmith.metadata.",
        "ai.telemetry.metadata.", "",
    ])
    func metadataOfFrameworksIsRead(_ prefix: String) throws {
        var said = Dictionary(
            uniqueKeysWithValues: Self.metadata.map { (prefix + $0.name, OTLPValue.string($0.value)) })
        if prefix.isEmpty {
            // LangChain's, as OpenInference sends it: one JSON text.
            let members = Self.metadata.map { #""\#($0.name)":"\#($0.value)""# }
            said = ["metadata": .string("{" + members.joined(separator: ",") + "}")]
        }
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, said), SettlingTests.call(2, parent: 1, 10, 20)]
        ])
        let call = try #require(traces.events("llm.call").first)
        for (name, value) in Self.metadata where name != "topic" {
            #expect(call.text(name == "cost_center" ? "cost_centre" : name) == value, "\(name)")
        }
        #expect(traces.events("conversation.classified").map { $0.text("topic") } == ["refund"])
    }

    /// What adds up several calls is nobody's own use.
    @Test func aggregatedUsageIsARollUp() throws {
        let sum: [String: OTLPValue] = [
            "gen_ai.aggregated_usage.input_tokens": .integer(5000),
            "gen_ai.aggregated_usage.output_tokens": .integer(700),
        ]
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(1, 900, sum), SettlingTests.call(2, parent: 1, 10, 20, sum),
                SampleSpan(
                    name: "chat", id: 3, parent: 1, start: 30, end: 40,
                    attributes: ["gen_ai.operation.name": .string("chat")].merging(sum) { $1 }),
            ]
        ])
        let calls = traces.events("llm.call").sorted { $0.time < $1.time }
        #expect(
            calls.map { $0.integer("input_tokens") } == [100, nil]
                && calls.map { $0.integer("output_tokens") } == [20, nil])
        let reported = traces.events("usage.reported")
        #expect(reported.map { $0.integer("input_tokens") } == [5000, 5000, 5000])
        #expect(Set(reported.map { $0.text("scope") }) == ["agent", "span"])
    }
}
