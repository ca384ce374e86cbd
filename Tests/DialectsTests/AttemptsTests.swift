import Bytes
import Dialects
import Domain
import Testing
import WireFormats

/// One call, several spans: which of them are one call, and which only sum up others.
struct AttemptsTests {
    private typealias Settling = SettlingTests

    private static func response(_ id: String, _ input: Int64 = 1000, _ output: Int64 = 100) -> [String: OTLPValue] {
        [
            "gen_ai.response.id": .string(id), "gen_ai.usage.input_tokens": .integer(input),
            "gen_ai.usage.output_tokens": .integer(output),
        ]
    }

    private static func sums(_ traces: SampleTraces) -> [Int64] {
        let calls = traces.events("llm.call")
        return [Int64(calls.count)]
            + ["input_tokens", "output_tokens"].map { name in calls.compactMap { $0.integer(name) }.reduce(0, +) }
    }

    @Test func aSpanAroundTwoAttemptsSumsThemUp() throws {
        let attempts = [
            Settling.call(2, parent: 1, 100, 2100, Self.response("r-1", 1000, 400)),
            Settling.call(
                3, parent: 1, 2200, 3200,
                Self.response("r-2")),
        ]
        // It repeats the last attempt, or both, or says nothing.
        for outer in [Self.response("r-2"), Self.response("r-2", 2000, 500), Self.response("r-9", 2000, 500), [:]] {
            var wrapper = Settling.call(1, parent: nil, 0, 5000, outer)
            if outer.isEmpty {
                wrapper.attributes["gen_ai.usage.input_tokens"] = nil
                wrapper.attributes["gen_ai.usage.output_tokens"] = nil
            }
            let traces = try Settling.settled([[wrapper] + attempts])
            #expect(Self.sums(traces) == [2, 2000, 500])
            #expect(traces.events("usage.reported").count == 1)
            // Whatever comes first.
            let late = try Settling.settled([[attempts[1]], [wrapper], [attempts[0]]])
            #expect(Self.sums(late) == [2, 2000, 500])
        }
    }

    @Test func wrappersOfWrappersAndFailedAttempts() throws {
        var failed = Settling.call(4, parent: 3, 20, 30)
        failed.failed = true
        failed.attributes["gen_ai.usage.input_tokens"] = nil
        failed.attributes["gen_ai.usage.output_tokens"] = nil
        let nested = [
            Settling.call(1, parent: nil, 0, 900), Settling.call(2, parent: 1, 5, 800),
            Settling.call(3, parent: 2, 10, 700), failed,
            Settling.call(5, parent: 3, 40, 50), Settling.call(6, parent: 5, 41, 49),
        ]
        let traces = try Settling.settled([nested])
        #expect(traces.events("llm.call").count == 2)
        #expect(traces.events("llm.call").compactMap { $0.integer("input_tokens") } == [100])
        #expect(traces.events("usage.reported").count == 3)
    }

    /// Attempts that do not tell what they used, in a call that does: it was the one that went well.
    @Test func attemptsWithoutUsageHaveThatOfTheCallAroundThem() throws {
        func attempt(_ id: UInt8, _ start: UInt64, failed: Bool) -> SampleSpan {
            var span = Settling.call(id, parent: 1, start, start + 50, scope: "b")
            span.attributes["gen_ai.usage.input_tokens"] = nil
            span.attributes["gen_ai.usage.output_tokens"] = nil
            span.failed = failed
            return span
        }
        let outer = Settling.call(1, parent: nil, 0, 900, scope: "a", Self.response("r-1", 1000, 100))
        let traces = try Settling.settled([[outer, attempt(2, 10, failed: true), attempt(3, 100, failed: false)]])
        #expect(Self.sums(traces) == [2, 1000, 100])
        // Which of two it belongs to, nobody knows.
        let both = try Settling.settled([[outer, attempt(2, 10, failed: false), attempt(3, 100, failed: false)]])
        #expect(Self.sums(both) == [2, 0, 0] && both.events("usage.reported").count == 1)
    }

    @Test func twoWrappersOfOneStreamNeedNotEndInTheirOrder() throws {
        let agent = Settling.agent(1, 2000)
        let one = Settling.call(2, parent: 1, 0, 1000, scope: "a")
        #expect(
            Self.sums(try Settling.settled([[agent, one, Settling.call(3, parent: 1, 5, 1001, scope: "b")]])) == [
                1, 100, 20,
            ])
        #expect(
            Self.sums(try Settling.settled([[agent, one, Settling.call(3, parent: 1, 500, 1500, scope: "b")]])) == [
                2, 200, 40,
            ])
    }

    @Test func siblingsOfAnotherScopeAroundSeveralSumThemUp() throws {
        let attempts = [
            Settling.call(2, parent: 1, 10, 100, scope: "b", Self.response("r-1", 1000, 400)),
            Settling.call(3, parent: 1, 110, 200, scope: "b", Self.response("r-2")),
        ]
        let outer = Settling.call(4, parent: 1, 5, 210, scope: "a", Self.response("r-2", 2000, 500))
        #expect(Self.sums(try Settling.settled([[Settling.agent(1, 900), outer] + attempts])) == [2, 2000, 500])
        // Two calls at the same time, each told by both instrumentations, are two.
        let parallel = [
            Settling.call(2, parent: 1, 10, 100, scope: "a"), Settling.call(3, parent: 1, 11, 101, scope: "a"),
            Settling.call(4, parent: 1, 12, 99, scope: "b"), Settling.call(5, parent: 1, 13, 98, scope: "b"),
        ]
        #expect(Self.sums(try Settling.settled([[Settling.agent(1, 900)] + parallel])) == [2, 200, 40])
    }

    @Test func whatAToolAsksIsNotTheCallAroundIt() throws {
        var tool = SampleSpan(name: "execute_tool ask", id: 3, parent: 2, start: 20, end: 80)
        tool.attributes = ["gen_ai.operation.name": .string("execute_tool"), "gen_ai.tool.name": .string("ask")]
        let traces = try Settling.settled([
            [
                Settling.agent(1, 900), Settling.call(2, parent: 1, 10, 100), tool, Settling.call(4, parent: 3, 30, 70),
            ]
        ])
        #expect(traces.events("llm.call").count == 2 && traces.events("tool.call").count == 1)
    }

    /// A trace as large as may be, as a chain and as a fan.
    @Test(.timeLimit(.minutes(2)), arguments: [true, false]) func largeTracesAreSettledWhole(_ isChain: Bool) throws {
        var records: [SpanRecord] = []
        for index in 0..<4_000 {
            var record = SpanRecord()
            record.traceID = "t"
            record.spanID = "s\(index)"
            record.parentSpanID = index == 0 ? "" : isChain ? "s\(index - 1)" : "s0"
            record.scope = index % 2 == 0 ? "a" : "b"
            (record.start, record.end) = (1_795_357_520_000_000_000, 1_795_357_521_000_000_000)
            let operation = index == 0 ? "invoke_agent" : "chat"
            record.attributes = ["gen_ai.operation.name": .text(operation), "gen_ai.usage.input_tokens": .integer(1)]
            records.append(record)
        }
        let settler = TraceSettler(registry: .builtIn, ids: DerivedEventIDs(secret: Array("secret".utf8)))
        let events = settler.settle(records, derived: [], readings: EmitterReadings()).events
        let calls = events.count { $0.type == SchemaRegistry.builtIn.wellKnownTypes.llmCall }
        #expect(calls == (isChain ? 1 : 2_000))
    }
}
