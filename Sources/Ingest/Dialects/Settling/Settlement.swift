package import Domain

/// What a trace comes to: what is to be appended and what is to be replaced. Both are empty when all was told before.
package struct Settlement: Sendable {
    /// Events that are new.
    package var events = EventRows()
    /// Events told before that late spans show in another light.
    package var replacements: [EventReplacement] = []
    /// Spans of the trace.
    package var spans = 0
    /// What totals prove of those who count, ascending.
    package var proofs: [UsageProof] = []
    /// What was read by what is known of those who count, or by convention, ascending: a new proof concerns it.
    package var assumed: [AssumedReading] = []
    /// What remained open about the turns of the trace.
    package var doubts = TurnDoubts()

    /// Whether there is nothing to do.
    package var isEmpty: Bool { events.isEmpty && replacements.isEmpty }
}

/// What remains open about the turns of a trace.
package struct TurnDoubts: Hashable, Sendable {
    /// Whether what is read as one question and its answer may be several.
    package var isJoined = false
    /// Whether model calls of a conversation belong to no question and answer.
    package var isUnanswered = false

    /// None.
    package init() {}
}
