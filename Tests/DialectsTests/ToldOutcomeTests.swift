import Dialects
import Domain
import Testing
import WireFormats

/// What spans say became of the conversation: used, or noted as what nobody reads.
struct ReportedOutcomeTests {
    private static let types: Set<String> = [
        "conversation.resolved", "conversation.closed", "escalation.raised", "feedback.submitted", "quality.scored",
    ]

    private static func agent(_ said: [String: OTLPValue], id: UInt8 = 1, parent: UInt8? = nil) -> SampleSpan {
        SettlingTests.agent(id, parent: parent, 900, ["gen_ai.conversation.id": .string("c-1")].merging(said) { $1 })
    }

    private static let unusable: [(name: String, value: OTLPValue, type: String)] = [
        ("plimsoll.outcome", .string("success"), "string"), ("plimsoll.outcome", .string("failed"), "string"),
        ("plimsoll.outcome", .string("handoff"), "string"), ("plimsoll.outcome", .string("solved"), "string"),
        ("plimsoll.outcome", .boolean(true), "bool"), ("plimsoll.outcome", .integer(1), "int"),
        ("plimsoll.outcome", .map([]), "map"),
        ("plimsoll.feedback.score", .integer(9), "int"), ("plimsoll.feedback.score", .integer(0), "int"),
        ("plimsoll.feedback.score", .double(4.5), "double"), ("plimsoll.feedback.score", .boolean(true), "bool"),
        ("plimsoll.feedback.score", .string("good"), "string"), ("plimsoll.escalation.reason", .map([]), "map"),
        ("plimsoll.escalation.queue", .bytes([1]), "bytes"),
        ("gen_ai.evaluation.score.value", .string("high"), "string"),
        ("gen_ai.evaluation.score.value", .double(.infinity), "double"),
    ]

    @Test(arguments: unusable.indices)
    func whatCannotBeUsedIsNoted(_ place: Int) throws {
        let (name, value, type) = Self.unusable[place]
        let traces = try SettlingTests.settled([[Self.agent([name: value])]])
        #expect(traces.evidence.first?.fields["unknown_attributes"] == .json("{\"\(name)\":\"\(type)\"}"))
        #expect(traces.events().allSatisfy { !Self.types.contains($0.type) })
    }

    private static let usable: [(name: String, value: OTLPValue, type: String)] = [
        ("plimsoll.outcome", .string("Resolved"), "conversation.resolved"),
        ("plimsoll.outcome", .string("escalated"), "escalation.raised"),
        ("plimsoll.outcome", .string("abandoned"), "conversation.closed"),
        ("plimsoll.outcome", .string("completed"), "conversation.closed"),
        ("plimsoll.escalation.reason", .string("policy"), "escalation.raised"),
        ("plimsoll.escalation.queue", .string("billing"), "escalation.raised"),
        ("plimsoll.escalation.id", .integer(4711), "escalation.raised"),
        ("plimsoll.feedback.score", .double(5), "feedback.submitted"),
        ("plimsoll.feedback.score", .string("1"), "feedback.submitted"),
        ("gen_ai.evaluation.score.value", .integer(1), "quality.scored"),
    ]

    @Test(arguments: usable.indices)
    func whatCanBeUsedIsTold(_ place: Int) throws {
        let (name, value, type) = Self.usable[place]
        let traces = try SettlingTests.settled([[Self.agent([name: value])]])
        #expect(traces.events().map(\.type).filter { Self.types.contains($0) } == [type])
        #expect(traces.evidence.first?.fields["unknown_attributes"] == nil)
    }

    /// What the resource says is asked too, so it is noted too; and a full list of other names keeps nothing out.
    @Test func notedWhereverItStands() throws {
        var said: [String: OTLPValue] = ["plimsoll.feedback.score": .integer(9)]
        for number in 0..<70 { said["a.name\(number)x"] = .integer(1) }
        var request = OTLPTraces([Self.agent(said)])
        request.resources[0].attributes.append(OTLPAttribute("plimsoll.outcome", .string("success")))
        var traces = SampleTraces()
        try traces.receive(request)
        guard case .json(let noted)? = traces.evidence.first?.fields["unknown_attributes"] else {
            Issue.record("nothing is noted")
            return
        }
        #expect(noted.contains(#""plimsoll.feedback.score":"int""#) && noted.contains(#""plimsoll.outcome":"string""#))
    }

    @Test func severalSpansTellOneEscalation() throws {
        let traces = try SettlingTests.settled([
            [
                Self.agent(["plimsoll.outcome": .string("escalated")]),
                Self.agent(
                    ["plimsoll.escalation.queue": .string("billing"), "plimsoll.escalation.id": .string("e-1")], id: 2,
                    parent: 1),
                Self.agent(
                    ["plimsoll.escalation.reason": .string("policy"), "plimsoll.escalation.queue": .string("billing")],
                    id: 3, parent: 2),
            ]
        ])
        let raised = traces.events("escalation.raised")
        #expect(raised.map { $0.text("queue") } == ["billing"] && raised.map { $0.text("reason") } == ["policy"])
        #expect(raised.map { $0.text("escalation_id") } == ["e-1"])
        let two = try SettlingTests.settled([
            [
                Self.agent(["plimsoll.escalation.queue": .string("billing")]),
                Self.agent(["plimsoll.escalation.queue": .string("sales")], id: 2, parent: 1),
            ]
        ])
        #expect(Set(two.events("escalation.raised").compactMap { $0.text("queue") }) == ["billing", "sales"])
    }
}
