/// Ids of the event types, by name.
package struct WellKnownTypes: Hashable, Sendable {
    /// `agent.handoff`.
    package let agentHandoff: UInt16
    /// `agent.run`.
    package let agentRun: UInt16
    /// `approval.decided`.
    package let approvalDecided: UInt16
    /// `approval.requested`.
    package let approvalRequested: UInt16
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
    /// `conversation.started`.
    package let conversationStarted: UInt16
    /// `cost.recorded`.
    package let costRecorded: UInt16
    /// `deploy.changed`.
    package let deployChanged: UInt16
    /// `embedding.call`.
    package let embeddingCall: UInt16
    /// `escalation.accepted`.
    package let escalationAccepted: UInt16
    /// `escalation.closed`.
    package let escalationClosed: UInt16
    /// `escalation.raised`.
    package let escalationRaised: UInt16
    /// `experiment.assigned`.
    package let experimentAssigned: UInt16
    /// `experiment.changed`.
    package let experimentChanged: UInt16
    /// `feature_flag.evaluated`.
    package let featureFlagEvaluated: UInt16
    /// `feedback.requested`.
    package let feedbackRequested: UInt16
    /// `feedback.submitted`.
    package let feedbackSubmitted: UInt16
    /// `guardrail.checked`.
    package let guardrailChecked: UInt16
    /// `knowledge.indexed`.
    package let knowledgeIndexed: UInt16
    /// `llm.call`.
    package let llmCall: UInt16
    /// `log.recorded`.
    package let logRecorded: UInt16
    /// `memory.accessed`.
    package let memoryAccessed: UInt16
    /// `message.received`.
    package let messageReceived: UInt16
    /// `message.sent`.
    package let messageSent: UInt16
    /// `metric.sampled`.
    package let metricSampled: UInt16
    /// `price.set`.
    package let priceSet: UInt16
    /// `probe.checked`.
    package let probeChecked: UInt16
    /// `prompt.published`.
    package let promptPublished: UInt16
    /// `quality.scored`.
    package let qualityScored: UInt16
    /// `request.completed`.
    package let requestCompleted: UInt16
    /// `resource.sampled`.
    package let resourceSampled: UInt16
    /// `retrieval.query`.
    package let retrievalQuery: UInt16
    /// `span.received`.
    package let spanReceived: UInt16
    /// `ticket.created`.
    package let ticketCreated: UInt16
    /// `ticket.updated`.
    package let ticketUpdated: UInt16
    /// `tool.call`.
    package let toolCall: UInt16
    /// `usage.reported`.
    package let usageReported: UInt16
    /// `workflow.step`.
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
