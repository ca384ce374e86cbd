/// What a dialect table can say where to find. Raw values are the names in the tables.
package enum DialectField: String, CaseIterable, Sendable {
    case operation, provider
    case requestModel = "request_model"
    case responseModel = "response_model"
    case responseID = "response_id"
    case serviceTier = "service_tier"
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    case cacheReadTokens = "cache_read_tokens"
    case cacheWriteTokens = "cache_write_tokens"
    case cacheWrite1hTokens = "cache_write_1h_tokens"
    case reasoningTokens = "reasoning_tokens"
    /// All tokens as the sender adds them up.
    case totalTokens = "total_tokens"
    /// Cost as the sender states it, USD.
    case reportedCost = "reported_cost"
    case conversation, user, channel, tenant, agent, turn
    case messageID = "message_id"
    /// Who answers for the agent, and where the cost is booked.
    case team
    case costCentre = "cost_centre"
    case experiment, variant
    /// What the conversation is about.
    case topic, intent
    case agentVersion = "agent_version"
    case tool
    case toolProtocol = "tool_protocol"
    /// What a retrieval looked in.
    case index
    case promptName = "prompt_name"
    case promptVersion = "prompt_version"
    case dimensions, stream
    case finishReason = "finish_reason"
    case timeToFirstToken = "time_to_first_token"
    case queueDuration = "queue_duration"
    /// How often a request was sent again before this answer.
    case resends
    case errorType = "error_type"
    /// What says that a span failed although its status does not.
    case failure
    /// What became of the conversation: resolved, escalated, abandoned, completed.
    case outcome
    case outcomeBy = "outcome_by"
    case outcomeCertainty = "outcome_certainty"
    /// Why the conversation was closed or, where it was escalated, why that.
    case reason
    case escalationReason = "escalation_reason"
    case escalationQueue = "escalation_queue"
    case escalationID = "escalation_id"
    /// The customer's rating, 1 to 5.
    case feedbackScore = "feedback_score"
    case feedbackKind = "feedback_kind"
    /// An evaluator's score.
    case evaluationScore = "evaluation_score"
    case evaluationName = "evaluation_name"
    case evaluationLabel = "evaluation_label"
    case fromAgent = "from_agent"
    case toAgent = "to_agent"
    case serviceName = "service_name"
    case serviceVersion = "service_version"
    case environment, region

    /// The field of events whose name in OpenTelemetry is a place of this one, beside those that tables name.
    var column: String {
        switch self {
        case .outcomeBy: "by"
        case .outcomeCertainty: "certainty"
        case .escalationQueue: "queue"
        case .feedbackScore: "score"
        case .toolProtocol: "protocol"
        default: rawValue
        }
    }

    /// Whether it is a number in whatever form it comes.
    var isNumber: Bool {
        SpanUsage.tokenFields.contains(self) || self == .reportedCost || self == .dimensions || self == .resends
    }

    /// What is held for the whole turn from wherever in its trace it is told, each but the first of a list only
    /// together with the one before it: a version is that of its prompt.
    static let ofTurn: [[DialectField]] = [
        [.turn], [.messageID], [.team], [.costCentre], [.experiment, .variant], [.promptName, .promptVersion],
        [.topic, .intent],
    ]
}

/// What kind of work a span stands for. Raw values are the names in the tables.
package enum SpanClass: String, CaseIterable, Sendable {
    case modelCall = "model_call"
    case embedding, tool, retrieval, agent, handoff
    /// A chain, task, workflow or turn: work that is made of other work.
    case step
    case guardrail
    /// Something was set up, nothing was answered.
    case definition
    case other
}
