/// Ids of the event types that code needs by name.
package struct WellKnownTypes: Hashable, Sendable {
    /// `agent.handoff`.
    package let agentHandoff: UInt16
    /// `agent.run`.
    package let agentRun: UInt16
    /// `budget.set`.
    package let budgetSet: UInt16
    /// `cache.lookup`.
    package let cacheLookup: UInt16
    /// `conversation.classified`.
    package let conversationClassified: UInt16
    /// `conversation.closed`.
    package let conversationClosed: UInt16
    /// `conversation.reopened`.
    package let conversationReopened: UInt16
    /// `conversation.resolved`.
    package let conversationResolved: UInt16
    /// `cost.recorded`.
    package let costRecorded: UInt16
    /// `embedding.call`.
    package let embeddingCall: UInt16
    /// `escalation.accepted`.
    package let escalationAccepted: UInt16
    /// `escalation.closed`.
    package let escalationClosed: UInt16
    /// `escalation.raised`.
    package let escalationRaised: UInt16
    /// `feedback.requested`.
    package let feedbackRequested: UInt16
    /// `feedback.submitted`.
    package let feedbackSubmitted: UInt16
    /// `guardrail.checked`.
    package let guardrailChecked: UInt16
    /// `llm.call`.
    package let llmCall: UInt16
    /// `message.received`.
    package let messageReceived: UInt16
    /// `message.sent`.
    package let messageSent: UInt16
    /// `price.set`.
    package let priceSet: UInt16
    /// `quality.scored`.
    package let qualityScored: UInt16
    /// `retrieval.query`.
    package let retrievalQuery: UInt16
    /// `span.received`.
    package let spanReceived: UInt16
    /// `tool.call`.
    package let toolCall: UInt16
    /// `usage.reported`.
    package let usageReported: UInt16

    /// - Parameter id: gives the id of a type by name; every name here has a schema file.
    init(_ id: (String) -> UInt16) {
        agentHandoff = id("agent.handoff")
        agentRun = id("agent.run")
        budgetSet = id("budget.set")
        cacheLookup = id("cache.lookup")
        conversationClassified = id("conversation.classified")
        conversationClosed = id("conversation.closed")
        conversationReopened = id("conversation.reopened")
        conversationResolved = id("conversation.resolved")
        costRecorded = id("cost.recorded")
        embeddingCall = id("embedding.call")
        escalationAccepted = id("escalation.accepted")
        escalationClosed = id("escalation.closed")
        escalationRaised = id("escalation.raised")
        feedbackRequested = id("feedback.requested")
        feedbackSubmitted = id("feedback.submitted")
        guardrailChecked = id("guardrail.checked")
        llmCall = id("llm.call")
        messageReceived = id("message.received")
        messageSent = id("message.sent")
        priceSet = id("price.set")
        qualityScored = id("quality.scored")
        retrievalQuery = id("retrieval.query")
        spanReceived = id("span.received")
        toolCall = id("tool.call")
        usageReported = id("usage.reported")
    }
}
