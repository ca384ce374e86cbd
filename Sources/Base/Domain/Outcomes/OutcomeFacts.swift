/// How a conversation ended, or that it has not.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case resolved, escalated, abandoned, open
}

/// Who had the last word in a conversation, of users and of those who answer them; `error` is an answer that failed.
package enum LastWord: String, Hashable, Sendable, CaseIterable {
    case question, answer, error
}

/// One event that a conversation's outcome depends on.
package enum OutcomeEvent: Hashable, Sendable {
    /// `by` and `certainty` as sent; nil where the event is silent.
    case resolved(by: String?, certainty: String?)
    case reopened
    case closed(reason: String?)
    /// The user is there again, or the conversation began: what was closed before goes on.
    case returned
    case escalationRaised(reason: String?)
    case escalationAccepted
    case escalationClosed
}

/// When an event happened; of two at one time the later position wins.
package struct OutcomeInstant: Hashable, Sendable, Comparable {
    /// ns since 1970 UTC.
    package var time: Int64
    /// Order of acceptance.
    package var position: Int64

    /// An instant and its place among those of the same time.
    package init(time: Int64, position: Int64) { (self.time, self.position) = (time, position) }

    /// By time, then position.
    package static func < (left: OutcomeInstant, right: OutcomeInstant) -> Bool {
        (left.time, left.position) < (right.time, right.position)
    }
}

/// What outcome rules need to know of one conversation: a few latest events, so that facts of parts merge in any order.
package struct OutcomeFacts: Hashable, Sendable {
    /// The last of resolved and reopened.
    package struct Verdict: Hashable, Sendable {
        /// When it was said.
        package var instant: OutcomeInstant
        /// True for resolved, false for reopened.
        package var isResolved: Bool
        /// Who resolved it; nil where the event is silent or reopened.
        package var by: String?
        /// `confirmed` or `assumed`; nil where the event is silent or reopened.
        package var certainty: String?
    }

    /// The last of resolved and reopened; nil for neither.
    package private(set) var verdict: Verdict?
    /// The last escalation raised.
    package private(set) var lastEscalation: OutcomeInstant?
    /// Its reason.
    package private(set) var escalationReason: String?
    /// The last closing.
    package private(set) var closed: OutcomeInstant?
    /// Its reason.
    package private(set) var closeReason: String?
    /// When the user last came, or the conversation was last reopened.
    package private(set) var lastReturn: OutcomeInstant?
    /// Escalations raised.
    package private(set) var escalations = 0
    /// Reopenings.
    package private(set) var reopenings = 0

    /// Who had the last word; not merged.
    package var lastWord: LastWord?

    /// Nothing is known yet.
    package init() {}

    /// Takes one event in; each event once, in any order.
    package mutating func add(_ event: OutcomeEvent, at instant: OutcomeInstant) {
        switch event {
        case .resolved(let by, let certainty):
            judge(Verdict(instant: instant, isResolved: true, by: by, certainty: certainty))
        case .reopened:
            reopenings += 1
            comeBack(instant)
            judge(Verdict(instant: instant, isResolved: false))
        case .closed(let reason): close(instant, reason)
        case .returned: comeBack(instant)
        case .escalationRaised(let reason):
            escalations += 1
            escalate(instant, reason)
        case .escalationAccepted, .escalationClosed: break
        }
    }

    /// Takes the facts of another part of the same conversation in.
    package mutating func merge(_ other: OutcomeFacts) {
        if let verdict = other.verdict { judge(verdict) }
        if let instant = other.lastEscalation { escalate(instant, other.escalationReason) }
        if let instant = other.closed { close(instant, other.closeReason) }
        if let instant = other.lastReturn { comeBack(instant) }
        escalations += other.escalations
        reopenings += other.reopenings
    }

    /// The last closing, unless the conversation went on after it.
    package var standingClose: OutcomeInstant? {
        guard let closed, let lastReturn, lastReturn > closed else { return closed }
        return nil
    }

    /// Whether an event closed it for good.
    package var isClosed: Bool { standingClose != nil }

    private mutating func comeBack(_ instant: OutcomeInstant) { lastReturn = max(lastReturn ?? instant, instant) }

    private mutating func judge(_ newer: Verdict) {
        if let verdict, newer.instant < verdict.instant { return }
        verdict = newer
    }

    private mutating func escalate(_ instant: OutcomeInstant, _ reason: String?) {
        if let lastEscalation, instant < lastEscalation { return }
        (lastEscalation, escalationReason) = (instant, reason)
    }

    private mutating func close(_ instant: OutcomeInstant, _ reason: String?) {
        if let closed, instant < closed { return }
        (closed, closeReason) = (instant, reason)
    }
}
