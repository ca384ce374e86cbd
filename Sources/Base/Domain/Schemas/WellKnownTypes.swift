/// Ids of the event types, by name.
package struct WellKnownTypes: Hashable, Sendable {
    package let agentHandoff: UInt16
    package let agentRun: UInt16
    package let approvalDecided: UInt16
    package let approvalRequested: UInt16
    package let budgetSet: UInt16
    package let cacheLookup: UInt16
    package let conversationClassified: UInt16
    package let conversationClosed: UInt16
    package let conversationReopened: UInt16
    package let conversationResolved: UInt16
    package let conversationStarted: UInt16
    package let costRecorded: UInt16
    package let deployChanged: UInt16
    package let embeddingCall: UInt16
    package let escalationAccepted: UInt16
    package let escalationClosed: UInt16
    package let escalationRaised: UInt16
    package let experimentAssigned: UInt16
    package let experimentChanged: UInt16
    package let featureFlagEvaluated: UInt16
    package let feedbackRequested: UInt16
    package let feedbackSubmitted: UInt16
    package let guardrailChecked: UInt16
    package let knowledgeIndexed: UInt16
    package let llmCall: UInt16
    package let logRecorded: UInt16
    package let memoryAccessed: UInt16
    package let messageReceived: UInt16
    package let messageSent: UInt16
    package let metricSampled: UInt16
    package let priceSet: UInt16
    package let probeChecked: UInt16
    package let promptPublished: UInt16
    package let qualityScored: UInt16
    package let requestCompleted: UInt16
    package let resourceSampled: UInt16
    package let retrievalQuery: UInt16
    package let spanReceived: UInt16
    package let ticketCreated: UInt16
    package let ticketUpdated: UInt16
    package let toolCall: UInt16
    package let usageReported: UInt16
    package let workflowStep: UInt16

    /// - Parameter id: gives the id of a type by name; every name here has a schema file.
    init(_ id: (String) -> UInt16) {
        agentHandoff = id("agent.handoff")
        agentRun = id("agent.run")
        approvalDecided = id("approval.decided")
        approvalRequested = id("approval.requested")
        budgetSet = id("budget.set")
        cacheLookup = id("cache.lookup")
        conversationClassified = id("conversation.classified")
        conversationClosed = id("conversation.closed")
        conversationReopened = id("conversation.reopened")
        conversationResolved = id("conversation.resolved")
        conversationStarted = id("conversation.started")
        costRecorded = id("cost.recorded")
        deployChanged = id("deploy.changed")
        embeddingCall = id("embedding.call")
        escalationAccepted = id("escalation.accepted")
        escalationClosed = id("escalation.closed")
        escalationRaised = id("escalation.raised")
        experimentAssigned = id("experiment.assigned")
        experimentChanged = id("experiment.changed")
        featureFlagEvaluated = id("feature_flag.evaluated")
        feedbackRequested = id("feedback.requested")
        feedbackSubmitted = id("feedback.submitted")
        guardrailChecked = id("guardrail.checked")
        knowledgeIndexed = id("knowledge.indexed")
        llmCall = id("llm.call")
        logRecorded = id("log.recorded")
        memoryAccessed = id("memory.accessed")
        messageReceived = id("message.received")
        messageSent = id("message.sent")
        metricSampled = id("metric.sampled")
        priceSet = id("price.set")
        probeChecked = id("probe.checked")
        promptPublished = id("prompt.published")
        qualityScored = id("quality.scored")
        requestCompleted = id("request.completed")
        resourceSampled = id("resource.sampled")
        retrievalQuery = id("retrieval.query")
        spanReceived = id("span.received")
        ticketCreated = id("ticket.created")
        ticketUpdated = id("ticket.updated")
        toolCall = id("tool.call")
        usageReported = id("usage.reported")
        workflowStep = id("workflow.step")
    }
}
