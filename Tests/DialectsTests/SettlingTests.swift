import Dialects
import Domain
import Testing
import WireFormats

struct SettlingTests {
    static func call(
        _ id: UInt8, parent: UInt8?, _ start: UInt64, _ end: UInt64, scope: String = "a",
        _ more: [String: OTLPValue] = [:]
    ) -> SampleSpan {
        var attributes: [String: OTLPValue] = [
            "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("openai"),
            "gen_ai.request.model": .string("m-1"),
            "gen_ai.usage.input_tokens": .integer(100), "gen_ai.usage.output_tokens": .integer(20),
        ]
        attributes.merge(more) { $1 }
        return SampleSpan(
            name: "chat m-1", id: id, parent: parent, scope: scope, start: start, end: end, attributes: attributes)
    }

    static func agent(
        _ id: UInt8, parent: UInt8? = nil, name: String? = "helper", _ end: UInt64, _ more: [String: OTLPValue] = [:]
    ) -> SampleSpan {
        var attributes: [String: OTLPValue] = ["gen_ai.operation.name": .string("invoke_agent")]
        if let name { attributes["gen_ai.agent.name"] = .string(name) }
        attributes.merge(more) { $1 }
        return SampleSpan(name: "invoke_agent", id: id, parent: parent, start: 0, end: end, attributes: attributes)
    }

    static func settled(_ requests: [[SampleSpan]]) throws -> SampleTraces {
        var traces = SampleTraces()
        for spans in requests {
            try traces.receive(OTLPTraces(spans))
            try traces.settle()
        }
        return traces
    }

    @Test func aTraceBecomesItsEvents() throws {
        let root = Self.agent(
            1, 900,
            ["gen_ai.conversation.id": .string("c-7"), "user.id": .string("ann"), "plimsoll.channel": .string("web")])
        let call = Self.call(
            2, parent: 1, 100, 400,
            [
                "gen_ai.usage.cache_read.input_tokens": .integer(60),
                "gen_ai.response.time_to_first_chunk": .double(0.25),
                "gen_ai.request.stream": .boolean(true),
                "gen_ai.response.finish_reasons": .array([.string("tool_call")]),
                "gen_ai.response.model": .string("m-1-2026"), "gen_ai.usage.cost": .double(0.00125),
            ])
        var tool = SampleSpan(name: "execute_tool find", id: 3, parent: 1, start: 450, end: 500, failed: true)
        tool.attributes = [
            "gen_ai.operation.name": .string("execute_tool"), "gen_ai.tool.name": .string("find"),
            "error.type": .string("app.Timeout"),
        ]
        let traces = try Self.settled([[root, call, tool]])
        let told = try #require(traces.events("llm.call").first)
        #expect(
            told.text("conversation_id") == "c-7" && told.text("channel") == "web" && told.text("agent") == "helper")
        #expect(told.text("user_id") == traces.token("ann"))
        #expect(told.integer("input_tokens") == 100 && told.integer("cache_read_tokens") == 60)
        #expect(told.integer("time_to_first_token_ns") == 250_000_000)
        #expect(
            told.boolean("stream") == true && told.text("finish_reason") == "tool_calls"
                && told.text("response_model") == "m-1-2026")
        #expect(told.integer("duration_ns") == 300_000_000 && told.integer("reported_cost_usd") == 1_250_000_000)
        let use = try #require(traces.events("tool.call").first)
        #expect(use.text("tool") == "find" && use.text("status") == "error" && use.text("error_type") == "Timeout")
        let answer = try #require(traces.events("message.sent").first)
        #expect(
            answer.integer("duration_ns") == 900_000_000 && answer.text("author") == "agent"
                && answer.text("status") == "ok")
        let question = try #require(traces.events("message.received").first)
        #expect(question.time == answer.time - 900_000_000 && question.text("conversation_id") == "c-7")
        #expect(traces.events("agent.run").count == 1 && traces.events("usage.reported").isEmpty)
        #expect(Set(traces.events().compactMap { $0.text("id") }).count == 5)
    }

    /// White space names nothing, and is no user of whom there is a token.
    @Test func aNameThatIsWhiteSpaceIsNone() throws {
        let root = Self.agent(
            1, 900,
            [
                "gen_ai.conversation.id": .string(" \u{3000}"), "user.id": .string("\t"),
                "plimsoll.channel": .string(" "), "plimsoll.tenant": .string(" "),
            ])
        let traces = try Self.settled([[root, Self.call(2, parent: 1, 100, 400)]])
        for type in ["llm.call", "message.received", "message.sent"] {
            let event = try #require(traces.events(type).first)
            for name in ["conversation_id", "user_id", "channel"] {
                #expect(event.text(name) == nil, "\(name) of \(type)")
            }
            #expect(event.text("tenant") == "default")
        }
    }

    @Test func nestedAndSiblingSpansAreOneCall() throws {
        // A wrapper around a call, two instrumentations side by side, and the same response told elsewhere: three calls
        // in six spans.
        let spans = [
            Self.agent(1, 900), Self.call(2, parent: 1, 100, 300),
            Self.call(3, parent: 2, 120, 280, ["gen_ai.usage.input_tokens": .integer(101)]),
            Self.call(4, parent: 1, 400, 500, scope: "a"), Self.call(5, parent: 1, 410, 490, scope: "b"),
            Self.call(6, parent: 1, 600, 650, ["gen_ai.response.id": .string("r")]),
            Self.call(7, parent: 1, 700, 750, ["gen_ai.response.id": .string("r")]),
        ]
        let traces = try Self.settled([spans])
        #expect(traces.events("llm.call").count == 3)
        #expect(traces.events("llm.call").compactMap { $0.integer("input_tokens") }.sorted() == [100, 100, 101])
        // One scope that calls twice at once made two calls.
        let twice = try Self.settled([
            [Self.agent(1, 900), Self.call(4, parent: 1, 400, 500), Self.call(5, parent: 1, 410, 490)]
        ])
        #expect(twice.events("llm.call").count == 2)
    }

    @Test func rollUpsAreNeverAdded() throws {
        let root = Self.agent(
            1, 900, ["gen_ai.usage.input_tokens": .integer(200), "gen_ai.usage.output_tokens": .integer(40)])
        let traces = try Self.settled([[root, Self.call(2, parent: 1, 1, 2), Self.call(3, parent: 1, 5, 6)]])
        #expect(traces.events("llm.call").compactMap { $0.integer("input_tokens") } == [100, 100])
        let reported = traces.events("usage.reported")
        #expect(
            reported.count == 1 && reported[0].integer("input_tokens") == 200 && reported[0].text("scope") == "agent")
    }

    @Test func aLateParentCompletesWhatWasTold() throws {
        let children = [Self.call(2, parent: 1, 100, 300), Self.call(3, parent: 1, 400, 500)]
        var traces = try Self.settled([children])
        #expect(traces.events("llm.call").count == 2 && traces.events("message.sent").isEmpty)
        #expect(traces.events("llm.call").allSatisfy { $0.text("conversation_id") == nil })
        try traces.receive(OTLPTraces([Self.agent(1, 900, ["gen_ai.conversation.id": .string("late")])]))
        #expect(try traces.settle() == (3, 2))
        #expect(traces.events("llm.call").count == 2 && traces.events("message.sent").count == 1)
        #expect(traces.events("llm.call").allSatisfy { $0.text("conversation_id") == "late" })
        try traces.receive(OTLPTraces(children))
        #expect(try traces.settle() == (0, 0))
    }

    @Test func aLateWrapperRepeatsNothing() throws {
        var traces = try Self.settled([[Self.agent(1, 900), Self.call(3, parent: 2, 120, 280)]])
        #expect(traces.events("llm.call").count == 1)
        try traces.receive(OTLPTraces([Self.call(2, parent: 1, 100, 300)]))
        try traces.settle()
        #expect(traces.events("llm.call").count == 1)
        // Around two it sums them up, whenever it comes.
        var apart = try Self.settled([
            [Self.agent(1, 900), Self.call(3, parent: 2, 120, 180), Self.call(4, parent: 2, 200, 280)]
        ])
        #expect(apart.events("llm.call").count == 2)
        try apart.receive(OTLPTraces([Self.call(2, parent: 1, 100, 300)]))
        try apart.settle()
        #expect(apart.events("llm.call").count == 2)
        #expect(apart.events("usage.reported").compactMap { $0.integer("input_tokens") } == [100])
        // What was told as a call and turns out to sum up others becomes a check figure.
        var before = try Self.settled([[Self.agent(1, 900), Self.call(2, parent: 1, 100, 300)]])
        try before.receive(OTLPTraces([Self.call(3, parent: 2, 120, 180), Self.call(4, parent: 2, 200, 280)]))
        try before.settle()
        #expect(before.events("llm.call").count == 2)
        #expect(before.events("usage.reported").map { $0.text("scope") } == ["span"])
    }

    /// Calls told before what they sum up is known: the rows are those of all spans at once, but for ids, and what
    /// settles again stays.
    @Test(arguments: 0..<16) func twoPortionsMakeTheRowsOfOne(_ late: Int) throws {
        let inner = [Self.call(4, parent: 3, 120, 180), Self.call(5, parent: 3, 200, 280)]
        let wrapped = [Self.call(3, parent: 1, 100, 300)] + inner + [Self.call(6, parent: 1, 400, 500)]
        func rows(_ traces: SampleTraces) -> Set<Derived> {
            Set(
                traces.events().map {
                    var row = $0
                    row.fields["id"] = nil
                    return row
                })
        }
        let wanted = try Self.settled([[Self.agent(1, 900)] + wrapped])
        let first = wrapped.indices.filter { late >> $0 & 1 == 0 }.map { wrapped[$0] }
        let rest = wrapped.indices.filter { late >> $0 & 1 == 1 }.map { wrapped[$0] }
        var found = try Self.settled([[Self.agent(1, 900)] + first])
        try found.receive(OTLPTraces(rest))
        try found.settle()
        #expect(wanted.events("usage.reported").count == 1 && wanted.events("llm.call").count == 3)
        #expect(found.events().count == wanted.events().count)
        #expect(rows(found) == rows(wanted))
        #expect(Set(found.events().map { $0.text("id") }).count == found.events().count)
        #expect(try found.settle() == (0, 0))
    }

    @Test func conversationsAreInheritedAndNeverInvented() throws {
        let response = ["gen_ai.response.id": OTLPValue.string("x1"), "gen_ai.conversation.id": OTLPValue.string("x1")]
        let other = ["gen_ai.conversation.id": OTLPValue.string("resp_9")]
        let traces = try Self.settled([
            [Self.agent(1, 900), Self.call(2, parent: 1, 1, 2, response), Self.call(3, parent: 1, 3, 4, other)]
        ])
        #expect(traces.events().allSatisfy { $0.text("conversation_id") == nil })
        let two = try Self.settled([
            [
                Self.agent(1, 900), Self.call(2, parent: 1, 1, 2, ["session.id": .string("s1")]),
                Self.call(3, parent: 1, 3, 4, ["session.id": .string("s2")]), Self.call(4, parent: 1, 5, 6),
            ]
        ])
        #expect(two.events("llm.call").compactMap { $0.text("conversation_id") }.sorted() == ["s1", "s2"])
        let both = ["session.id": OTLPValue.string("[Scrubbed due to 'session']"), "group_id": .string("g")]
        let scrubbed = try Self.settled([[Self.agent(1, 900, both)]])
        #expect(scrubbed.events("message.sent").first?.text("conversation_id") == "g")
    }

    @Test func wrappersOfAgentsAreNoRuns() throws {
        let traces = try Self.settled([
            [
                Self.agent(1, name: nil, 900), Self.agent(2, parent: 1, 800), Self.agent(3, parent: 2, 700),
                Self.agent(4, parent: 3, name: "other", 600),
            ]
        ])
        #expect(traces.events("agent.run").compactMap { $0.text("agent") }.sorted() == ["helper", "other"])
        #expect(traces.events("message.sent").count == 1)
    }

    @Test func aServerSpanAroundAnAgentLeavesOneAnswer() throws {
        let server = SampleSpan(name: "POST /chat", id: 9, parent: 8, start: 0, end: 1000, kind: 2)
        let traces = try Self.settled([[server, Self.agent(1, parent: 9, 900), Self.call(2, parent: 1, 1, 2)]])
        #expect(traces.events("message.sent").count == 1)
        // What nobody saw begin has no answer.
        #expect(try Self.settled([[Self.agent(1, parent: 9, 900)]]).events("message.sent").isEmpty)
    }

    @Test func failedCallsWithZeroCountsAreNotCounted() throws {
        var failed = Self.call(
            2, parent: 1, 1, 2, ["gen_ai.usage.input_tokens": .integer(0), "gen_ai.usage.output_tokens": .integer(0)])
        failed.failed = true
        let told = try #require(try Self.settled([[Self.agent(1, 900), failed]]).events("llm.call").first)
        #expect(told.integer("input_tokens") == nil && told.text("status") == "error")
    }

    @Test func cyclesAndStrangersAreSurvived() throws {
        let one = Self.agent(1, parent: 2, 900)
        let two = Self.agent(2, parent: 1, name: "x", 900)
        let own = Self.call(3, parent: 3, 1, 2)
        #expect(try Self.settled([[one, two, own]]).events("llm.call").count == 1)
    }

    /// Any order, any cut, any pauses: the same events in the end.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func orderAndPausesDoNotShow(_ seed: UInt64) throws {
        var spans = [
            Self.agent(1, 900, ["gen_ai.conversation.id": .string("c"), "gen_ai.usage.input_tokens": .integer(300)]),
            Self.agent(2, parent: 1, 850),
            Self.call(3, parent: 2, 10, 100), Self.call(4, parent: 3, 20, 90),
            Self.call(5, parent: 2, 200, 300, scope: "a"),
            Self.call(6, parent: 2, 210, 290, scope: "b"), Self.call(7, parent: 2, 400, 500),
        ]
        let wanted = try Self.settled([spans])
        var state = seed
        for index in spans.indices.reversed() {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            spans.swapAt(index, Int(state >> 33) % (index + 1))
        }
        let found = try Self.settled(spans.map { [$0] })
        for type in ["llm.call", "agent.run", "message.sent", "message.received"] {
            let (left, right) = (found.events(type), wanted.events(type))
            #expect(left.count == right.count, "\(type), seed \(seed)")
            #expect(
                left.compactMap { $0.integer("input_tokens") }.sorted()
                    == right.compactMap { $0.integer("input_tokens") }.sorted())
            #expect(left.allSatisfy { $0.text("conversation_id") == "c" })
        }
    }
}
