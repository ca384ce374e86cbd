import Dialects
import Domain
import Testing
import WireFormats

/// Whose the events of a trace are where only some of its spans say it.
struct TenantTests {
    private static let acme: [String: OTLPValue] = ["plimsoll.tenant": .string("acme")]
    private static let usage: [String: OTLPValue] = [
        "gen_ai.conversation.id": .string("c-1"), "plimsoll.outcome": .string("resolved"),
        "gen_ai.usage.input_tokens": .integer(100),
    ]

    @Test func whatTheOutermostSpanSaysHoldsForAllEvents() throws {
        let root = SettlingTests.agent(1, 900, Self.usage.merging(Self.acme) { $1 })
        let call = SettlingTests.call(2, parent: 1, 10, 20, ["plimsoll.feedback.score": .integer(4)])
        let later = SettlingTests.call(3, parent: 1, 30, 40, ["plimsoll.escalation.reason": .string("policy")])
        for requests in [[[root, call, later]], [[later], [call], [root]]] {
            let traces = try SettlingTests.settled(requests)
            let types = Set(traces.events().map(\.type))
            let expected: Set<String> = [
                "llm.call", "agent.run", "usage.reported", "message.received", "message.sent", "conversation.resolved",
                "feedback.submitted", "escalation.raised",
            ]
            #expect(types.isSuperset(of: expected), "\(types.sorted())")
            #expect(traces.events().allSatisfy { $0.text("tenant") == "acme" })
        }
    }

    @Test func whatOnlyAnInnerSpanSaysHoldsForTheTrace() throws {
        let traces = try SettlingTests.settled([
            [
                SettlingTests.agent(1, 900, Self.usage), SettlingTests.call(2, parent: 1, 10, 20, Self.acme),
            ]
        ])
        #expect(!traces.events("message.sent").isEmpty)
        #expect(traces.events().allSatisfy { $0.text("tenant") == "acme" })
    }

    @Test func theOwnWordGoesBeforeThatOfAncestors() throws {
        let call = SettlingTests.call(2, parent: 1, 10, 20, ["plimsoll.tenant": .string("umbra")])
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, Self.usage.merging(Self.acme) { $1 }), call]
        ])
        #expect(traces.events("llm.call").map { $0.text("tenant") } == ["umbra"])
        #expect(traces.events("message.sent").map { $0.text("tenant") } == ["acme"])
    }

    @Test func nobodySaysIt() throws {
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, Self.usage), SettlingTests.call(2, parent: 1, 10, 20)]
        ])
        #expect(!traces.events().isEmpty && traces.events().allSatisfy { $0.text("tenant") == "default" })
    }
}
