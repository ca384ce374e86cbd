import Domain

/// Counts the answers of a period for which no model call was told.
///
/// A turn knows its calls, and most answers are the first of a turn that has some: these are put aside by one join.
/// What is left is looked for by trace and by number, and what is left of that, such as a second answer of a turn,
/// stands beside the questions of its conversation in the order of time.
struct AnswersWithoutCall {
    let desk: ReportRunner
    let period: ReportPeriod

    /// Answers that a model should have given.
    private var answers: String {
        "select tenant as of_tenant, conversation_id as of_conversation, turn as of_turn, trace_id as of_trace, time as of_time "
            + "from \(QuestionRule.answer.table) where \(QuestionRule.answer.sqlCondition) "
            + "and \(period.contains("time")) and (answered_from is null or answered_from = 'model')"
    }

    private static let columns = "of_tenant, of_conversation, of_turn, of_trace, of_time"

    /// Those that are not the first answer of a turn with calls. A turn has the time of its answer.
    private var notFirst: String {
        "select \(Self.columns) from (\(answers)) as answers left join (select tenant, conversation_id, time, turn from turns "
            + "where \(period.contains("time")) and status is not null and llm_calls > 0 group by 1, 2, 3, 4) as answered "
            + "on tenant = of_tenant and conversation_id = of_conversation and time = of_time "
            + "and (turn is null or of_turn is null or turn = of_turn) where tenant is null"
    }

    /// Those of them that neither their trace nor their number leads to a call; `trace_calls` is null where no turn has
    /// their trace.
    private var unfound: String {
        let inThese =
            "conversation_id in (select of_conversation from (\(notFirst)) as answers where of_conversation is not null)"
        let byTrace =
            "select tenant as call_tenant, trace_id as call_trace from llm_call "
            + "where trace_id in (select of_trace from (\(notFirst)) as answers where of_trace is not null) group by 1, 2"
        let byNumber =
            "select tenant as number_tenant, conversation_id as number_conversation, turn as number from ("
            + "select tenant, conversation_id, turn from llm_call where turn is not null and \(inThese) union all "
            + "select tenant, conversation_id, turn from turns where turn is not null and llm_calls > 0 and \(inThese)"
            + ") as numbered group by 1, 2, 3"
        let turnsByTrace =
            "select tenant as turn_tenant, conversation_id as turn_conversation, trace_id as turn_trace, max(llm_calls) as trace_calls "
            + "from turns where trace_id is not null and \(inThese) group by 1, 2, 3"
        return "select \(Self.columns), trace_calls from (\(notFirst)) as answers "
            + "left join (\(byTrace)) as by_trace on call_tenant = of_tenant and call_trace = of_trace "
            + "left join (\(byNumber)) as by_number on number_tenant = of_tenant and number_conversation = of_conversation "
            + "and number = of_turn left join (\(turnsByTrace)) as turns_by_trace on turn_tenant = of_tenant "
            + "and turn_conversation = of_conversation and turn_trace = of_trace "
            + "where call_tenant is null and number_tenant is null and (trace_calls is null or trace_calls = 0)"
    }

    func count() throws -> Int128 {
        guard try !desk.rows("select 1 from (\(notFirst)) as answers limit 1").isEmpty else { return 0 }
        // A question stands before the answers of its instant.
        let rows = try desk.rows(
            "select of_tenant, of_conversation, of_time, 1 as is_answer, of_turn is not null, trace_calls is not null "
                + "from (\(unfound)) as answers union all "
                + "select tenant, conversation_id, asked_time, 0, turn is not null, llm_calls > 0 from turns where asked_time is not null "
                + "and conversation_id in (select of_conversation from (\(unfound)) as answers where of_conversation is not null) "
                + "order by 1, 2, 3, 4")
        var count: Int128 = 0
        var conversation: GroupKey?
        var question: (isNumbered: Bool, hasCalls: Bool)?
        for row in rows {
            let key = GroupKey(cells: row.values.prefix(2).map(GroupCell.init))
            if key != conversation { (conversation, question) = (key, nil) }
            let (isNumbered, isMarked) = (row.flag(4), row.flag(5))
            if row.integer(3) == 0 {
                question = (isNumbered, isMarked)
                continue
            }
            // A turn of its trace has it then, and no call: it belongs to no other.
            let isOfItsTrace = isMarked
            let belongs = question.map { !isOfItsTrace && !(isNumbered && $0.isNumbered) } ?? false
            if !(belongs && question?.hasCalls == true) { count += 1 }
        }
        return count
    }
}
