import Domain

/// The questions behind the service level table, asked for a period and grouped.
struct ServiceLevelQuestions {
    let desk: ReportDesk
    let period: ReportPeriod
    let by: ReportDimension?

    /// Answers count by their own time; those of people and systems don't.
    static let isAnswer = "(author is null or author = 'agent')"
    private static let limit = "interval '\(ServiceLevels.answerLimitNanoseconds / 1_000_000_000) seconds'"
    static let isLate = "time > asked_time + \(limit)"
    static let isGood = "(status <> 'error' and time <= asked_time + \(limit))"

    private func key(_ time: String) -> String { by?.expression(time: time) ?? "null" }
    private var grouping: String { by == nil ? "" : " group by 1" }
    /// Which model answered is known of turns only.
    private var asksTurns: Bool { by == .model || by == .provider }

    func figures() throws -> Grouped<ServiceLevelFigures> {
        var groups = Grouped<ServiceLevelFigures>()
        try addQuestions(&groups)
        try addAnswers(&groups)
        for table in ["llm_call", "embedding_call"] {
            let rows = try desk.rows("select \(key("time")), \(CostFigures.selection) from \(table) where \(period.contains("time"))\(grouping)")
            for row in rows { groups[row.key(0), default: ServiceLevelFigures()].cost.add(row, from: 1) }
        }
        try addRatings(&groups)
        return groups
    }

    private func addQuestions(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        let rows = try desk.rows(
            "select \(key("asked_time")), count(*) filter (where \(Self.isGood)), "
                + "count(*) filter (where not coalesce(\(Self.isGood), false) and (asked_time < \(desk.answerDeadline) or \(Self.isLate))), count(*) "
                + "from turns where \(period.contains("asked_time"))\(grouping)")
        for row in rows {
            let (good, failed, all) = (Int64(row.integer(1)), Int64(row.integer(2)), Int64(row.integer(3)))
            groups[row.key(0), default: ServiceLevelFigures()].good = good
            groups[row.key(0), default: ServiceLevelFigures()].failed = failed
            groups[row.key(0), default: ServiceLevelFigures()].pending = all - good - failed
        }
    }

    private func addAnswers(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        let source = asksTurns ? "turns where status is not null" : "message_sent where \(Self.isAnswer)"
        let rows = try desk.rows(
            "select \(key("time")), count(*), count(*) filter (where status = 'error'), count(duration_ns), "
                + "percentile_disc(0.5) within group (order by duration_ns), percentile_disc(0.95) within group (order by duration_ns), "
                + "count(time_to_first_token_ns), percentile_disc(0.5) within group (order by time_to_first_token_ns) "
                + "from \(source) and \(period.contains("time"))\(grouping)")
        for row in rows {
            var figures = groups[row.key(0), default: ServiceLevelFigures()]
            figures.answers = Int64(row.integer(1))
            figures.errors = Int64(row.integer(2))
            figures.timedAnswers = Int64(row.integer(3))
            figures.durationP50 = row.optionalNanoseconds(4)
            figures.durationP95 = row.optionalNanoseconds(5)
            figures.firstTokens = Int64(row.integer(6))
            figures.firstTokenP50 = row.optionalNanoseconds(7)
            groups[row.key(0), default: ServiceLevelFigures()] = figures
        }
    }

    private func addRatings(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        guard !asksTurns else { return }
        let rows = try desk.rows(
            "select \(key("time")), count(score), count(*) filter (where score >= 4) "
                + "from feedback_submitted where \(period.contains("time"))\(grouping)")
        for row in rows {
            groups[row.key(0), default: ServiceLevelFigures()].ratings = Int64(row.integer(1))
            groups[row.key(0), default: ServiceLevelFigures()].satisfied = Int64(row.integer(2))
        }
    }
}
