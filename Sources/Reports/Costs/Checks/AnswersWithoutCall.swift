import Bytes
import Domain
import Plans

/// Counts the answers of a period for which no model call was told.
///
/// A turn knows its calls, and most answers are the first of a turn that has some: these are put aside by one join.
/// What is left is looked for by trace and by number, and what is left of that, such as a second answer of a turn,
/// stands beside the questions of its conversation in the order of time.
///
/// Each answer is judged by itself, so that the answers of a period may be asked about in parts: where all together
/// need more memory than a question may take, parts are asked one after the other.
struct AnswersWithoutCall {
    let runner: ReportRunner
    let period: ReportPeriod

    func count() throws -> Int128 {
        let whole = part(of: period)
        do {
            // Mostly there are none.
            if try runner.rows("select 1 from (\(whole.notFirst)) as answers limit 1").isEmpty { return 0 }
        } catch let error as QueryError where error.isOfManyGroups {
            return try countInParts(whole, error)
        }
        return try count(whole)
    }

    private func part(of period: ReportPeriod, positions: ClosedRange<Int64>? = nil) -> AnswerPart {
        AnswerPart(
            period: period, positions: positions, turns: runner.whole("turns"), calls: runner.whole("llm_call"))
    }

    /// - Throws: as ``ReportRunner/rows(_:atMost:)``; `.memoryExceeded` where one answer alone needs too much.
    private func count(_ part: AnswerPart) throws -> Int128 {
        do {
            return try countAtOnce(part)
        } catch let error as QueryError where error.isOfManyGroups {
            return try countInParts(part, error)
        }
    }

    /// - Parameter error: why it cannot be done at once.
    private func countInParts(_ whole: AnswerPart, _ error: QueryError) throws -> Int128 {
        guard let parts = try parts(of: whole) else { throw error }
        return try parts.reduce(0) { try $0 + count($1) }
    }

    /// Smaller parts, none for no answer; nil where there is but one.
    private func parts(of whole: AnswerPart) throws -> [AnswerPart]? {
        let (from, to) = (whole.period.from, whole.period.to)
        if to.saturatingSubtract(from) > 1 {
            let quarters = try quarters(of: whole)
            if quarters.isEmpty { return [] }
            var ends = quarters.filter { $0 > from }
            // Those of one instant may be most of them.
            if ends.isEmpty { ends.append(from + 1) }
            ends.append(to)
            var parts: [AnswerPart] = []
            for end in ends where end > parts.last?.period.to ?? from {
                parts.append(part(of: ReportPeriod(from: parts.last?.period.to ?? from, to: end)))
            }
            return parts
        }
        let ends = try runner.rows("select min(of_position), max(of_position) from (\(whole.answers)) as answers").first
        guard let first = ends?.optionalNanoseconds(0), let last = ends?.optionalNanoseconds(1) else { return [] }
        if first == last { return nil }
        let middle = first + (last - first) / 2
        return [first...middle, (middle + 1)...last].map { part(of: whole.period, positions: $0) }
    }

    /// By when a quarter, half and three quarters of the answers of a part were given; empty where there are none. What
    /// is tried in vain costs as much as what is not, so that parts are small at once.
    private func quarters(of part: AnswerPart) throws -> [Int64] {
        let (from, to) = (part.period.from, part.period.to)
        do {
            let question =
                "select percentile_disc(array[0.25, 0.5, 0.75]) within group (order by of_time) from (\(part.answers)) as answers"
            return try runner.rows(question).first?.times(0) ?? []
        } catch let error as QueryError where error.isOfManyGroups {
            // Too many to be put in order; sooner or later parts of the time have few.
            let span = Int128(to) - Int128(from)
            return [1, 2, 3].map { Int64(Int128(from) + span * $0 / 4) }
        }
    }

    private func countAtOnce(_ part: AnswerPart) throws -> Int128 {
        var count: Int128 = 0
        var conversation: GroupKey?
        var question: (isNumbered: Bool, hasCalls: Bool)?
        try runner.forEachRow(of: part.unfoundAmongQuestions) { row in
            let key = GroupKey(cells: row.values.prefix(2).map(GroupCell.init))
            if key != conversation { (conversation, question) = (key, nil) }
            let (isNumbered, isMarked) = (row.flag(4), row.flag(5))
            if row.integer(3) == 0 {
                question = (isNumbered, isMarked)
                return
            }
            // A turn of its trace has it then, and no call: it belongs to no other.
            let isOfItsTrace = isMarked
            let belongs = question.map { !isOfItsTrace && !(isNumbered && $0.isNumbered) } ?? false
            if !(belongs && question?.hasCalls == true) { count += 1 }
        }
        return count
    }
}

/// Some of the answers that a model should have given, and what is asked of them, in SQL. What is read of calls and
/// turns is what these answers lead to, so that a question about few of them is a small one.
private struct AnswerPart {
    var period: ReportPeriod
    /// Places in the log; nil: all.
    var positions: ClosedRange<Int64>?
    /// Where turns and calls are looked up: what a filter lets through is looked for among all of them.
    let turns: String
    let calls: String

    var answers: String {
        let places = positions.map { " and position between \($0.lowerBound) and \($0.upperBound)" } ?? ""
        return "select tenant as of_tenant, conversation_id as of_conversation, turn as of_turn, trace_id as of_trace, "
            + "time as of_time, position as of_position from \(QuestionRule.answer.table) "
            + "where \(QuestionRule.answer.sqlCondition) and \(period.contains("time"))\(places) "
            + "and (answered_from is null or answered_from = 'model')"
    }

    private static let columns = "of_tenant, of_conversation, of_turn, of_trace, of_time"

    /// Those that are not the first answer of a turn with calls. A turn has the time of its answer.
    var notFirst: String {
        let turns =
            positions == nil
            ? turns
            : "\(turns) join (\(Self.keys(["tenant", "conversation"], of: answers))) as these on \(Self.isOfConversation)"
        return "select \(Self.columns) from (\(answers)) as answers left join ("
            + "select tenant, conversation_id, time, turn from \(turns) "
            + "where \(period.contains("time")) and status is not null and llm_calls > 0 group by 1, 2, 3, 4) as answered "
            + "on tenant = of_tenant and conversation_id = of_conversation and time = of_time "
            + "and (turn is null or of_turn is null or turn = of_turn) where tenant is null"
    }

    private static let isOfConversation = "tenant = these_tenant and conversation_id = these_conversation"

    /// What some answers have of each of some names, once: `of_turn` as `these_turn`.
    private static func keys(_ names: [String], of answers: String) -> String {
        let selection = names.map { "of_\($0) as these_\($0)" }.joined(separator: ", ")
        let isTold = names.map { "of_\($0) is not null" }.joined(separator: " and ")
        let places = names.indices.map { String($0 + 1) }.joined(separator: ", ")
        return "select \(selection) from (\(answers)) as answers where \(isTold) group by \(places)"
    }

    /// Those of them that neither their trace nor their number leads to a call; `trace_calls` is null where no turn has
    /// their trace.
    private var unfound: String {
        let byTrace =
            "select tenant as call_tenant, trace_id as call_trace from \(calls) "
            + "join (\(Self.keys(["tenant", "trace"], of: notFirst))) as these "
            + "on tenant = these_tenant and trace_id = these_trace group by 1, 2"
        let byNumber =
            "select tenant as number_tenant, conversation_id as number_conversation, turn as number from ("
            + "select tenant, conversation_id, turn from \(calls) union all "
            + "select tenant, conversation_id, turn from \(turns) where llm_calls > 0) as numbered "
            + "join (\(Self.keys(["tenant", "conversation", "turn"], of: notFirst))) as these "
            + "on \(Self.isOfConversation) and turn = these_turn group by 1, 2, 3"
        let turnsByTrace =
            "select tenant as turn_tenant, conversation_id as turn_conversation, trace_id as turn_trace, max(llm_calls) as trace_calls "
            + "from \(turns) join (\(Self.keys(["tenant", "conversation", "trace"], of: notFirst))) as these "
            + "on \(Self.isOfConversation) and trace_id = these_trace group by 1, 2, 3"
        return "select \(Self.columns), trace_calls from (\(notFirst)) as answers "
            + "left join (\(byTrace)) as by_trace on call_tenant = of_tenant and call_trace = of_trace "
            + "left join (\(byNumber)) as by_number on number_tenant = of_tenant and number_conversation = of_conversation "
            + "and number = of_turn left join (\(turnsByTrace)) as turns_by_trace on turn_tenant = of_tenant "
            + "and turn_conversation = of_conversation and turn_trace = of_trace "
            + "where call_tenant is null and number_tenant is null and (trace_calls is null or trace_calls = 0)"
    }

    /// They and the questions of their conversations, in the order of time. A question stands before the answers of its
    /// instant.
    var unfoundAmongQuestions: String {
        "select of_tenant, of_conversation, of_time, 1 as is_answer, of_turn is not null, trace_calls is not null "
            + "from (\(unfound)) as answers union all "
            + "select tenant, conversation_id, asked_time, 0, turn is not null, llm_calls > 0 "
            + "from \(turns) join (\(Self.keys(["tenant", "conversation"], of: unfound))) as these on \(Self.isOfConversation) "
            + "where asked_time is not null and asked_time < \(SQLTexts.time(period.to)) order by 1, 2, 3, 4"
    }
}
