import Domain

/// How the conversations of a group ended, and how their customers rated.
struct OutcomeFigures {
    var closed: Int64 = 0
    var resolved: Int64 = 0
    var escalated: Int64 = 0
    var abandoned: Int64 = 0
    var open: Int64 = 0
    var reopened: Int64 = 0
    var handedOver: Int64 = 0
    var ratings: Int64 = 0
    var satisfied: Int64 = 0
    var requested: Int64 = 0

    /// Requests where any were sent, else all that closed.
    var asked: Int64 { requested > 0 ? requested : closed }

    static let columns = [
        ReportColumn("closed", "closed"), ReportColumn("resolved", "resolved"), ReportColumn("escalated", "escalated"),
        ReportColumn("abandoned", "abandoned"), ReportColumn("open", "open"), ReportColumn("resolution_rate", "resolution"),
        ReportColumn("escalation_rate", "escalation"), ReportColumn("reopened", "reopened"), ReportColumn("reopen_rate", "reopen rate"),
        ReportColumn("ratings", "ratings"), ReportColumn("satisfied", "4 or 5"), ReportColumn("csat", "CSAT"),
        ReportColumn("response_rate", "response"),
    ]

    /// In the order of the columns.
    var values: [ReportValue] {
        [
            .count(closed), .count(resolved), .count(escalated), .count(abandoned), .count(open), .ratio(resolved, of: closed),
            .ratio(handedOver, of: closed), .count(reopened), .ratio(reopened, of: closed), .count(ratings), .count(satisfied),
            .ratio(satisfied, of: ratings), .ratio(ratings, of: asked),
        ]
    }
}

/// The questions behind the outcome report.
struct OutcomeQuestions {
    let desk: ReportDesk
    let period: ReportPeriod
    let rule: OutcomeRule

    /// Figures by a column of conversations and of the events of feedback; ratings of a topic are those that conversations keep.
    func figures(_ by: ReportDimension?) throws -> Grouped<OutcomeFigures> {
        try figures(by.map { $0.expression(time: "closed_time") }, feedback: by == .topic ? nil : by?.expression(time: "time") ?? "null")
    }

    private func figures(_ key: String?, feedback: String?) throws -> Grouped<OutcomeFigures> {
        var groups = Grouped<OutcomeFigures>()
        for row in try conversations(key ?? "null", isGrouped: key != nil) {
            var figures = Self.read(row)
            if feedback == nil { (figures.ratings, figures.satisfied, figures.requested) = (Int64(row.integer(8)), Int64(row.integer(9)), Int64(row.integer(10))) }
            groups[row.key(0), default: OutcomeFigures()] = figures
        }
        guard let feedback else { return groups }
        let grouping = key == nil ? "" : " group by 1"
        let within = period.contains("time")
        for row in try desk.rows(
            "select \(feedback), count(score), count(*) filter (where score >= 4) from feedback_submitted where \(within)\(grouping)")
        {
            groups[row.key(0), default: OutcomeFigures()].ratings = Int64(row.integer(1))
            groups[row.key(0), default: OutcomeFigures()].satisfied = Int64(row.integer(2))
        }
        for row in try desk.rows("select \(feedback), count(*) from feedback_requested where \(within)\(grouping)") {
            groups[row.key(0), default: OutcomeFigures()].requested = Int64(row.integer(1))
        }
        return groups
    }

    /// By experiment and variant; ratings are those that conversations keep.
    func variants() throws -> [(experiment: String?, variant: String?, figures: OutcomeFigures)] {
        let rows = try desk.rows(
            "select variant, \(selection), experiment from conversations where \(period.contains("closed_time")) and variant is not null "
                + "group by variant, experiment order by experiment nulls last, variant")
        return rows.map { row in
            var figures = Self.read(row)
            (figures.ratings, figures.satisfied, figures.requested) = (Int64(row.integer(8)), Int64(row.integer(9)), Int64(row.integer(10)))
            return (row.key(11), row.key(0), figures)
        }
    }

    private func conversations(_ key: String, isGrouped: Bool) throws -> [ReportRow] {
        try desk.rows(
            "select \(key), \(selection) from conversations where \(period.contains("closed_time"))" + (isGrouped ? " group by 1" : ""))
    }

    private var selection: String {
        let outcome = OutcomeText.expression(rule, now: desk.now)
        return Outcome.allCases.map { "count(*) filter (where \(outcome) = '\($0.rawValue)')" }.joined(separator: ", ")
            + ", count(*), count(*) filter (where reopened), count(*) filter (where escalations > 0), "
            + "count(score), count(*) filter (where score >= 4), sum(feedback_requests)"
    }

    private static func read(_ row: ReportRow) -> OutcomeFigures {
        var figures = OutcomeFigures()
        figures.resolved = Int64(row.integer(1))
        figures.escalated = Int64(row.integer(2))
        figures.abandoned = Int64(row.integer(3))
        figures.open = Int64(row.integer(4))
        figures.closed = Int64(row.integer(5))
        figures.reopened = Int64(row.integer(6))
        figures.handedOver = Int64(row.integer(7))
        return figures
    }

    /// Conversations begun before the period's end that never closed.
    func neverClosed() throws -> Int64 {
        Int64(
            try desk.rows("select count(*) from conversations where closed_time is null and start_time < \(SQLTexts.time(period.to))").first?
                .integer(0) ?? 0)
    }

    /// Conversations closed in the period with an escalation, and escalations raised in the period, by reason.
    func escalations() throws -> [(reason: String?, conversations: Int64, raised: Int64)] {
        var groups = Grouped<(conversations: Int64, raised: Int64)>()
        for row in try desk.rows(
            "select escalation_reason, count(*) from conversations where escalations > 0 and \(period.contains("closed_time")) group by 1")
        {
            groups[row.key(0), default: (0, 0)].conversations = Int64(row.integer(1))
        }
        for row in try desk.rows("select reason, count(*) from escalation_raised where \(period.contains("time")) group by 1") {
            groups[row.key(0), default: (0, 0)].raised = Int64(row.integer(1))
        }
        return groups.sorted.map { ($0.key, $0.value.conversations, $0.value.raised) }
    }
}
