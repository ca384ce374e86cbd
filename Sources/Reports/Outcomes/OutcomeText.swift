import Bytes
import Domain

/// Outcome rules over the facts in `conversations`, as SQL.
enum OutcomeText {
    /// The outcome of a row at the instant that the log has reached; see `OutcomeRule.outcome(of:at:)`.
    static func expression(_ rule: OutcomeRule, now: Int64) -> String {
        if let column = column(rule) { return column }
        let since = now.saturatingSubtract(OutcomeRule.zendeskInactivityNanoseconds)
        return "case when cut_after is not null then null "
            + "when resolved_time is not null and resolved_by <> 'human' and escalations = 0 "
            + "then case when resolved_time <= \(SQLTexts.time(since)) then 'resolved' else 'open' end "
            + "when escalations > 0 then 'escalated' when closed_time is not null then 'abandoned' else 'open' end"
    }

    /// The column that has the outcome by a rule; nil: none has, since time alone may change it.
    static func column(_ rule: OutcomeRule) -> String? {
        switch rule {
        case .house1: "outcome"
        case .intercomFin: "outcome_intercom_fin"
        case .silenceResolves1: "outcome_silence_resolves"
        case .zendesk2026: nil
        }
    }
}
