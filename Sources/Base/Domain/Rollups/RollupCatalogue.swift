/// Every rollup there is, as data: storing, reading, verifying and answering from them follow from this list.
///
/// A dimension that is added here makes older segments answer from their events; one that is taken away, and a measure
/// that nobody asks for, cost nothing.
package enum RollupCatalogue {
    /// In the order in which segments hold them. Days have more dimensions than hours: they have fewer buckets.
    package static let definitions: [RollupDefinition] = ofTypes + users

    private static let ofTypes: [RollupDefinition] =
        RollupGrain.allCases.map { grain in
            RollupDefinition(
                "llm_call", grain, by: (grain == .day ? ["tenant"] : []) + call, costs + tokens + callTimes)
        }
        + RollupGrain.allCases.map { grain in
            RollupDefinition(
                QuestionRule.answer.table, grain, by: (grain == .day ? ["tenant", "error_type"] : []) + answer,
                answerTimes)
        }
        + lasting.map { RollupDefinition("embedding_call", $0, by: ["tenant"] + call, costs + tokens) }
        + lasting.map {
            RollupDefinition(QuestionRule.question.table, $0, by: ["tenant", "channel", QuestionRule.authorColumn], [])
        }
        + lasting.map {
            RollupDefinition("tool_call", $0, by: ["tool", "status", "error_type"], [.duration("duration_ns")])
        }
        + [
            RollupDefinition("retrieval_query", .day, by: ["kind", "status"], [.duration("duration_ns")]),
            RollupDefinition("cache_lookup", .day, by: ["cache", "hit"], [.sum("duration_ns")]),
        ]
        + lasting.map { RollupDefinition("escalation_raised", $0, by: ["reason", "queue", "channel"], []) }
        + lasting.map { RollupDefinition("feedback_submitted", $0, by: ["variant", "channel", "score"], []) }
        + times

    /// The column of tokens of users.
    package static let user = "user_id"

    /// Who was there on a day, each once: users of days, weeks and months are counted exactly.
    private static let users = [
        RollupDefinition(RollupDefinition.everyType, .day, part: "users", by: ["tenant", user], [], leading: user)
    ]

    /// Times of answers and calls once more, of all channels, models and tenants together: what a percentile costs is
    /// histograms to merge.
    private static let times: [RollupDefinition] =
        lasting.map {
            RollupDefinition(
                QuestionRule.answer.table, $0, part: "times", by: [QuestionRule.authorColumn, "status"], answerTimes)
        } + [RollupDefinition("llm_call", .hour, part: "times", by: ["status"], callTimes)]

    private static let lasting: [RollupGrain] = [.hour, .day]
    private static let call = ["provider", "request_model", "model", "route", "status", "price_state"]
    private static let answer = ["channel", QuestionRule.authorColumn, "status"]
    private static let costs: [RollupMeasure] = [.sum("cost_usd"), .sum("cost_low_usd"), .sum("cost_high_usd")]
    private static let tokens: [RollupMeasure] =
        ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"].map { .sum("\($0)_tokens") }
    private static let callTimes: [RollupMeasure] = [.duration("duration_ns"), .duration("time_to_first_token_ns")]
    /// The limits of the shipped service levels and alerts.
    private static let answerTimes: [RollupMeasure] = [
        .duration("duration_ns", limitsSeconds: [2, 3, 5, 8]), .duration("time_to_first_token_ns", limitsSeconds: [2]),
    ]
}
