import JSONTexts

/// The reports that can be asked for by name.
package enum ReportKind: String, Hashable, Sendable, CaseIterable {
    case sla, cost, outcomes

    /// What each can be broken down by.
    package var dimensions: [ReportDimension] {
        switch self {
        case .sla: ReportDimension.times + ReportDimension.context + [.topic, .model, .provider, .route]
        case .cost: ReportDimension.times + ReportDimension.context + [.topic] + ReportDimension.ofCalls
        case .outcomes: ReportDimension.times + ReportDimension.context + [.topic]
        }
    }

    /// - Throws: ``ReportError`` naming those the report knows.
    func dimension(named name: String) throws(ReportError) -> ReportDimension {
        guard let dimension = ReportDimension(rawValue: name), dimensions.contains(dimension) else {
            throw ReportError(
                message: name.isEmpty ? "a dimension has no name" : "this report cannot be broken down by \(name)",
                hint: nameHint(to: name, known: dimensions.map(\.rawValue)))
        }
        return dimension
    }
}
