import Bytes

/// A named, versioned definition of what counts as resolved. A changed definition gets a new name; old names keep their
/// meaning.
package enum OutcomeRule: String, Hashable, Sendable, CaseIterable {
    case house1 = "house-1"
    case intercomFin = "intercom-fin"
    case zendesk2026 = "zendesk-2026"
    case silenceResolves1 = "silence-resolves-1"

    /// How long `zendesk-2026` waits for the customer to come back.
    package static let zendeskInactivityNanoseconds: Int64 = 72 * Nanoseconds.hour

    /// A closing for one of these reasons is no consent: `silence-resolves-1` does not count it as resolved.
    package static let reasonsOfNoConsent = ["abandoned", "handed_over"]

    /// The definition in one line, as reports print it; silence closes, too, and means what closing means.
    package var definition: String {
        switch self {
        case .house1:
            "resolved if the last of resolved and reopened is resolved; "
                + "else escalated if one was raised; else abandoned when closed; else open"
        case .intercomFin:
            "resolved if the agent's resolution, confirmed or assumed, is the last word and nothing was escalated after it; "
                + "else escalated if one was raised; else abandoned when closed; else open"
        case .zendesk2026:
            "resolved if the agent's resolution stood for 72 h without reopening and nothing was ever escalated, open until then; "
                + "else escalated if one was raised; else abandoned when closed; else open"
        case .silenceResolves1:
            "resolved if the last of resolved and reopened is resolved; else escalated if one was raised; else resolved, as an assumption, "
                + "when closed with an answer that did not fail as the last word, unless it was closed as abandoned or handed over; "
                + "else abandoned when closed; else open"
        }
    }

    /// The outcome as known at `now` (ns since 1970 UTC); only `zendesk-2026` depends on it.
    package func outcome(of facts: OutcomeFacts, at now: Int64) -> Outcome {
        let resolution = facts.verdict.flatMap { $0.isResolved ? $0 : nil }
        switch self {
        case .house1, .silenceResolves1:
            if resolution != nil { return .resolved }
        case .intercomFin:
            if let resolution, resolution.by != "human" {
                guard let escalation = facts.lastEscalation, escalation > resolution.instant else { return .resolved }
            }
        case .zendesk2026:
            if let resolution, resolution.by != "human", facts.lastEscalation == nil {
                let (waited, isBeyond) = now.subtractingReportingOverflow(resolution.instant.time)
                return isBeyond || waited >= OutcomeRule.zendeskInactivityNanoseconds ? .resolved : .open
            }
        }
        if facts.lastEscalation != nil { return .escalated }
        guard facts.isClosed else { return .open }
        return self == .silenceResolves1 && isConsent(facts) ? .resolved : .abandoned
    }

    /// Whether a closing without a verdict means that the answer helped.
    private func isConsent(_ facts: OutcomeFacts) -> Bool {
        guard facts.lastWord == .answer else { return false }
        guard facts.standingClose != nil, let reason = facts.closeReason else { return true }
        return !OutcomeRule.reasonsOfNoConsent.contains { $0.hasSameBytes(as: reason) }
    }

    /// Who resolved it: `by` of the resolution, agent where it is silent; nil unless the outcome is resolved.
    package func resolvedBy(_ facts: OutcomeFacts, at now: Int64) -> String? {
        outcome(of: facts, at: now) == .resolved ? facts.verdict?.by ?? "agent" : nil
    }
}
