import Domain

/// What calls cost, by group.
struct CostQuestions {
    let desk: ReportDesk
    let period: ReportPeriod

    /// - Parameter condition: what else holds of the calls, in SQL.
    func figures(_ by: ReportGrouping, where condition: String? = nil) throws -> Grouped<CostFigures> {
        var groups = Grouped<CostFigures>()
        for table in Self.tables {
            let rows = try desk.rows(
                "select \(by.selection(time: "time"))\(CostFigures.selection) from \(by.source(table)) "
                    + "where \(period.contains("time"))\(condition.map { " and " + $0 } ?? "")\(by.clause)")
            for row in rows { groups[by.key(row), default: CostFigures()].add(row, from: by.width) }
        }
        return groups
    }

    /// Those of all calls together.
    func whole(where condition: String? = nil) throws -> CostFigures {
        try figures(.whole(), where: condition)[.all, default: CostFigures()]
    }

    /// The leaf calls, which are billed.
    static let tables = ["llm_call", "embedding_call"]
}

/// How many there are of what cost is shared out over.
struct UnitCounts {
    var answers: Int128
    var conversations: Int128
    var resolved: Int128

    init(desk: ReportDesk, period: ReportPeriod, rule: OutcomeRule) throws {
        answers = try Self.answers(desk: desk, period: period, by: .whole())?[.all, default: 0] ?? 0
        let rows = try desk.rows(
            "select count(*), count(*) filter (where \(OutcomeText.expression(rule, now: desk.reached)) = 'resolved') "
                + "from conversations where \(period.contains("closed_time"))")
        conversations = rows.first?.integer(0) ?? 0
        resolved = rows.first?.integer(1) ?? 0
    }

    /// Answers by group; nil where answers don't say to which they belong.
    static func answers(desk: ReportDesk, period: ReportPeriod, by: ReportGrouping) throws -> Grouped<Int128>? {
        if by.isOfCalls { return nil }
        var groups = Grouped<Int128>()
        let rows = try desk.rows(
            "select \(by.selection(time: "time"))count(*) from \(by.source("message_sent")) "
                + "where \(ServiceLevelQuestions.isAnswer) and \(period.contains("time"))\(by.clause)")
        for row in rows { groups[by.key(row), default: 0] = row.integer(by.width) }
        return groups
    }
}
