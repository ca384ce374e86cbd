import Domain
import Reports
import Testing

/// Who sends events of a type.
@Suite struct OperatorTypesTests {
    /// Types of which an event says that an agent is there, whether or not it names a conversation.
    private static let ofAgents = [
        "agent.handoff", "agent.run", "approval.decided", "approval.requested", "cache.lookup",
        "conversation.classified", "conversation.closed", "conversation.reopened", "conversation.resolved",
        "conversation.started", "embedding.call", "escalation.accepted", "escalation.closed", "escalation.raised",
        "experiment.assigned", "feature_flag.evaluated", "feedback.requested", "feedback.submitted",
        "guardrail.checked", "llm.call", "memory.accessed", "message.received", "message.sent", "quality.scored",
        "retrieval.query", "ticket.created", "ticket.updated", "tool.call", "workflow.step",
    ]

    /// A new type is put into one of the two lists.
    @Test func everyTypeIsOfAgentsOrOfOperators() {
        #expect((Self.ofAgents + OperatorTypes.names).sorted() == SchemaRegistry.builtIn.typeNames)
    }
}
