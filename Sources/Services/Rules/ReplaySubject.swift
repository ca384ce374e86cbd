import Bytes
import Domain
import PromQLText

/// What an alert is about, by the metrics that its rule leads to; so it can be asked in which conversations that was.
enum ReplaySubject: CaseIterable, Sendable {
    // Of several the first one: what tells more of a conversation.
    case questions, failedAnswers, firstTokens, slowAnswers, ratings, escalations, failedCalls, slowCalls, cost, tokens

    /// - Parameter selectors: all that the rule looks at.
    /// - Returns: nil where it is about no conversations.
    init?(of selectors: [SeriesMatchers]) {
        guard let found = Self.allCases.first(where: { selectors.contains(where: $0.isMeant(by:)) }) else { return nil }
        self = found
    }

    private func isMeant(by selector: SeriesMatchers) -> Bool {
        guard metrics.contains(where: selector.passesName) else { return false }
        return !isOfErrors || (selector.passes("error", of: "status") && !selector.passes("ok", of: "status"))
    }

    /// Whether metrics count what went well, too.
    private var isOfErrors: Bool { self == .failedAnswers || self == .failedCalls }

    private var metrics: [ByteText] {
        switch self {
        case .questions: ["support_questions_total", "support_questions_corrected_total"]
        case .failedAnswers: ["support_answers_total"]
        case .firstTokens: Self.histogram("support_time_to_first_token_seconds")
        case .slowAnswers: Self.histogram("support_answer_duration_seconds")
        case .ratings: ["support_feedback_total"]
        case .escalations: ["support_escalations_raised_total"]
        case .failedCalls: ["support_llm_calls_total"]
        case .slowCalls: Self.histogram("support_llm_call_duration_seconds")
        case .cost: ["support_llm_cost_usd_total"]
        case .tokens: ["support_llm_input_tokens_total", "support_llm_output_tokens_total"]
        }
    }

    private static func histogram(_ name: String) -> [ByteText] {
        ["", "_bucket", "_count", "_sum"].map { ByteText((name + $0).utf8) }
    }

    /// Whether the rows of ``table`` have a model.
    var hasModel: Bool { table == "llm_call" }

    /// What is asked.
    var table: String {
        switch self {
        case .questions: "turns"
        case .failedAnswers, .firstTokens, .slowAnswers: QuestionRule.answer.table
        case .ratings: "feedback_submitted"
        case .escalations: "escalation_raised"
        case .failedCalls, .slowCalls, .cost, .tokens: "llm_call"
        }
    }

    /// Which rows count, as conditions of SQL.
    /// - Parameter limits: within which questions have to be answered.
    func conditions(_ limits: AnswerLimits) -> [String] {
        switch self {
        case .questions:
            // By the shortest limit: one too many is better than none.
            [
                "asked_time is not null",
                "(status is null or status <> 'ok' or "
                    + "time > asked_time + interval '\(limits.bounds.lowerBound / 1000) microseconds')",
            ]
        case .escalations, .cost, .tokens: []
        case .failedAnswers: [QuestionRule.answer.sqlCondition, "status = 'error'"]
        case .firstTokens: [QuestionRule.answer.sqlCondition, "time_to_first_token_ns is not null"]
        case .slowAnswers: [QuestionRule.answer.sqlCondition, "duration_ns is not null"]
        case .slowCalls: ["duration_ns is not null"]
        case .ratings: ["score is not null"]
        case .failedCalls: ["status = 'error'"]
        }
    }

    /// Which conversations come first.
    var order: String {
        switch self {
        // What was not answered before what was answered badly, and that before what was answered late.
        case .questions:
            "max(case when status = 'ok' then 0 when status = 'error' then 1 else 2 end) desc, "
                + "max(duration_ns) desc nulls last"
        case .failedAnswers, .failedCalls, .escalations: "max(time) desc"
        case .firstTokens: "max(time_to_first_token_ns) desc"
        case .slowAnswers, .slowCalls: "max(duration_ns) desc"
        case .ratings: "min(score)"
        case .cost: "sum(cost_usd) desc nulls last"
        case .tokens: "sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) desc"
        }
    }
}
