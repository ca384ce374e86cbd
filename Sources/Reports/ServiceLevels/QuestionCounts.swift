/// How the questions of a period stand: answered ok within the limit, without such an answer once it has passed, or
/// still waited for.
struct QuestionCounts {
    var good: Int64 = 0
    var failed: Int64 = 0
    var pending: Int64 = 0

    /// Those of some rows of `turns`, by group.
    /// - Parameters:
    ///   - source: the rows, and what they are told apart by.
    ///   - condition: what else holds of them, with a leading `and`; empty for all.
    /// - Throws: as `ReportRunner/report(_:_:)`.
    static func groups(
        _ runner: ReportRunner, _ period: ReportPeriod, _ limits: AnswerLimitText, by: ReportGrouping,
        of source: GroupedSource, _ condition: String
    ) throws -> Grouped<QuestionCounts> {
        func counted(_ selection: String, _ isAsked: String) throws -> [ReportRow] {
            try runner.groupRows(
                "select \(source.selection)\(selection) from \(source.text) where \(isAsked)\(condition)\(by.clause)")
        }
        var groups = Grouped<QuestionCounts>()
        let selection = "count(*) filter (where \(limits.isGood)), count(*)"
        for row in try counted(selection, period.contains("asked_time")) {
            let (good, all) = (Int64(row.integer(by.width)), Int64(row.integer(by.width + 1)))
            groups[by.key(row), default: QuestionCounts()] = QuestionCounts(good: good, failed: all - good)
        }
        // Only the latest can wait, so all others are spared the question.
        guard let latest = limits.unjudged(of: period) else { return groups }
        for row in try counted("count(*)", "\(latest.contains("asked_time")) and \(limits.isPending)") {
            let pending = Int64(row.integer(by.width))
            groups[by.key(row), default: QuestionCounts()].failed -= pending
            groups[by.key(row), default: QuestionCounts()].pending = pending
        }
        return groups
    }
}
