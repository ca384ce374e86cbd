import Columnar
import Domain
import JSONTexts

/// How a conversation ended by a rule, and what of its events says so.
struct ConversationVerdict {
    let rule: OutcomeRule
    /// nil where a part of the events decides and cannot be looked at.
    let outcome: Outcome?
    private let row: [ConversationField]

    /// - Parameter row: of `conversations`, nulls left out.
    init(_ rule: OutcomeRule, _ outcome: Outcome?, row: [ConversationField]) {
        (self.rule, self.outcome, self.row) = (rule, outcome, row)
    }

    /// In one sentence for people, from the facts that the rule looked at.
    var reason: String {
        switch outcome {
        case nil: return "not all of its events are looked at"
        case .resolved:
            guard let time = time("resolved_time") else { return "\(closing), the last word being an answer" }
            let certainty = text("resolved_certainty").map { " (\($0))" } ?? ""
            return "resolved by \(text("resolved_by") ?? "agent")\(certainty) at \(time)"
        case .escalated:
            let reason = text("escalation_reason").map { ", last for \($0)" } ?? ""
            let resolution =
                time("resolved_time") == nil
                ? "" : "; what \(text("resolved_by") ?? "agent") resolved does not count by this rule"
            return "escalated \(count("escalations")) times\(reason)\(resolution)"
        case .abandoned:
            return "\(closing); nothing that this rule takes for a resolution, nothing escalated"
        case .open:
            if time("resolved_time") != nil { return "resolved, and not yet for as long as the rule waits" }
            return "not closed, not resolved, not escalated"
        }
    }

    private var closing: String {
        guard let time = time("closed_time") else { return "closed" }
        return "closed at \(time)" + (text("closed_reason").map { " (\($0))" } ?? "")
    }

    private func text(_ name: String) -> String? { row.text(name) }
    private func count(_ name: String) -> Int64 { if case .integer(let count)? = row.value(name) { count } else { 0 } }
    private func time(_ name: String) -> String? { row.time(name).map { RFC3339.render($0) } }

    /// `{"rule":…,"outcome":…,"reason":…,"definition":…}`.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("rule", rule.rawValue)
        if let outcome { json.member("outcome", outcome.rawValue) }
        json.member("reason", reason)
        json.member("definition", rule.definition)
        json.endObject()
    }
}
