import Domain
import Reports

/// How to read the reports of the demo, for whoever sees them for the first time: a short line for each figure that
/// does not speak for itself, in place of the definitions, which are long because they leave nothing open.
enum DemoLegend {
    static func text(_ kind: ReportKind) -> String {
        "How to read it\n" + renderAligned(lines(kind).map { ["  " + $0.figure, $0.meaning] })
            + "  Every definition: plimsoll report \(kind.rawValue)\n"
    }

    private static func lines(_ kind: ReportKind) -> [(figure: String, meaning: String)] {
        switch kind {
        case .sla: serviceLevels
        case .cost: cost
        case .outcomes: outcomes
        }
    }

    private static let serviceLevels = [
        ("verdict", "✓ target met, ! missed but within the alert limit, ✗ beyond it: an alert fires"),
        ("availability", "questions that got an answer without error within 30 s"),
        ("answer_p95", "95 of 100 answers took no longer; answer_p50: half of them"),
        ("first_token_p50", "half of the answers began to appear no later"),
        ("budget left", "of what the target allows to go wrong in 30 days; below 0: more did"),
        ("cost_per_answer", "what model calls cost, divided by the answers; only what has a price is in it"),
        ("at least, at most", "the same with calls that lack a price: such a call is never taken for $0"),
        ("unpriced calls", "calls that lack a price; while they leave the cost open it is at risk"),
        ("4 or 5", "ratings by customers, of 1 to 5: satisfaction is their share"),
    ]

    private static let cost = [
        ("cost", "of the calls of which everything has a price"),
        ("at least, at most", "the same with the others; unknown: nothing says how much they are at most"),
        ("partly, unpriced", "calls of which a part, or nothing, has a price; see \"price gaps\""),
        ("resolved_conversation", "a conversation that helped its customer; all cost is divided by them"),
        ("cache_read", "input that the provider had at hand from before, at a lower price"),
        ("told tokens", "what agents say was used, beside the calls: a check, added to no figure"),
    ]

    private static let outcomes = [
        ("house-1", "the rule that says what counts as resolved; there are others"),
        ("resolution", "of the conversations that closed, those that were resolved"),
        ("confirmed, assumed", "the customer said so; nobody said otherwise"),
        ("escalation", "of the conversations that closed, those that a person was called to"),
        ("CSAT", "ratings of 4 or 5 among all ratings"),
        ("response", "who rated, among those who were asked to"),
        ("from, to", "where the true share lies, 95 % certain: few ratings leave it wide"),
    ]
}
