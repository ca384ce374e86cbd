import Domain

/// The conversations with most failed questions, and among these with the slowest answers.
///
/// Nearly all questions went well and say nothing of who is among the worst. So these are first looked for among the
/// others, which are few, and only then counted whole.
struct WorstConversations {
    private let runner: ReportRunner
    private let period: ReportPeriod
    private let limits: AnswerLimitText
    private let failures: String
    /// From so many ns on an answer is slow: the target of the highest percentile that is promised; nil: none is.
    private let slow: Int64?
    private let count: Int

    init(runner: ReportRunner, period: ReportPeriod, objectives: ObjectiveSet, count: Int) throws {
        let questions = ServiceLevelQueries(runner: runner, period: period, by: try .whole(), objectives: objectives)
        (self.runner, self.period, self.count) = (runner, period, count)
        limits = AnswerLimitText(objectives.answerLimits, now: runner.now)
        failures = "count(*) filter (where \(questions.isFailed))"
        slow = objectives.answerPercentiles.last.flatMap { objectives.objective(.answerDuration($0)) }?.target.units
    }

    /// Conversation, tenant, failed questions, questions, slowest answer, errors and when the first was asked, the
    /// worst first.
    func rows() throws -> [ReportRow] {
        guard let names = try names() else { return try rows(where: "") }
        if names.isEmpty { return [] }
        return try rows(where: " and conversation_id in (\(names.map(SQLTexts.text).joined(separator: ", ")))")
    }

    private func rows(where condition: String) throws -> [ReportRow] {
        try runner.rows(
            "select conversation_id, tenant, \(failures) as failed, count(*), max(duration_ns) as slowest, "
                + "count(*) filter (where status = 'error'), min(asked_time) "
                + "from turns where \(period.contains("asked_time"))\(condition) \(worst) limit \(count)")
    }

    private var worst: String {
        "group by 1, 2 having \(failures) > 0" + (slow.map { " or max(duration_ns) >= \($0)" } ?? "")
            + " order by failed desc, slowest desc nulls last, conversation_id, tenant"
    }

    /// Who they are, by the questions that did not go well alone; nil where these don't tell.
    private func names() throws -> [String]? {
        guard let slow else { return nil }
        let rows = try runner.rows(
            "select conversation_id, tenant, \(failures) as failed, max(duration_ns) as slowest from turns "
                + "where \(period.contains("asked_time")) "
                + "and (status is null or status = 'error' or \(limits.isLate) or duration_ns >= \(slow)) "
                + "\(worst) limit \(count + 1)")
        // Of one whose slowest answer is not among these only that it is faster is known: it may be any of those that
        // failed as often, but for those that are slow.
        if rows.count > count, rows[count].integer(2) == rows[count - 1].integer(2),
            rows[count - 1].integer(3) < Int128(slow)
        {
            return nil
        }
        let names = rows.prefix(count).compactMap { $0.text(0) }
        return names.count == min(rows.count, count) ? names : nil
    }
}
