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

    /// What is noted of a span, and what its sender is told.
    private static func told(_ traces: OTLPTraces) throws -> (noted: EventValue?, remark: String) {
        var encoder = EvidenceEncoder(registry: .builtIn, tokeniser: UserTokeniser(key: Array(0..<32)))
        let batch = encoder.encode(traces)
        #expect(batch.rejected == 0 && batch.events.count == 1)
        var sample = SampleTraces()
        try sample.receive(traces)
        return (sample.evidence.first?.fields["unknown_attributes"], batch.remark)
    }

    private static func remark(_ name: String, _ fault: String) -> String {
        "\(name): a text of at most 1024 bytes, not \(fault); the span is kept, as one that names no tenant"
    }

    /// The span is nobody's then, and its sender learns why; whoever looks later, too.
    @Test(arguments: [
        ("", "empty text"), (" ", "text without a visible character"), ("\u{200B}", "text without a visible character"),
        ("sk-Zx4Q9hT2bV7mK1pL8wR3", "what looks like a credential"),
        (String(repeating: "acme ", count: 300), "longer text"),
    ])
    func whyATenantCannotBeUsedIsTold(_ tenant: String, _ fault: String) throws {
        let span = SettlingTests.agent(1, 900, ["plimsoll.tenant": .string(tenant)])
        let told = try Self.told(OTLPTraces([span]))
        #expect(told.noted == .json("{\"plimsoll.tenant\":\"\(fault)\"}"))
        #expect(told.remark == Self.remark("plimsoll.tenant", fault))
        // Whose the process is holds, and nothing is amiss but the word.
        var request = OTLPTraces([span])
        request.resources[0].attributes.append(OTLPAttribute("plimsoll.tenant", .string("acme")))
        let owned = try Self.told(request)
        #expect(owned.noted == told.noted && owned.remark.isEmpty)
    }

    @Test func aTenantOfMetadataIsToldLikewise() throws {
        let unseen = (" ", "text without a visible character")
        for (tenant, fault) in [unseen, ("sk-Zx4Q9hT2bV7mK1pL8wR3", "what looks like a credential")] {
            let said = OTLPValue.string("{\"tenant\":\"\(tenant)\"}")
            let told = try Self.told(OTLPTraces([SettlingTests.agent(1, 900, ["metadata": said])]))
            #expect(told.noted == .json("{\"metadata/tenant\":\"\(fault)\"}"))
            #expect(told.remark == Self.remark("metadata/tenant", fault))
        }
    }

    @Test func nobodySaysIt() throws {
        let traces = try SettlingTests.settled([
            [SettlingTests.agent(1, 900, Self.usage), SettlingTests.call(2, parent: 1, 10, 20)]
        ])
        #expect(!traces.events().isEmpty && traces.events().allSatisfy { $0.text("tenant") == "default" })
    }
}
