package import Domain

/// What a trace comes to: what is to be appended and what is to be replaced. Both are empty when all was told before.
package struct Settlement: Sendable {
    /// Events that are new.
    package var events = EventBatch()
    /// Events told before that late spans show in another light.
    package var replacements: [EventReplacement] = []
    /// The same, where the store cannot replace them any more.
    package var outdated = 0
    /// Spans of the trace.
    package var spans = 0
    /// What totals prove of those who count, ascending.
    package var proofs: [UsageProof] = []

    /// Whether there is nothing to do.
    package var isEmpty: Bool { events.count == 0 && replacements.isEmpty }
}
