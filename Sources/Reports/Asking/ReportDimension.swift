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

    /// Whether it is a span of time.
    package var isTime: Bool { [.month, .week, .day, .hour].contains(self) }

    /// What only a call says of itself; a question, its answer and a conversation don't.
    var isOfCalls: Bool {
        [.model, .requestModel, .provider, .route, .purpose, .serviceTier, .priceState, .priceGaps].contains(self)
    }

    /// Every event may carry these.
    static let context: [ReportDimension] = [
        .tenant, .team, .costCentre, .channel, .agent, .agentVersion, .environment, .region, .experiment, .variant,
        .promptName, .promptVersion,
    ]
    static let times: [ReportDimension] = [.month, .week, .day, .hour]

    /// The value of a row in SQL.
    /// - Parameters:
    ///   - time: the column by which the row counts.
    ///   - model: which name of a model counts.
    func expression(time: String, model: ModelName) -> String {
        switch self {
        case .month, .week, .day, .hour: "date_trunc('\(rawValue)', \(time))"
        case .model: model.rawValue
        default: rawValue
        }
    }
}

/// The name under which a model is shown, in SQL.
enum ModelName: String, Hashable, Sendable {
    /// The one that answered, by which it is billed; where none answered the one that was asked for.
    case answering = "model"
    /// The one that was asked for. A call that fails knows no other, and would stand apart from those that went well.
    case askedFor = "coalesce(request_model, model)"
}
