/// What figures can be broken down by.
package enum ReportDimension: String, Hashable, Sendable, CaseIterable {
    case tenant, team, channel, agent, region, model, provider, route, topic, variant, day, week

    /// The value of a row in SQL.
    func expression(time: String) -> String {
        switch self {
        case .day, .week: "date_trunc('\(rawValue)', \(time))"
        default: rawValue
        }
    }

    /// - Throws: ``ReportError`` naming those the report knows.
    package static func parse(_ text: String, of known: [ReportDimension]) throws(ReportError) -> ReportDimension {
        guard let dimension = ReportDimension(rawValue: text), known.contains(dimension) else {
            throw ReportError(
                message: "this report cannot be broken down by \(text)", hint: "known: " + known.map(\.rawValue).joined(separator: ", "))
        }
        return dimension
    }
}
