import Domain

/// How conversations of a group that began in a period stand: those that nobody knows the end of are counted, too.
///
/// Who compares groups by what has closed compares those that close first: a version of an hour ago has closed its
/// short conversations alone, and which those are is no chance.
struct BegunFigures {
    var begun: Int64 = 0
    /// Closed, with an outcome that time alone does not change any more.
    var closed: Int64 = 0
    /// Of the closed ones.
    var resolved: Int64 = 0
    /// Of the closed ones: with an escalation.
    var handedOver: Int64 = 0
    /// Not closed until now; the other undecided ones have closed, and the rule still waits.
    var notClosed: Int64 = 0
    /// Conversations with a rating: the last of each counts.
    var ratings: Int64 = 0
    var satisfied: Int64 = 0

    /// Which ones they are shows no figure of the others.
    var undecided: Int64 { begun - closed }

    /// Of which nothing is said but counts: more than a tenth are undecided.
    var isTooEarly: Bool { undecided > begun / 10 }

    /// Why nothing is said.
    var whyTooEarly: String {
        let waiting = undecided - notClosed
        let open = notClosed > 0 ? ["\(notClosed) of \(begun) still open"] : []
        let awaited = waiting > 0 ? ["\(waiting) of \(begun) not yet decided by the rule"] : []
        return "too early: " + (open + awaited).joined(separator: ", ")
    }

    /// Two ends of what a count of the closed ones comes to once all are decided: with none of the others and with all
    /// of them.
    func ends(_ part: Int64) -> (least: Int64, most: Int64) { (part, part + undecided) }
}

extension OutcomeQueries {
    /// Of the conversations that began in the period, however they ended since, each counted once.
    func begun(_ by: ReportGrouping, where condition: String? = nil) throws -> Grouped<BegunFigures> {
        let outcome = OutcomeText.expression(rule, now: runner.reached)
        let isDecided = "closed_time is not null and \(outcome) <> '\(Outcome.open.rawValue)'"
        let kind = begunKind(where: condition)
        let source = try by.source(kind.table, time: kind.time, of: period, runner: runner)
        let rows = try runner.groupRows(
            "select \(source.selection)count(*), count(*) filter (where \(isDecided)), "
                + "count(*) filter (where \(isDecided) and \(outcome) = '\(Outcome.resolved.rawValue)'), "
                + "count(*) filter (where \(isDecided) and escalations > 0), "
                + "count(*) filter (where closed_time is null), \(Ratings.selection) "
                + "from \(source.text) where \(kind.condition)\(by.clause)")
        var groups = Grouped<BegunFigures>()
        for row in rows {
            let counts = (0..<7).map { Int64(row.integer(by.width + $0)) }
            groups[by.key(row), default: BegunFigures()] = BegunFigures(
                begun: counts[0], closed: counts[1], resolved: counts[2], handedOver: counts[3], notClosed: counts[4],
                ratings: counts[5], satisfied: counts[6])
        }
        return groups
    }

    /// What ``begun(_:where:)`` asks for.
    func begunKind(where condition: String? = nil) -> GroupedRows {
        // Of those that were cut nobody knows whether they have closed.
        GroupedRows(
            table: "conversations", time: "start_time",
            condition: ["\(period.contains("start_time")) and cut_after is null", condition].compactMap(\.self)
                .joined(separator: " and "))
    }
}
