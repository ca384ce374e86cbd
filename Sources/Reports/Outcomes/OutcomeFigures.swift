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
    /// Conversations with a rating: the last of each counts.
    var ratings: Int64 = 0
    var satisfied: Int64 = 0
    /// Conversations that were asked for a rating.
    var requested: Int64 = 0
    /// Conversations with a rating that have not closed.
    var ratedOpen: Int64 = 0
    /// Those asked and the ones that rated without being asked.
    var askedOrRated: Int64 = 0

    static let columns = [
        ReportColumn("closed", "closed"), ReportColumn("resolved", "resolved"), ReportColumn("escalated", "escalated"),
        ReportColumn("abandoned", "abandoned"), ReportColumn("open", "undecided"),
        ReportColumn("resolution_rate", "resolution"),
        ReportColumn("escalation_rate", "escalation"), ReportColumn("reopened", "reopened"),
        ReportColumn("reopen_rate", "reopen rate"),
        ReportColumn("ratings", "ratings"), ReportColumn("satisfied", "4 or 5"), ReportColumn("csat", "CSAT"),
        ReportColumn("response_rate", "response"),
    ]

    /// What a rating could be expected of.
    /// - Parameter isAsked: whether any of the report's conversations was asked: then those count, else all that
    ///   closed. One answer for all groups, so that they add up.
    func asked(_ isAsked: Bool) -> Int64 { isAsked ? askedOrRated : closed + ratedOpen }

    /// In the order of the columns.
    func values(isAsked: Bool) -> [ReportValue] {
        [
            .count(closed), .count(resolved), .count(escalated), .count(abandoned), .count(open),
            .ratio(resolved, of: closed),
            .ratio(handedOver, of: closed), .count(reopened), .ratio(reopened, of: closed), .count(ratings),
            .count(satisfied),
            .ratio(satisfied, of: ratings), .ratio(ratings, of: asked(isAsked)),
        ]
    }
}

/// The questions behind the outcome report.
struct OutcomeQueries {
    let runner: ReportRunner
    let period: ReportPeriod
    let rule: OutcomeRule

    /// Of the conversations that closed in the period, each counted once; of those that have not closed only the
    /// ratings count.
    func figures(_ by: ReportGrouping) throws -> Grouped<OutcomeFigures> {
        let outcome = OutcomeText.expression(rule, now: runner.reached)
        let isClosed = "closed_time is not null"
        let counts = Outcome.allCases.map { "count(*) filter (where \(isClosed) and \(outcome) = '\($0.rawValue)')" }
            .joined(separator: ", ")
        let source = try by.source("conversations", time: Ratings.time, of: period, runner: runner)
        let rows = try runner.groupRows(
            "select \(source.selection)\(counts), count(closed_time), count(*) filter (where \(isClosed) and reopened), "
                + "count(*) filter (where \(isClosed) and escalations > 0), \(Ratings.selection), "
                + "count(*) filter (where feedback_requests > 0), count(*) filter (where feedback_requests > 0 or score is not null), "
                + "count(*) filter (where closed_time is null) "
                + "from \(source.text) where \(Ratings.within(period))\(by.clause)"
        )
        var groups = Grouped<OutcomeFigures>()
        for row in rows { groups[by.key(row), default: OutcomeFigures()] = Self.read(row, from: by.width) }
        return groups
    }

    /// What ``figures(_:)`` asks for.
    func kinds() -> [GroupedRows] {
        [GroupedRows(table: "conversations", time: Ratings.time, condition: Ratings.within(period))]
    }

    /// Of all of them.
    func whole() throws -> OutcomeFigures { try figures(.whole())[.all, default: OutcomeFigures()] }

    private static func read(_ row: ReportRow, from first: Int) -> OutcomeFigures {
        let counts = (0..<12).map { Int64(row.integer(first + $0)) }
        var figures = OutcomeFigures()
        (figures.resolved, figures.escalated, figures.abandoned, figures.open) = (
            counts[0], counts[1], counts[2], counts[3]
        )
        (figures.closed, figures.reopened, figures.handedOver) = (counts[4], counts[5], counts[6])
        (figures.ratings, figures.satisfied, figures.requested, figures.askedOrRated) = (
            counts[7], counts[8], counts[9], counts[10]
        )
        figures.ratedOpen = counts[11]
        return figures
    }

    /// Of the resolved conversations closed in the period, those whose resolution the customer confirmed; the others
    /// are assumed.
    func confirmed() throws -> Int64 {
        let outcome = OutcomeText.expression(rule, now: runner.reached)
        let text =
            "select count(*) from conversations where \(period.contains("closed_time")) and (\(outcome)) = 'resolved' "
        return Int64(try runner.rows(text + "and resolved_certainty = 'confirmed'").first?.integer(0) ?? 0)
    }

    /// Closed in the period by silence.
    func closedBySilence() throws -> Int64 {
        let text =
            "select count(*) from conversations where \(period.contains("closed_time")) and closed_reason = 'idle'"
        return Int64(try runner.rows(text).first?.integer(0) ?? 0)
    }

    /// Conversations begun before the period's end that never closed, and how many of them were last rated in the
    /// period, which is what ``figures(_:)`` has of them.
    func neverClosed() throws -> (conversations: Int64, rated: Int64) {
        let rows = try runner.rows(
            "select count(*), count(*) filter (where score is not null and \(period.contains("rated_time"))) "
                + "from conversations where closed_time is null and cut_after is null and start_time < \(SQLTexts.time(period.to))"
        )
        return (Int64(rows.first?.integer(0) ?? 0), Int64(rows.first?.integer(1) ?? 0))
    }

    /// Conversations of the period that were told how they ended or were rated, though nobody told a question or an
    /// answer of them: a mistyped id makes one.
    func withoutMessage() throws -> (conversations: Int64, outcomes: Int64, ratings: Int64) {
        let hasOutcome =
            "(resolved_time is not null or reopened or escalations > 0 "
            + "or closed_time is not null and coalesce(closed_reason, '') <> 'idle')"
        let rows = try runner.rows(
            "select count(*), count(*) filter (where \(hasOutcome)), count(score) from conversations "
                + "where \(period.contains("last_time")) and turns = 0 and answers = 0 and cut_after is null "
                + "and (\(hasOutcome) or score is not null)"
        )
        let counts = (0..<3).map { Int64(rows.first?.integer($0) ?? 0) }
        return (counts[0], counts[1], counts[2])
    }

    /// What ``escalations(_:)`` asks for: conversations closed in the period with an escalation, and escalations raised
    /// in it.
    private var closedEscalated: GroupedRows {
        GroupedRows(
            table: "conversations", time: "closed_time",
            condition: "escalations > 0 and \(period.contains("closed_time"))")
    }
    private var raised: GroupedRows {
        GroupedRows(table: "escalation_raised", time: "time", condition: period.contains("time"))
    }
    var escalationKinds: [GroupedRows] { [closedEscalated, raised] }

    func escalations(_ by: ReportGrouping) throws -> Grouped<EscalationCounts> {
        var groups = Grouped<EscalationCounts>()
        for (key, count) in try counts(closedEscalated, by) {
            groups[key, default: EscalationCounts()].conversations = count
        }
        for (key, count) in try counts(raised, by) { groups[key, default: EscalationCounts()].raised = count }
        return groups
    }

    private func counts(_ kind: GroupedRows, _ by: ReportGrouping) throws -> [(GroupKey, Int64)] {
        let source = try by.source(kind.table, time: kind.time, of: period, runner: runner)
        return try runner.groupRows(
            "select \(source.selection)count(*) from \(source.text) where \(kind.condition)\(by.clause)"
        ).map { (by.key($0), Int64($0.integer(by.width))) }
    }
}

/// Escalations of one reason.
struct EscalationCounts {
    /// Conversations closed in the period of which it is the last reason.
    var conversations: Int64 = 0
    /// Escalations raised in the period.
    var raised: Int64 = 0
}
