import Domain

/// The questions behind the service level table, asked for a period and grouped.
struct ServiceLevelQuestions {
    let desk: ReportDesk
    let period: ReportPeriod
    let by: ReportGrouping

    /// Answers count by their own time; those of people and systems don't.
    static let isAnswer = "(author is null or author = 'agent')"
    private static let limit = "interval '\(ServiceLevels.answerLimitNanoseconds / 1_000_000_000) seconds'"
    static let isLate = "time > asked_time + \(limit)"
    static let isGood = "(status <> 'error' and time <= asked_time + \(limit))"

    /// Which model answered is known of turns only.
    private var asksTurns: Bool { by.isOfCalls }

    /// Those of everything.
    static func whole(desk: ReportDesk, period: ReportPeriod) throws -> ServiceLevelFigures {
        try Self(desk: desk, period: period, by: .whole()).figures()[.all, default: ServiceLevelFigures()]
    }

    func figures() throws -> Grouped<ServiceLevelFigures> {
        var groups = Grouped<ServiceLevelFigures>()
        try addQuestions(&groups)
        try addAnswers(&groups)
        for table in ["llm_call", "embedding_call"] {
            let rows = try desk.rows(
                "select \(by.selection(time: "time"))\(CostFigures.selection) from \(by.source(table)) "
                    + "where \(period.contains("time"))\(by.clause)")
            for row in rows { groups[by.key(row), default: ServiceLevelFigures()].cost.add(row, from: by.width) }
        }
        try addRatings(&groups)
        return groups
    }

    private func addQuestions(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        let rows = try desk.rows(
            "select \(by.selection(time: "asked_time"))count(*) filter (where \(Self.isGood)), "
                + "count(*) filter (where not coalesce(\(Self.isGood), false) and (asked_time < \(desk.answerDeadline) or \(Self.isLate))), count(*) "
                + "from \(by.source("turns")) where \(period.contains("asked_time"))\(by.clause)")
        for row in rows {
            let (good, failed) = (Int64(row.integer(by.width)), Int64(row.integer(by.width + 1)))
            let key = by.key(row)
            groups[key, default: ServiceLevelFigures()].good = good
            groups[key, default: ServiceLevelFigures()].failed = failed
            groups[key, default: ServiceLevelFigures()].pending = Int64(row.integer(by.width + 2)) - good - failed
        }
    }

    private func addAnswers(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        let source = asksTurns ? "\(by.source("turns")) where status is not null" : "\(by.source("message_sent")) where \(Self.isAnswer)"
        let rows = try desk.rows(
            "select \(by.selection(time: "time"))count(*), count(*) filter (where status = 'error'), count(duration_ns), "
                + "percentile_disc(0.5) within group (order by duration_ns), percentile_disc(0.95) within group (order by duration_ns), "
                + "count(time_to_first_token_ns), percentile_disc(0.5) within group (order by time_to_first_token_ns) "
                + "from \(source) and \(period.contains("time"))\(by.clause)")
        let first = by.width
        for row in rows {
            var figures = groups[by.key(row), default: ServiceLevelFigures()]
            figures.answers = Int64(row.integer(first))
            figures.errors = Int64(row.integer(first + 1))
            figures.timedAnswers = Int64(row.integer(first + 2))
            figures.durationP50 = row.optionalNanoseconds(first + 3)
            figures.durationP95 = row.optionalNanoseconds(first + 4)
            figures.firstTokens = Int64(row.integer(first + 5))
            figures.firstTokenP50 = row.optionalNanoseconds(first + 6)
            groups[by.key(row), default: ServiceLevelFigures()] = figures
        }
    }

    /// As the report of outcomes counts them.
    private func addRatings(_ groups: inout Grouped<ServiceLevelFigures>) throws {
        guard !asksTurns else { return }
        let rows = try desk.rows(
            "select \(by.selection(time: Ratings.time))\(Ratings.selection) "
                + "from conversations where \(Ratings.within(period)) and score is not null\(by.clause)")
        for row in rows {
            groups[by.key(row), default: ServiceLevelFigures()].ratings = Int64(row.integer(by.width))
            groups[by.key(row), default: ServiceLevelFigures()].satisfied = Int64(row.integer(by.width + 1))
        }
    }
}
