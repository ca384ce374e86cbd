import Dialects
import Domain
import Testing
import WireFormats

/// Spans that name no operation, and tell a model and what it used: each a call, unless another span tells that call.
struct CallsWithoutOperationTests {
    private static let operation = "gen_ai.operation.name"

    /// 100 tokens in and 20 out, unless it says otherwise.
    private static func unnamed(
        _ id: UInt8, parent: UInt8?, _ start: UInt64, _ end: UInt64, _ more: [String: OTLPValue] = [:]
    ) -> SampleSpan {
        var span = SettlingTests.call(id, parent: parent, start, end, more)
        if more[operation] == nil { span.attributes[operation] = nil }
        return span
    }

    private static func usage(_ input: Int64, _ output: Int64) -> [String: OTLPValue] {
        ["gen_ai.usage.input_tokens": .integer(input), "gen_ai.usage.output_tokens": .integer(output)]
    }

    /// Input tokens of each call, whatever span comes first.
    private static func calls(_ spans: [SampleSpan], _ place: SourceLocation = #_sourceLocation) throws -> [Int64] {
        func told(_ requests: [[SampleSpan]]) throws -> [Int64] {
            try SettlingTests.settled(requests).events("llm.call").compactMap { $0.integer("input_tokens") }.sorted()
        }
        let wanted = try told([spans])
        #expect(try told(spans.map { [$0] }) == wanted, sourceLocation: place)
        #expect(try told(spans.reversed().map { [$0] }) == wanted, sourceLocation: place)
        return wanted
    }

    @Test func oneThatTellsModelAndUsageIsACall() throws {
        let span = Self.unnamed(1, parent: nil, 0, 900, ["gen_ai.conversation.id": .string("c-1")])
        let traces = try SettlingTests.settled([[span]])
        let call = try #require(traces.events("llm.call").first)
        #expect(call.integer("input_tokens") == 100 && call.integer("output_tokens") == 20)
        #expect(call.text("request_model") == "m-1" && call.text("operation") == nil)
        #expect(traces.events("message.sent").count == 1 && traces.events("usage.reported").isEmpty)
        #expect(traces.evidence.map { $0.text("span_class") } == ["other"])
        var answered = span
        answered.attributes["gen_ai.request.model"] = nil
        answered.attributes["gen_ai.response.model"] = .string("m-1-2026")
        #expect(try Self.calls([answered]) == [100])
        #expect(try Self.calls([SettlingTests.agent(9, 900), Self.unnamed(1, parent: 9, 0, 100)]) == [100])
    }

    @Test func oneThatLacksSomethingOrNamesAKindIsNone() throws {
        let more: [[String: OTLPValue]] = [
            ["gen_ai.request.model": .string("")], Self.usage(0, 0), [Self.operation: .string("think_hard")],
            ["openinference.span.kind": .string("CHAIN")], ["sentry.op": .string("ui.load")],
        ]
        for said in more { #expect(try Self.calls([Self.unnamed(1, parent: nil, 0, 900, said)]) == [], "\(said)") }
    }

    @Test func aroundACallItRepeatsThatCall() throws {
        let wrapper = Self.unnamed(1, parent: nil, 0, 900)
        let inner = SampleSpan(name: "step", id: 2, parent: 1, start: 10, end: 800)
        let named = SettlingTests.call(3, parent: 2, 100, 300)
        #expect(try Self.calls([wrapper, inner, named]) == [100])
        // Whatever it adds up: those that say what they are count.
        let sum = Self.unnamed(1, parent: nil, 0, 900, Self.usage(1000, 500))
        #expect(try Self.calls([sum, inner, named]) == [100])
        // A call that a tool makes is not that of the model which asked for the tool.
        var tool = inner
        tool.attributes = [Self.operation: .string("execute_tool"), "gen_ai.tool.name": .string("find")]
        #expect(try Self.calls([sum, tool, named]) == [100, 1000])
    }

    @Test func ofNestedOnesEachCallCountsOnce() throws {
        let outer = Self.unnamed(1, parent: nil, 0, 900)
        let (first, second) = (Self.unnamed(2, parent: 1, 100, 300), Self.unnamed(3, parent: 1, 400, 500))
        #expect(try Self.calls([outer, first]) == [100])
        let sum = Self.unnamed(1, parent: nil, 0, 900, Self.usage(200, 40))
        #expect(try Self.calls([sum, first, second]) == [100, 100])
        let other = Self.unnamed(1, parent: nil, 0, 900, Self.usage(1000, 500))
        #expect(try Self.calls([other, first]) == [100, 1000])
    }

    @Test func withinANamedOneItCompletesOrRepeatsIt() throws {
        let inner = Self.unnamed(2, parent: 1, 100, 300)
        #expect(try Self.calls([SettlingTests.call(1, parent: nil, 0, 900), inner]) == [100])
        var silent = SettlingTests.call(1, parent: nil, 0, 900)
        for name in Self.usage(0, 0).keys.sorted() { silent.attributes[name] = nil }
        #expect(try Self.calls([silent, inner]) == [100])
        let embedding = SettlingTests.call(1, parent: nil, 0, 900, [Self.operation: .string("embeddings")])
        #expect(try Self.calls([embedding, inner]) == [])
    }

    /// What was taken for a call is a check figure once the call itself has come.
    @Test func aNamedOneThatComesLateReplacesIt() throws {
        var traces = try SettlingTests.settled([[Self.unnamed(1, parent: nil, 0, 900)]])
        #expect(traces.events("llm.call").count == 1)
        try traces.receive(OTLPTraces([SettlingTests.call(2, parent: 1, 100, 300)]))
        try traces.settle()
        #expect(traces.events("llm.call").map { $0.text("operation") } == ["chat"])
        let figures = traces.events("usage.reported").filter { $0.text("scope") == "span" }
        #expect(figures.compactMap { $0.integer("input_tokens") } == [100])
        #expect(try traces.settle() == (0, 0))
    }
}
