import Dialects
import Domain
import Testing
import WireFormats

/// How many questions a trace holds, and which spans stand for them.
struct TurnsTests {
    private typealias Settling = SettlingTests

    /// An agent's run with one model call in it, the id of which is the next one; times in s.
    private static func run(
        _ id: UInt8, in parent: UInt8?, _ start: UInt64, _ end: UInt64, name: String? = "helper",
        conversation: String? = nil,
        failed: Bool = false
    ) -> [SampleSpan] {
        var agent = Settling.agent(id, parent: parent, name: name, end * 1000)
        agent.start = start * 1000
        agent.failed = failed
        if let conversation { agent.attributes["gen_ai.conversation.id"] = .string(conversation) }
        return [agent, Settling.call(id + 1, parent: id, start * 1000, end * 1000)]
    }

    /// A graph as LangChain's instrumentation tells it: a chain, a node, a call.
    private static func graph(
        _ id: UInt8, in parent: UInt8?, _ start: UInt64, _ end: UInt64, name: String = "LangGraph", thread: String?
    ) -> [SampleSpan] {
        func chain(_ name: String, _ id: UInt8, _ parent: UInt8?) -> SampleSpan {
            var span = SampleSpan(name: name, id: id, parent: parent, start: start * 1000, end: end * 1000)
            span.attributes["openinference.span.kind"] = .string("CHAIN")
            if let thread { span.attributes["metadata"] = .string(#"{"thread_id":"\#(thread)"}"#) }
            return span
        }
        return [
            chain(name, id, parent), chain("model", id + 1, id),
            Settling.call(id + 2, parent: id + 1, start * 1000, end * 1000),
        ]
    }

    private static func plain(_ end: UInt64, kind: Int = 1, _ attributes: [String: OTLPValue] = [:]) -> SampleSpan {
        SampleSpan(name: "main", id: 1, parent: nil, start: 0, end: end * 1000, kind: kind, attributes: attributes)
    }

    private static func trace(_ root: SampleSpan, _ parts: [SampleSpan]...) -> [SampleSpan] {
        [root] + parts.flatMap { $0 }
    }

    /// Answers by conversation, and whether questions match them.
    private static func answers(_ spans: [SampleSpan]) throws -> [String: Int] {
        let traces = try Settling.settled([spans])
        var counts: [String: Int] = [:]
        for answer in traces.events("message.sent") { counts[answer.text("conversation_id") ?? "", default: 0] += 1 }
        #expect(traces.events("message.received").count == traces.events("message.sent").count)
        // Whatever comes first.
        var late = SampleTraces()
        for span in spans.reversed() {
            try late.receive(OTLPTraces([span]))
            try late.settle()
        }
        #expect(late.events("message.sent").count == traces.events("message.sent").count)
        return counts
    }

    private static func doubts(_ spans: [SampleSpan]) throws -> TurnDoubts {
        var traces = SampleTraces()
        try traces.receive(OTLPTraces(spans))
        let settler = TraceSettler(registry: traces.registry, ids: DerivedEventIDs(secret: traces.key))
        return settler.settle(traces.spans.values.first ?? [], derived: []).doubts
    }

    @Test func aLoopWithinAPlainSpanIsATurnEach() throws {
        let spans = Self.trace(
            Self.plain(9), Self.graph(2, in: 1, 0, 2, thread: "loop-1"), Self.graph(5, in: 1, 2, 4, thread: "loop-1"),
            Self.graph(8, in: 1, 5, 9, thread: "loop-2"))
        #expect(try Self.answers(spans) == ["loop-1": 2, "loop-2": 1])
        #expect(try Self.doubts(spans) == TurnDoubts())
    }

    @Test func conversationsOfOneTraceHaveTheirOwnTurns() throws {
        // Also at the same time, and where only a call says the conversation.
        var second = Self.run(4, in: 1, 1, 6)
        second[1].attributes["gen_ai.conversation.id"] = .string("F3")
        let first = Self.run(2, in: 1, 0, 5, conversation: "F2")
        let spans = Self.trace(Self.plain(9), first, second)
        #expect(try Self.answers(spans) == ["F2": 1, "F3": 1])
        // A chain around them that names no conversation is none of theirs.
        var chain = Self.plain(9)
        chain.attributes["openinference.span.kind"] = .string("CHAIN")
        #expect(try Self.answers(Self.trace(chain, first, second)) == ["F2": 1, "F3": 1])
        // One that names its conversation asks others for its own answer.
        chain.attributes["session.id"] = .string("F1")
        #expect(try Self.answers(Self.trace(chain, first, second)) == ["F1": 1])
    }

    /// A run that failed and the one that answered are one turn: from the first start to the last end, as the last one
    /// went, in any order.
    @Test func aTurnOfTwoRunsGoesAsTheLastOneWent() throws {
        let spans = Self.trace(
            Self.plain(9), Self.run(2, in: 1, 0, 3, conversation: "c", failed: true),
            Self.run(4, in: 1, 3, 5, conversation: "c"))
        for order in [Array(spans.indices), spans.indices.reversed()] {
            var traces = SampleTraces()
            for index in order {
                try traces.receive(OTLPTraces([spans[index]]))
                try traces.settle()
            }
            let answers = traces.events("message.sent").filter { $0.text("conversation_id") == "c" }
            #expect(answers.count == 1 && answers.first?.text("status") == "ok")
            #expect(answers.first?.integer("duration_ns") == 5_000_000_000)
        }
    }

    @Test(arguments: ["helper", nil] as [String?]) func aSessionIsNotOneAnswer(_ name: String?) throws {
        let session = Self.plain(50, ["gen_ai.conversation.id": .string("F1")])
        let spans = Self.trace(
            session, Self.run(2, in: 1, 0, 4, name: name), Self.run(4, in: 1, 20, 24, name: name),
            Self.run(6, in: 1, 40, 50, name: name))
        #expect(try Self.answers(spans) == ["F1": 3])
        let longest = try Settling.settled([spans]).events("message.sent").compactMap { $0.integer("duration_ns") }
            .max()
        #expect(longest == 10_000_000_000)
        // Agents of different names are, where a person may have spoken between.
        let pause = Self.trace(
            session, Self.run(2, in: 1, 0, 4, name: "greeter"), Self.run(4, in: 1, 20, 24, name: "booker"))
        #expect(try Self.answers(pause) == ["F1": 2])
        #expect(try Self.doubts(pause) == TurnDoubts())
        let handedOver = Self.trace(
            session, Self.run(2, in: 1, 0, 4, name: "greeter"), Self.run(4, in: 1, 4, 9, name: "booker"))
        #expect(try Self.answers(handedOver) == ["F1": 1])
        #expect(try Self.doubts(handedOver).isJoined)
    }

    @Test func oneRequestIsOneQuestion() throws {
        let request = Self.plain(30, kind: 2, ["http.request.method": .string("POST"), "session.id": .string("c")])
        let (first, second) = (Self.run(2, in: 1, 0, 4), Self.run(4, in: 1, 5, 9))
        let failed = Self.run(2, in: 1, 0, 4, failed: true)
        let again = Self.trace(request, first, second)
        #expect(try Self.answers(again) == ["c": 1])
        #expect(try Self.doubts(again).isJoined)
        let retried = Self.trace(request, failed, second)
        #expect(try Self.answers(retried) == ["c": 1])
        #expect(try !Self.doubts(retried).isJoined)
        // Without a method it may be a WebSocket; an attempt after a failed one is the same question there as well.
        let socket = Self.plain(30, kind: 2, ["session.id": .string("c")])
        #expect(try Self.answers(Self.trace(socket, first, second)) == ["c": 2])
        #expect(try Self.answers(Self.trace(socket, failed, second)) == ["c": 1])
    }

    @Test func whatRunsWithinAnAgentIsItsTurn() throws {
        for root in [
            Settling.agent(1, 30_000, ["session.id": .string("c")]), Self.graph(1, in: nil, 0, 30, thread: "c")[0],
        ] {
            let spans = Self.trace(
                root, Self.run(2, in: 1, 0, 4), Self.run(4, in: 1, 8, 9),
                Self.run(6, in: 1, 12, 14, name: "other", conversation: "x"))
            #expect(try Self.answers(spans) == ["c": 1])
        }
        // At the same time it is one question, too.
        let beside = Self.trace(
            Self.plain(9, ["session.id": .string("c")]), Self.run(2, in: 1, 0, 4), Self.run(4, in: 1, 1, 5))
        #expect(try Self.answers(beside) == ["c": 1])
    }

    @Test func whatOneTurnSaysIsNotWhatTheNextOneSays() throws {
        var first = Self.run(2, in: 1, 0, 4)
        first[1].attributes["plimsoll.answered_from"] = .string("cache")
        let spans = Self.trace(Self.plain(50, ["session.id": .string("c")]), first, Self.run(4, in: 1, 20, 24))
        let answers = try Settling.settled([spans]).events("message.sent").sorted { $0.time < $1.time }
        #expect(answers.map { $0.text("answered_from") } == ["cache", nil])
    }

    /// Pieces that LangChain names after their class tell nothing of questions.
    @Test func piecesWithoutANameAreOneTurnAndSaid() throws {
        let spans = Self.trace(
            Self.plain(9), Self.graph(2, in: 1, 0, 2, name: "RunnableSequence", thread: "c"),
            Self.graph(5, in: 1, 2, 4, name: "RunnableSequence", thread: "c"))
        #expect(try Self.answers(spans) == ["c": 1])
        #expect(try Self.doubts(spans).isJoined)
    }

    /// Stores hold what was told before: a trace of one turn keeps its ids when it grows to two.
    @Test func idsStay() throws {
        let first = Self.trace(Self.plain(50), Self.run(2, in: 1, 0, 4, conversation: "c"))
        var traces = try Settling.settled([first])
        let before = try #require(traces.events("message.sent").first?.text("id"))
        try traces.receive(OTLPTraces(Self.run(4, in: 1, 10, 30, conversation: "c")))
        try traces.settle()
        let ids = traces.events("message.sent").compactMap { $0.text("id") }
        #expect(ids.count == 2 && ids.contains(before))
    }

    @Test func aCallAloneIsATurnWhereItAnswers() throws {
        let named: [String: OTLPValue] = ["gen_ai.conversation.id": .string("c")]
        func call(_ more: [String: OTLPValue]) -> [SampleSpan] {
            [Settling.call(1, parent: nil, 0, 900, named.merging(more) { $1 })]
        }
        #expect(try Self.answers(call([:])) == ["c": 1])
        #expect(try Self.answers(call(["plimsoll.purpose": .string("answer")])) == ["c": 1])
        #expect(try Self.answers(call(["plimsoll.purpose": .string("judge")])).isEmpty)
        #expect(try Self.answers(call(["gen_ai.response.finish_reasons": .array([.string("tool_calls")])])).isEmpty)
        #expect(try Self.answers([Settling.call(1, parent: nil, 0, 900)]).isEmpty)
        // Within a plain span it may be any call.
        let inner = [Self.plain(9), Settling.call(2, parent: 1, 0, 900, named)]
        #expect(try Self.answers(inner).isEmpty)
        #expect(try Self.doubts(inner).isUnanswered)
    }

    @Test func theLastCallTellsTheFirstToken() throws {
        func streamed(_ id: UInt8, _ start: UInt64, _ end: UInt64, _ more: [String: OTLPValue] = [:]) -> SampleSpan {
            Settling.call(
                id, parent: 1, start, end, ["gen_ai.response.time_to_first_chunk": .double(0.25)].merging(more) { $1 })
        }
        func told(_ spans: [SampleSpan]) throws -> Int64? {
            try #require(try Settling.settled([spans]).events("message.sent").first).integer("time_to_first_token_ns")
        }
        let asking = Settling.call(
            2, parent: 1, 10, 400, ["gen_ai.response.finish_reasons": .array([.string("tool_calls")])])
        let root = Settling.agent(1, 2000)
        #expect(try told([root, asking, streamed(3, 1000, 1900)]) == 1_250_000_000)
        let own = Settling.agent(1, 2000, ["gen_ai.response.time_to_first_chunk": .double(1.5)])
        #expect(try told([own, asking, streamed(3, 1000, 1900)]) == 1_500_000_000)
        // Not sure: it asks for tools, is no stream, stands beside another, goes before a tool, or does not say it.
        #expect(
            try told([
                root, streamed(3, 1000, 1900, ["gen_ai.response.finish_reasons": .array([.string("tool_calls")])]),
            ]) == nil)
        #expect(try told([root, streamed(3, 1000, 1900, ["gen_ai.request.stream": .boolean(false)])]) == nil)
        #expect(try told([root, streamed(2, 1000, 1800), streamed(3, 1100, 1900)]) == nil)
        var tool = SampleSpan(name: "execute_tool find", id: 4, parent: 1, start: 1950, end: 1960)
        tool.attributes = ["gen_ai.operation.name": .string("execute_tool")]
        #expect(try told([root, streamed(3, 1000, 1900), tool]) == nil)
        #expect(try told([root, streamed(2, 100, 900), Settling.call(3, parent: 1, 1000, 1900)]) == nil)
    }

    @Test func whatHoldsAroundASpanHoldsForItsCalls() throws {
        let said: [String: OTLPValue] = [
            "gen_ai.agent.version": .string("7"), "deployment.environment.name": .string("live"),
            "cloud.region": .string("eu-1"),
            "gen_ai.prompt.name": .string("p"), "gen_ai.prompt.version": .string("3"), "session.id": .string("c"),
        ]
        for root in [Settling.agent(1, 9000, said), Self.plain(9, said)] {
            let traces = try Settling.settled([Self.trace(root, Self.run(2, in: 1, 0, 4))])
            for type in ["llm.call", "agent.run", "message.sent", "message.received"] {
                let event = try #require(traces.events(type).first, "\(type)")
                #expect(event.text("agent") == "helper" && event.text("agent_version") == "7", "\(type)")
                #expect(event.text("environment") == "live" && event.text("region") == "eu-1", "\(type)")
                #expect(event.text("prompt_name") == "p" && event.text("prompt_version") == "3", "\(type)")
            }
        }
        // A version is that of its agent, and of several agents none is meant.
        let other = try Settling.settled([
            Self.trace(Settling.agent(1, 9000, said), Self.run(2, in: 1, 0, 4, name: "other"))
        ])
        #expect(other.events("llm.call").map { $0.text("agent_version") } == [nil])
        let two = Self.trace(
            Self.plain(9, said), Self.run(2, in: 1, 0, 4, name: "a"), Self.run(4, in: 1, 4, 8, name: "b"))
        #expect(try Settling.settled([two]).events("message.sent").map { $0.text("agent") } == [nil])
        // The mere name of a chain is no agent's.
        let chain = try Settling.settled([Self.graph(1, in: nil, 0, 9, name: "support", thread: "c")])
        #expect(chain.events("message.sent").map { $0.text("agent") } == [nil])
    }

    @Test func theModelAskedForIsReadFromContainers() throws {
        let containers: [(name: String, text: String)] = [
            ("llm.invocation_parameters", #"{"model": "gpt-4o-mini", "stream": true, "user": "my secret"}"#),
            ("metadata", #"{"ls_model_name": "gpt-4o-mini", "ls_provider": "openai"}"#),
            ("traceloop.association.properties.ls_model_name", "gpt-4o-mini"),
            ("langsmith.metadata.ls_model_name", "gpt-4o-mini"),
            ("langsmith.metadata", #"{"ls_model_name": "gpt-4o-mini"}"#),
            ("langfuse.observation.metadata.ls_model_name", "gpt-4o-mini"),
            ("langfuse.observation.model.parameters", #"{"model": "gpt-4o-mini", "stream": "true"}"#),
            ("braintrust.metadata", #"{"model": "gpt-4o-mini"}"#),
        ]
        for (name, text) in containers {
            let span = SampleSpan(
                name: "ChatOpenAI", id: 1, parent: nil, start: 0, end: 9,
                attributes: [
                    "openinference.span.kind": .string("LLM"), "llm.model_name": .string("gpt-4o-mini-2024-07-18"),
                    name: .string(text),
                ])
            let traces = try Settling.settled([[span]])
            let call = try #require(traces.events("llm.call").first, "\(name)")
            #expect(
                call.text("request_model") == "gpt-4o-mini" && call.text("response_model") == "gpt-4o-mini-2024-07-18",
                "\(name)")
            #expect(
                !"\(traces.evidence)".contains("secret") && traces.evidence[0].fields["unknown_attributes"] == nil,
                "\(name)")
            if name.hasPrefix("langfuse.observation.model") { #expect(call.boolean("stream") == true) }
        }
    }

    @Test func namesThatNobodyReadsOfResourcesAndMetadataAreListed() throws {
        let span = Settling.call(
            1, parent: nil, 0, 9,
            [
                "metadata": .string(
                    #"{"thread_id": "c", "plan": "my secret", "ann@corp.com": 7, "ls_temperature": 0.5, "gone": null}"#),
                "langfuse.trace.metadata.shop": .string("my secret"),
            ])
        var request = OTLPTraces([span])
        request.resources[0].attributes += [
            OTLPAttribute("acme.cell", .string("my secret")), OTLPAttribute("acme.rack", .integer(77_001)),
            OTLPAttribute("plimsoll.turn", .string("second")),
            OTLPAttribute("telemetry.sdk.name", .string("opentelemetry")),
        ]
        var traces = SampleTraces()
        try traces.receive(request)
        let row = try #require(traces.evidence.first)
        #expect(
            row.fields["unknown_attributes"]
                == .json(
                    #"{"acme.cell":"string","acme.rack":"int","langfuse.trace.metadata.shop":"string","metadata/*":"int","#
                        + #""metadata/plan":"string","plimsoll.turn":"string"}"#))
        for word in ["secret", "77001", "corp", "second"] { #expect(!"\(row.fields)".contains(word), "\(word)") }
        // The metadata as one, the shop, the cell, the rack and the turn.
        #expect(row.integer("withheld_values") == 5)
    }
}
