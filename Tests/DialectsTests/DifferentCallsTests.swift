import Dialects
import Domain
import Testing
import WireFormats

/// Calls that are near each other and not the same.
struct DifferentCallsTests {
    private static func call(
        _ id: UInt8, parent: UInt8?, _ start: UInt64, _ end: UInt64, scope: String = "a", provider: String = "openai",
        _ model: String,
        _ input: Int64?, _ output: Int64?, response: String? = nil, tenant: String? = nil
    ) -> SampleSpan {
        var span = SampleSpan(name: "chat", id: id, parent: parent, scope: scope, start: start, end: end)
        span.attributes = [
            "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string(provider),
            "gen_ai.request.model": .string(model),
        ]
        if let input { span.attributes["gen_ai.usage.input_tokens"] = .integer(input) }
        if let output { span.attributes["gen_ai.usage.output_tokens"] = .integer(output) }
        if let response { span.attributes["gen_ai.response.id"] = .string(response) }
        if let tenant { span.attributes["plimsoll.tenant"] = .string(tenant) }
        return span
    }

    /// Each call as model, input, output; whatever span comes first.
    private static func calls(_ spans: [SampleSpan], _ place: SourceLocation = #_sourceLocation) throws -> [String] {
        func told(_ traces: SampleTraces) -> [String] {
            traces.events("llm.call").map { event in
                let counts = ["input_tokens", "output_tokens"].map { event.integer($0).map { "\($0)" } ?? "?" }
                return "\(event.text("request_model") ?? "?") \(counts.joined(separator: "/"))"
            }.sorted()
        }
        let wanted = told(try SettlingTests.settled([spans]))
        #expect(told(try SettlingTests.settled(spans.reversed().map { [$0] })) == wanted, sourceLocation: place)
        return wanted
    }

    private static let agent = SettlingTests.agent(1, 9000)

    @Test(arguments: [nil, "r-1"] as [String?]) func parallelCallsOfTwoProvidersAreTwo(_ response: String?) throws {
        let spans = [
            Self.agent,
            Self.call(2, parent: 1, 100, 1500, scope: "openinference.instrumentation.openai", "gpt-4o", 1000, 500),
            Self.call(
                3, parent: 1, 200, 1200, scope: "openinference.instrumentation.anthropic", provider: "anthropic",
                "claude-sonnet-4-5", 1000,
                400, response: response),
        ]
        #expect(try Self.calls(spans) == ["claude-sonnet-4-5 1000/400", "gpt-4o 1000/500"])
    }

    @Test func parallelCallsOfOneModelAndOtherUsageAreTwo() throws {
        let spans = [
            Self.agent, Self.call(2, parent: 1, 100, 1500, scope: "a", "gpt-4o", 1000, 500),
            Self.call(3, parent: 1, 200, 1200, scope: "b", "gpt-4o", 3000, 500),
        ]
        #expect(try Self.calls(spans).count == 2)
    }

    @Test func whatRanMeanwhileIsNotSummedUp() throws {
        let spans = [
            Self.agent,
            Self.call(
                2, parent: 1, 0, 5000, scope: "b", provider: "anthropic", "claude-sonnet-4-5", 1000, 1000,
                response: "msg_1"),
            Self.call(3, parent: 1, 100, 1000, "gpt-4o-mini", 1000, 500, response: "c1"),
            Self.call(4, parent: 1, 1100, 2000, "gpt-4o-mini", 2000, 500, response: "c2"),
        ]
        #expect(
            try Self.calls(spans) == ["claude-sonnet-4-5 1000/1000", "gpt-4o-mini 1000/500", "gpt-4o-mini 2000/500"])
    }

    @Test func aCallInAnotherThatItCannotBeIsItsOwn() throws {
        let claude = Self.call(
            2, parent: 1, 20, 80, scope: "b", provider: "anthropic", "claude-sonnet-4-5", 3000, 400, response: "r2")
        let around = Self.call(1, parent: nil, 0, 100, "gpt-4o", 1000, 500, response: "r1")
        #expect(try Self.calls([around, claude]) == ["claude-sonnet-4-5 3000/400", "gpt-4o 1000/500"])
        let gateway = Self.call(1, parent: nil, 0, 100, scope: "litellm", provider: "litellm", "gpt-4o", 1000, 500)
        let judge = Self.call(2, parent: 1, 20, 50, "gpt-4o-mini", 300, 5)
        #expect(try Self.calls([gateway, judge]) == ["gpt-4o 1000/500", "gpt-4o-mini 300/5"])
        let other = Self.call(3, parent: 1, 60, 90, "gpt-4o-mini", 600, 5)
        #expect(
            try Self.calls([gateway, judge, other]) == ["gpt-4o 1000/500", "gpt-4o-mini 300/5", "gpt-4o-mini 600/5"])
        // A wrapper around a call with a judge in it is that call, not a third.
        let wrapped = [
            Self.call(1, parent: nil, 0, 100, "gpt-4o", 1000, 500),
            Self.call(2, parent: 1, 5, 95, scope: "b", "gpt-4o", 1000, 500),
            Self.call(3, parent: 2, 20, 50, "gpt-4o-mini", 300, 5),
        ]
        #expect(try Self.calls(wrapped) == ["gpt-4o 1000/500", "gpt-4o-mini 300/5"])
    }

    @Test func whatIsWrittenOtherwiseIsOneCall() throws {
        // By a gateway, with a path, dated, with an id of its own making, and with cached tokens beside or inside.
        let gateway = Self.call(
            1, parent: nil, 0, 100, scope: "litellm", provider: "litellm", "anthropic/claude-3-5-sonnet", 1000, 500,
            response: "chatcmpl-77")
        let own = Self.call(
            2, parent: 1, 5, 95, scope: "b", provider: "anthropic", "claude-3-5-sonnet-20241022", 1000, 500,
            response: "msg_77")
        #expect(try Self.calls([gateway, own]).count == 1)
        var beside = Self.call(2, parent: 1, 5, 95, scope: "b", provider: "anthropic", "claude-3-5-sonnet", 100, 500)
        beside.attributes["gen_ai.usage.cache_read.input_tokens"] = .integer(900)
        let inside = Self.call(1, parent: nil, 0, 100, provider: "anthropic", "claude-3-5-sonnet", 1000, 500)
        #expect(try Self.calls([inside, beside]).count == 1)
        // OpenAI's client asks another provider; a name that only the gateway knows; one that says nothing but that it
        // asked.
        let client = Self.call(1, parent: nil, 0, 100, "deepseek-chat", 1000, 500)
        #expect(
            try Self.calls([client, Self.call(2, parent: 1, 5, 95, provider: "deepseek", "deepseek-chat", 1000, 500)])
                .count == 1)
        let alias = Self.call(1, parent: nil, 0, 100, provider: "litellm", "smart", 1000, 500)
        let answer = Self.call(2, parent: 1, 5, 95, scope: "b", "gpt-4o", 1000, 500)
        #expect(try Self.calls([alias, answer]).count == 1)
        let silent = Self.call(1, parent: nil, 0, 100, provider: "litellm", "smart", nil, nil)
        #expect(try Self.calls([silent, answer]) == ["gpt-4o 1000/500"])
        let answered = Self.call(1, parent: nil, 0, 100, "gpt-4o-mini", nil, nil, response: "r-1")
        #expect(try Self.calls([answered, answer]) == ["gpt-4o 1000/500", "gpt-4o-mini ?/?"])
    }

    /// A total beside counts of somebody who counts otherwise contradicts nobody; one beside its own does.
    @Test func aTotalIsComparedWithItsOwnCounts() throws {
        var outer = Self.call(1, parent: nil, 0, 100, "gpt-4o", 1000, 100)
        outer.attributes["gen_ai.usage.total_tokens"] = .integer(1100)
        let inner = Self.call(2, parent: 1, 5, 95, scope: "b", "gpt-4o", 1001, 100)
        let told = try SettlingTests.settled([[outer, inner]]).events("llm.call")
        #expect(
            told.count == 1 && told.first?.integer("input_tokens") == 1001 && told.first?.integer("total_tokens") == nil
        )
        outer.attributes["gen_ai.usage.total_tokens"] = .integer(50)
        #expect(try SettlingTests.settled([[outer]]).events("llm.call").first?.integer("total_tokens") == 50)
    }

    /// Ollama draws ids from 999: two answers may have the same one.
    @Test func anIdThatIsDrawnAgainIsNoRepetition() throws {
        let spans = [
            Self.agent, Self.call(2, parent: 1, 100, 1000, "llama3", 1000, 500, response: "chatcmpl-373"),
            Self.call(3, parent: 1, 2000, 3000, "llama3", 3000, 100, response: "chatcmpl-373"),
        ]
        #expect(try Self.calls(spans) == ["llama3 1000/500", "llama3 3000/100"])
        var silent = spans[2]
        silent.attributes["gen_ai.usage.input_tokens"] = nil
        silent.attributes["gen_ai.usage.output_tokens"] = nil
        #expect(try Self.calls([spans[0], spans[1], silent]).count == 2)
    }

    @Test func callsOfTwoTenantsAreTwo() throws {
        let spans = [
            Self.call(1, parent: nil, 0, 6000, scope: "gw", "gpt-4o", 1000, 10, tenant: "acme"),
            Self.call(2, parent: 1, 100, 5000, scope: "in", "gpt-4o", 1000, 10, tenant: "beta"),
        ]
        #expect(try Self.calls(spans).count == 2)
    }

    private static func embedding(
        _ id: UInt8, parent: UInt8?, _ start: UInt64, _ end: UInt64, scope: String = "a", _ tokens: Int64?
    )
        -> SampleSpan
    {
        var span = call(id, parent: parent, start, end, scope: scope, "text-embedding-3-small", tokens, nil)
        span.attributes["gen_ai.operation.name"] = .string("embeddings")
        return span
    }

    @Test func embeddingsAreToldApartLikeCalls() throws {
        let batches = [
            Self.embedding(1, parent: nil, 0, 1000, nil), Self.embedding(2, parent: 1, 10, 100, 500),
            Self.embedding(3, parent: 1, 110, 200, 500), Self.embedding(4, parent: 1, 210, 300, 500),
        ]
        func inputs(_ spans: [SampleSpan]) throws -> [Int64] {
            try SettlingTests.settled([spans]).events("embedding.call").compactMap { $0.integer("input_tokens") }
        }
        #expect(try inputs(batches) == [500, 500, 500])
        #expect(try SettlingTests.settled([batches]).events("embedding.call").count == 3)
        var summing = batches
        summing[0].attributes["gen_ai.usage.input_tokens"] = .integer(1500)
        #expect(try inputs(summing) == [500, 500, 500])
        let twice = [
            Self.agent, Self.embedding(2, parent: 1, 10, 100, scope: "a", 500),
            Self.embedding(3, parent: 1, 12, 98, scope: "b", 500),
        ]
        #expect(try inputs(twice) == [500])
        #expect(
            try inputs([Self.embedding(1, parent: nil, 0, 100, 500), Self.embedding(2, parent: 1, 10, 90, 500)]) == [
                500
            ])
    }

    /// A span that was sent while it ran and again when it had ended.
    @Test(arguments: [[0, 1], [1, 0]]) func theLaterEndOfASpanCounts(_ order: [Int]) throws {
        let versions = [
            Self.call(1, parent: nil, 0, 500, "gpt-4o", nil, nil),
            Self.call(1, parent: nil, 0, 1000, "gpt-4o", 1000, 100),
        ]
        let traces = try SettlingTests.settled(order.map { [versions[$0]] })
        let told = traces.events("llm.call")
        #expect(
            told.count == 1 && told.first?.integer("input_tokens") == 1000
                && told.first?.integer("duration_ns") == 1_000_000_000)
    }
}
