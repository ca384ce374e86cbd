package import Domain

/// What a report is asked for.
package struct ReportRequest: Hashable, Sendable {
    private static let dayNanoseconds: Int64 = 86_400 * 1_000_000_000

    /// Start of the period, inclusive; nil: 30 days before its end.
    package var from: Int64?
    /// End of the period, exclusive; nil: now.
    package var to: Int64?
    /// nil: no breakdown, or the report's own.
    package var by: ReportDimension?
    package var rule: OutcomeRule

    package init(from: Int64? = nil, to: Int64? = nil, by: ReportDimension? = nil, rule: OutcomeRule = .house1) {
        (self.from, self.to, self.by, self.rule) = (from, to, by, rule)
    }

    /// Reads the texts of a command line or a URL; nil where nothing was said.
    /// - Throws: ``ReportError`` saying what is known or how a time is written.
    package init(kind: ReportKind, from: String?, to: String?, by: String?, rule: String?, now: Int64) throws(ReportError) {
        self.init()
        if let from { self.from = try PeriodText.parse(from, now: now) }
        if let to { self.to = try PeriodText.parse(to, now: now) }
        if let by { self.by = try ReportDimension.parse(by, of: kind.dimensions) }
        if let rule {
            guard let known = OutcomeRule(rawValue: rule) else {
                throw ReportError(
                    message: "there is no outcome rule \(rule)", hint: "known: " + OutcomeRule.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.rule = known
        }
    }

    /// The period at an instant.
    /// - Throws: ``ReportError`` when it ends before it starts.
    func period(now: Int64) throws(ReportError) -> ReportPeriod {
        let end = to ?? now
        let start = from ?? end.subtractingReportingOverflow(30 * Self.dayNanoseconds).partialValue
        guard start < end else {
            throw ReportError(
                message: "the period \(RFC3339.render(start)) to \(RFC3339.render(end)) holds no time", hint: "from must lie before to")
        }
        return ReportPeriod(from: start, to: end)
    }
}

/// A span of time, start inclusive, end exclusive (ns since 1970 UTC).
struct ReportPeriod: Hashable, Sendable {
    var from: Int64
    var to: Int64

    /// The condition in SQL that a column lies within.
    func contains(_ column: String) -> String {
        "\(column) >= \(SQLTexts.time(from)) and \(column) < \(SQLTexts.time(to))"
    }

    /// So many days that end where this ends.
    func last(days: Int) -> ReportPeriod {
        let (start, isBeyond) = to.subtractingReportingOverflow(Int64(days) * 86_400 * 1_000_000_000)
        return ReportPeriod(from: isBeyond ? Int64.min : start, to: to)
    }
}

/// The reports that can be asked for by name.
package enum ReportKind: String, Hashable, Sendable, CaseIterable {
    case sla, cost, outcomes

    /// What each can be broken down by.
    package var dimensions: [ReportDimension] {
        switch self {
        case .sla: [.tenant, .channel, .agent, .model, .provider, .region, .day]
        case .cost: [.model, .tenant, .team, .channel, .route, .provider, .agent, .day]
        case .outcomes: [.week, .day, .channel, .topic, .agent, .tenant]
        }
    }
}
