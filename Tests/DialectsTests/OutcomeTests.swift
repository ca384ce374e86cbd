import Bytes
import Dialects
import Domain
import Testing
import WireFormats

/// What spans say beside calls: outcomes, times that cannot be, names that nobody reads, and who may be rewritten.
struct OutcomeTests {
    private static func agent(_ more: [String: OTLPValue]) -> SampleSpan {
        SettlingTests.agent(1, 900, ["gen_ai.conversation.id": .string("c-1")].merging(more) { $1 })
    }

    @Test func spansSayHowItEnded() throws {
        let said: [String: OTLPValue] = [
            "plimsoll.outcome": .string("resolved"), "plimsoll.feedback.score": .integer(5),
        ]
        let resolved = try SettlingTests.settled([[Self.agent(said)]])
        let done = try #require(resolved.events("conversation.resolved").first)
        #expect(done.text("conversation_id") == "c-1" && done.text("by") == "agent")
        #expect(resolved.events("feedback.submitted").compactMap { $0.integer("score") } == [5])
        let escalated = try SettlingTests.settled([
            [
                Self.agent([
                    "plimsoll.outcome": .string("Escalated"), "plimsoll.escalation.reason": .string("policy"),
                    "plimsoll.escalation.queue": .string("billing"),
                ])
            ]
        ])
        #expect(escalated.events("escalation.raised").map { $0.text("reason") } == ["policy"])
        #expect(escalated.events("escalation.raised").first?.text("queue") == "billing")
        let only = try SettlingTests.settled([[Self.agent(["plimsoll.escalation.reason": .string("user_request")])]])
        #expect(only.events("escalation.raised").count == 1)
        let judged = try SettlingTests.settled([
            [
                Self.agent([
                    "gen_ai.evaluation.name": .string("helpfulness"), "gen_ai.evaluation.score.value": .double(0.8),
                ])
            ]
        ])
        #expect(judged.events("quality.scored").first?.text("name") == "helpfulness")
        #expect(judged.events("feedback.submitted").isEmpty)
    }

    @Test func whatIsCopiedToAllSpansCountsOnce() throws {
        let said: [String: OTLPValue] = [
            "plimsoll.outcome": .string("resolved"), "plimsoll.feedback.score": .string("4"),
        ]
        let traces = try SettlingTests.settled([
            [
                Self.agent(said), SettlingTests.call(2, parent: 1, 1, 2, said),
                SettlingTests.call(3, parent: 2, 1, 2, said),
            ]
        ])
        #expect(traces.events("conversation.resolved").count == 1 && traces.events("feedback.submitted").count == 1)
        #expect(
            try SettlingTests.settled([[Self.agent(["plimsoll.feedback.score": .integer(9)])]]).events(
                "feedback.submitted"
            ).isEmpty)
    }

    @Test(
        arguments: [
            (0, "no_start"), (5, "start_before_2000"), (1_795_357_520_900_000_001, "end_before_start"),
            (
                1_795_157_520_000_000_000,
                "longer_than_a_day"
            ),
        ] as [(UInt64, String)])
    func timesThatCannotBeAreNull(_ start: UInt64, _ doubt: String) throws {
        let call = SettlingTests.call(2, parent: 1, 0, 800, ["gen_ai.response.time_to_first_chunk": .double(0.25)])
        var request = OTLPTraces([Self.agent([:]), call])
        for scope in 0..<2 { request.resources[0].scopes[scope].spans[0].start = start }
        request.resources[0].scopes[1].spans[0].end = request.resources[0].scopes[0].spans[0].end
        var traces = SampleTraces()
        try traces.receive(request)
        try traces.settle()
        #expect(traces.evidence.allSatisfy { $0.text("time_doubt") == doubt && $0.integer("duration_ns") == nil })
        let told = try #require(traces.events("llm.call").first)
        #expect(told.integer("duration_ns") == nil && told.integer("time_to_first_token_ns") == 250_000_000)
        let answer = try #require(traces.events("message.sent").first)
        #expect(answer.integer("duration_ns") == nil)
        #expect(traces.events("message.received").first?.time == answer.time)
    }

    @Test func aFirstTokenAfterADayIsNull() throws {
        let late = SettlingTests.call(2, parent: nil, 0, 800, ["gen_ai.response.time_to_first_chunk": .double(1e6)])
        let traces = try SettlingTests.settled([[late]])
        #expect(
            traces.evidence.first?.text("time_doubt") == "first_token"
                && traces.evidence.first?.integer("duration_ns") == 800_000_000)
        #expect(traces.events("llm.call").first?.integer("time_to_first_token_ns") == nil)
    }

    @Test func usageThatNoFieldReadsIsNoted() throws {
        let traces = try SettlingTests.settled([
            [
                SettlingTests.call(
                    2, parent: nil, 0, 8,
                    [
                        "gen_ai.usage.frobnicated_tokens": .integer(7),
                        "gen_ai.usage.details": .string(#"{"odd_tokens": 3, "cache_read": 9}"#),
                        "gen_ai.usage.input_tokens.cached": .string("60"), "gen_ai.response.mystery": .integer(1),
                        "litellm.cost.margin_fixed": .double(1),
                        "gen_ai.usage.cache_write_tokens": .double(2.5),
                    ])
            ]
        ])
        let row = try #require(traces.evidence.first)
        #expect(
            row.fields["unknown_attributes"]
                == .json(
                    #"{"gen_ai.response.mystery":"int","gen_ai.usage.cache_write_tokens":"double","gen_ai.usage.details/odd_tokens":"int","#
                        + #""gen_ai.usage.frobnicated_tokens":"int","litellm.cost.margin_fixed":"double"}"#))
        #expect(traces.events("llm.call").first?.integer("cache_read_tokens") == 60)
        // Parts of a cost are accounted for where its total is.
        let total = try SettlingTests.settled([
            [
                SettlingTests.call(
                    2, parent: nil, 0, 8, ["gen_ai.usage.cost": .double(0.5), "litellm.cost.margin_fixed": .double(1)])
            ]
        ])
        #expect(total.evidence.first?.fields["unknown_attributes"] == nil)
        #expect(total.events("llm.call").first?.integer("reported_cost_usd") == 500_000_000_000)
    }

    /// An event of somebody else is left as it is, whatever its source and id look like, and keeps nothing of ours out.
    @Test(arguments: ["settled-claims/bot", "settled", "settled/bot"]) func othersAreLeftAlone(_ source: String) throws
    {
        var traces = SampleTraces()
        let trace = String(repeating: "01", count: 16)
        let span = String(repeating: "02", count: 8)
        for (position, id) in ["\(trace)-\(span)/llm.call", "\(trace)-\(span)/llm.call/0123456789abcdef", "x"]
            .enumerated()
        {
            let row = callRow(
                traces.registry,
                [
                    "id": .text(id), "source": .text(source), "tenant": .text("default"), "trace_id": .text(trace),
                    "span_id": .text(span),
                    "input_tokens": .integer(7),
                ])
            traces.append(StoredEvent(position: Int64(1000 + position), row: row), trace: trace)
        }
        try traces.receive(OTLPTraces([SettlingTests.call(2, parent: nil, 0, 8)]))
        #expect(try traces.settle() == (1, 0))
        #expect(traces.events("llm.call").compactMap { $0.integer("input_tokens") }.sorted() == [7, 7, 7, 100])
        #expect(try traces.settle() == (0, 0))
    }

    /// What a store of before derived is known by its position.
    @Test func idsOfBeforeAreKnown() throws {
        let registry = SchemaRegistry.builtIn
        var traces = SampleTraces()
        try traces.receive(OTLPTraces([SettlingTests.call(2, parent: nil, 0, 8)]))
        try traces.settle()
        let trace = String(repeating: "01", count: 16)
        let marked = try #require(traces.told[trace]?.first)
        let row = callRow(
            registry,
            [
                "id": .text(marked.id.split(separator: "/").dropLast().joined(separator: "/")),
                "source": .text("settled/bot"),
                "tenant": .text("default"), "conversation_id": .text("before"), "trace_id": .text(trace),
                "span_id": .text(String(repeating: "02", count: 8)),
            ])
        let before = StoredEvent(position: 9, row: row)
        let old = TraceSettler(registry: registry, ids: DerivedEventIDs(secret: traces.key, unmarkedPositionMax: 9))
        let result = old.settle(traces.spans[trace] ?? [], derived: [before])
        #expect(result.events.count == 0 && result.replacements.count == 1)
        // It is told where it stood, since it is elsewhere now.
        #expect(result.left.map(\.conversation) == ["before"] && result.left.map(\.tenant) == ["default"])
        #expect(result.left.map(\.hour) == [0])
    }

    /// The row of a model call with these fields.
    private func callRow(_ registry: SchemaRegistry, _ fields: [String: EventValue]) -> [UInt8] {
        var writer = EventRowWriter()
        writer.begin(type: registry.wellKnownTypes.llmCall, time: 5, isTimeAbsent: false)
        let values = fields.compactMap { name, value in registry.column(named: name).map { (column: $0, value: value) }
        }
        for (column, value) in values.sorted(by: { $0.column < $1.column }) { writer.add(column, value) }
        writer.end()
        return writer.sink.bytes
    }
}
