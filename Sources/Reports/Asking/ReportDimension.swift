import Domain

/// What figures can be broken down by.
package enum ReportDimension: String, Hashable, Sendable, CaseIterable {
    case month, week, day, hour
    case tenant, team
    case costCentre = "cost_centre"
    case channel, agent
    case agentVersion = "agent_version"
    case environment, region, experiment, variant
    case promptName = "prompt_name"
    case promptVersion = "prompt_version"
    case model
    case requestModel = "request_model"
    case provider, route, purpose
    case serviceTier = "service_tier"
    case priceState = "price_state"
    case priceGaps = "price_gaps"
    case topic
    /// Why people had to help: a section of its own, no dimension that is asked for.
    case escalationReason = "escalation_reason"

    /// Whether it is a span of time.
    var isTime: Bool { Self.times.contains(self) }

    /// As ``TimeReader`` calls the span of time; nil for what is none.
    var timeUnit: String? {
        switch self {
        case .month: "M"
        case .week: "w"
        case .day: "d"
        case .hour: "h"
        default: nil
        }
    }

    /// What only a call says of itself; a question, its answer and a conversation don't.
    var isOfCalls: Bool { Self.ofCalls.contains(self) }

    /// Every event may carry these.
    static let context: [ReportDimension] = [
        .tenant, .team, .costCentre, .channel, .agent, .agentVersion, .environment, .region, .experiment, .variant,
        .promptName, .promptVersion,
    ]
    static let times: [ReportDimension] = [.month, .week, .day, .hour]
    static let ofCalls: [ReportDimension] = [
        .model, .requestModel, .provider, .route, .purpose, .serviceTier, .priceState, .priceGaps,
    ]

    /// Whether a conversation has a value of it, which holds for those of its events that name none. A tenant is named
    /// by every event.
    var isOfConversations: Bool { self == .topic || self != .tenant && Self.context.contains(self) }

    /// The dimension within which it is told: a variant is one of its experiment.
    var within: ReportDimension? {
        switch self {
        case .variant: .experiment
        case .promptVersion: .promptName
        case .agentVersion: .agent
        default: nil
        }
    }

    /// The value of a row in SQL.
    /// - Parameters:
    ///   - table: whose row it is.
    ///   - time: the column by which the row counts.
    ///   - model: which name of a model counts.
    ///   - isJoined: whether the row has what its conversation says beside it, see ``conversationColumn``.
    func expression(
        of table: String, time: String, model: DisplayedModelName, isJoined: Bool = false
    ) -> String {
        if isJoined, isOfConversations { return joinedExpression }
        return switch self {
        case .month, .week, .day, .hour: "date_trunc('\(rawValue)', \(time))"
        case .model: model.rawValue
        case .priceGaps: UsageGaps.shown
        case .escalationReason: table == "conversations" ? rawValue : "reason"
        default: rawValue
        }
    }

    /// What a conversation says, beside a row that may say it itself.
    var conversationColumn: String { "conversation_\(rawValue)" }

    /// The row's own value, else that of its conversation, unless the row names another whole than the conversation:
    /// the variant of one experiment is none of another.
    private var joinedExpression: String {
        if self == .topic { return conversationColumn }
        guard let whole = within else { return "coalesce(\(rawValue), \(conversationColumn))" }
        return
            "coalesce(\(rawValue), case when \(whole.rawValue) is null or \(whole.rawValue) = \(whole.conversationColumn) "
            + "then \(conversationColumn) end)"
    }
}

/// The name under which a model is shown, in SQL.
enum DisplayedModelName: String, Hashable, Sendable {
    /// The one that answered, by which it is billed; where none answered the one that was asked for.
    case answering = "model"
    /// The one that was asked for. A call that fails knows no other, and would stand apart from those that went well.
    case askedFor = "coalesce(request_model, model)"
}
