/// The service level table: what is promised, and when somebody is woken.
package enum ServiceLevels {
    /// A question must be answered ok within this time.
    package static let answerLimitNanoseconds: Int64 = 30 * second
    private static let second: Int64 = 1_000_000_000
    private static let cent: Int64 = 10_000_000_000

    /// The table, in the order of reports.
    package static let objectives: [Objective] = [
        Objective(
            name: "availability", title: "Availability", definition: "Good questions ÷ (good + failed): answered ok within 30 s or not.",
            direction: .atLeast, target: .share(partsPerMillion: 999_000), alertLimit: .share(partsPerMillion: 995_000), budgetDays: 30),
        Objective(
            name: "answer_p50", title: "Answer p50", definition: "Median of duration_ns of answers.", direction: .below,
            target: .duration(nanoseconds: 2 * second), alertLimit: .duration(nanoseconds: 3 * second)),
        Objective(
            name: "answer_p95", title: "Answer p95", definition: "95th percentile of duration_ns of answers.", direction: .below,
            target: .duration(nanoseconds: 5 * second), alertLimit: .duration(nanoseconds: 8 * second)),
        Objective(
            name: "error_rate", title: "Error rate", definition: "Answers with status error ÷ answers.", direction: .below,
            target: .share(partsPerMillion: 10_000), alertLimit: .share(partsPerMillion: 20_000), budgetDays: 30),
        Objective(
            name: "cost_per_answer", title: "Cost per answer", definition: "Booked cost of model and embedding calls ÷ answers.",
            direction: .below, target: .costPerAnswer(picoUSD: 2 * cent), alertLimit: .costPerAnswer(picoUSD: 5 * cent)),
        Objective(
            name: "satisfaction", title: "Satisfaction", definition: "Ratings of 4 or 5 ÷ ratings.", direction: .above,
            target: .share(partsPerMillion: 850_000), alertLimit: .share(partsPerMillion: 800_000)),
        Objective(
            name: "first_token_p50", title: "First token p50", definition: "Median of time_to_first_token_ns of answers.",
            direction: .below, target: .duration(nanoseconds: 2 * second)),
    ]

    /// The objective with a name; nil for none.
    package static func objective(named name: String) -> Objective? { objectives.first { $0.name == name } }
}
