import Domain

/// Spend that names no conversation, and answers for which no call was told.
struct Unattributed {
    let desk: ReportDesk
    let period: ReportPeriod

    func section() throws -> ReportSection {
        let calls = try CostQuestions(desk: desk, period: period).whole(where: "conversation_id is null")
        let answers = try desk.rows(
            "select count(*) from turns where status is not null and \(period.contains("time")) and llm_calls = 0 "
                + "and (answered_from is null or answered_from = 'model')")
        return ReportSection(
            name: "unattributed", title: "Spend and answers that don't meet",
            columns: [
                ReportColumn("kind", "what"), ReportColumn("count", "count"), ReportColumn("cost_usd", "cost"),
                ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
            ],
            rows: [
                [
                    .text("calls_without_conversation"), .count(calls.calls), calls.bookedShown, .usd(calls.low), .amount(calls.high),
                ],
                [.text("answers_without_call"), .count(answers.first?.integer(0) ?? 0), .none, .none, .none],
            ])
    }

    static let definitions = [
        ReportDefinition("calls_without_conversation", "calls that name no conversation; they are in the total, and in the cost of one"),
        ReportDefinition(
            "answers_without_call",
            "answers of the model (answered_from null or model) in whose turn no model call was told: what they cost is missing"),
    ]
}
