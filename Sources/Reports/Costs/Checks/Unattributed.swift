import Domain

/// Spend that names no conversation, and answers for which no call was told.
struct Unattributed {
    let runner: ReportRunner
    let period: ReportPeriod

    func section() throws -> ReportSection {
        let calls = try CostQueries(runner: runner, period: period).whole(where: "conversation_id is null")
        return ReportSection(
            name: "unattributed", title: "Spend and answers that don't meet",
            columns: [
                ReportColumn("kind", "what"), ReportColumn("count", "count"), ReportColumn("cost_usd", "cost"),
                ReportColumn("cost_low_usd", "at least"), ReportColumn("cost_high_usd", "at most"),
            ],
            rows: [
                [
                    .text("calls_without_conversation"), .count(calls.calls), calls.bookedShown, .usd(calls.low),
                    .amount(calls.high),
                ]
            ] + (try answersWithoutCall()))
    }

    /// None where filters are of calls, of which an answer without one says nothing.
    private func answersWithoutCall() throws -> [[ReportValue]] {
        if runner.isOfCalls { return [] }
        let count = try AnswersWithoutCall(runner: runner, period: period).count()
        return [[.text("answers_without_call"), .count(count), .none, .none, .none]]
    }

    static let definitions = [
        ReportDefinition(
            "calls_without_conversation",
            "calls that name no conversation; they are in the total, and in the cost of one"),
        ReportDefinition(
            "answers_without_call",
            "answers of the model (answered_from null or model) for which no model call was told, so that what "
                + "they cost is missing: none of their trace, none of their number in the conversation, none in the "
                + "turns that they answer, and none in the turn that they belong to: that of their number, that of "
                + "their trace, else that of the last question before them where this or the answer has no number"),
    ]
}
