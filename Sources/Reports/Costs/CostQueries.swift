import Domain

/// What calls cost, by group.
struct CostQueries {
    let runner: ReportRunner
    let period: ReportPeriod

    /// - Parameter condition: what else holds of the calls, in SQL.
    func figures(_ by: ReportGrouping, where condition: String? = nil) throws -> Grouped<CostFigures> {
        var groups = Grouped<CostFigures>()
        for table in Self.tables {
            for (key, row) in try rows(of: table, by, where: condition).rows {
                groups[key, default: CostFigures()].add(row, from: by.width)
            }
        }
        return groups
    }

    private func rows(
        of table: String, _ by: ReportGrouping, where condition: String? = nil
    ) throws -> AddedRows {
        try AddedRows(by, of: period, runner: runner) { by, period in
            let source = try by.source(table, time: "time", of: period, runner: runner)
            return "select \(source.selection)\(CostFigures.selection) from \(source.text) "
                + "where \(period.contains("time"))\(condition.map { " and " + $0 } ?? "")\(by.clause)"
        }
    }

    /// Whether ``figures(_:where:)`` of all calls lack events that retention dropped.
    func lacksEvents(_ by: ReportGrouping) throws -> Bool {
        try Self.tables.contains { try rows(of: $0, by).lacksEvents }
    }

    /// Those of all calls together.
    func whole(where condition: String? = nil) throws -> CostFigures {
        try figures(.whole(), where: condition)[.all, default: CostFigures()]
    }

    /// What is asked for by groups, those first that cost most.
    func kinds(where condition: String? = nil) -> [GroupedRows] {
        let isCounted = period.contains("time") + (condition.map { " and " + $0 } ?? "")
        return Self.tables.map {
            GroupedRows(table: $0, time: "time", condition: isCounted, weight: "sum(cost_low_usd)")
        }
    }

    /// The leaf calls, which are billed.
    static let tables = ["llm_call", "embedding_call"]
}

/// How many there are of what cost is shared out over.
struct UnitCounts {
    var answers: Int128
    var conversations: Int128
    var resolved: Int128

    init(runner: ReportRunner, period: ReportPeriod, rule: OutcomeRule) throws {
        answers = try Self.answers(runner: runner, period: period, by: .whole())?[.all, default: 0] ?? 0
        let closed = try Self.closed(runner: runner, period: period, rule: rule, by: .whole())[
            .all, default: UnitCounts()]
        (conversations, resolved) = (closed.conversations, closed.resolved)
    }

    /// None of them.
    init() { (answers, conversations, resolved) = (0, 0, 0) }

    /// All of them by group; nil where answers and conversations don't say to which they belong.
    static func groups(
        runner: ReportRunner, period: ReportPeriod, rule: OutcomeRule, by: ReportGrouping
    ) throws -> Grouped<UnitCounts>? {
        guard let answers = try Self.answers(runner: runner, period: period, by: by) else { return nil }
        var groups = try closed(runner: runner, period: period, rule: rule, by: by)
        for (key, count) in answers.sorted { groups[key, default: UnitCounts()].answers = count }
        return groups
    }

    /// What ``groups(runner:period:rule:by:)`` asks for.
    static func kinds(_ period: ReportPeriod, by: ReportGrouping, runner: ReportRunner) -> [GroupedRows] {
        if by.isOfCalls || runner.isOfCalls { return [] }
        return [
            GroupedRows(table: "conversations", time: "closed_time", condition: period.contains("closed_time")),
            GroupedRows(
                table: QuestionRule.answer.table, time: "time",
                condition: "\(QuestionRule.answer.sqlCondition) and \(period.contains("time"))"),
        ]
    }

    /// Conversations closed in the period, by the time of their closing.
    private static func closed(
        runner: ReportRunner, period: ReportPeriod, rule: OutcomeRule, by: ReportGrouping
    ) throws -> Grouped<UnitCounts> {
        var groups = Grouped<UnitCounts>()
        let source = try by.source("conversations", time: "closed_time", of: period, runner: runner)
        let rows = try runner.groupRows(
            "select \(source.selection)count(*), "
                + "count(*) filter (where (\(OutcomeText.expression(rule, now: runner.reached))) = 'resolved') "
                + "from \(source.text) where \(period.contains("closed_time"))\(by.clause)")
        for row in rows {
            groups[by.key(row), default: UnitCounts()].conversations = row.integer(by.width)
            groups[by.key(row), default: UnitCounts()].resolved = row.integer(by.width + 1)
        }
        return groups
    }

    /// Answers by group; nil where answers don't say to which they belong.
    static func answers(runner: ReportRunner, period: ReportPeriod, by: ReportGrouping) throws -> Grouped<Int128>? {
        if by.isOfCalls || runner.isOfCalls { return nil }
        var groups = Grouped<Int128>()
        for (key, row) in try answerRows(runner: runner, period: period, by: by).rows {
            groups[key, default: 0] += row.integer(by.width)
        }
        return groups
    }

    private static func answerRows(
        runner: ReportRunner, period: ReportPeriod, by: ReportGrouping
    ) throws -> AddedRows {
        try AddedRows(by, of: period, runner: runner) { by, period in
            let source = try by.source(QuestionRule.answer.table, time: "time", of: period, runner: runner)
            return "select \(source.selection)count(*) from \(source.text) "
                + "where \(QuestionRule.answer.sqlCondition) and \(period.contains("time"))\(by.clause)"
        }
    }

    /// Whether ``answers(runner:period:by:)`` lack events that retention dropped.
    static func lackEvents(runner: ReportRunner, period: ReportPeriod, by: ReportGrouping) throws -> Bool {
        if by.isOfCalls || runner.isOfCalls { return false }
        return try answerRows(runner: runner, period: period, by: by).lacksEvents
    }
}
