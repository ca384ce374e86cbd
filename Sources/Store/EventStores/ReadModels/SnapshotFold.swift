import Synchronization

/// The unsealed rows of one snapshot, folded once: what cannot be read is missing in all of its answers alike.
final class SnapshotFold: Sendable {
    private let rows = Mutex<ConversationRows?>(nil)

    /// Conversations that were set aside; empty as long as nobody asked for rows.
    var unfolded: [UnfoldedConversation] { rows.withLock { $0?.found.unfolded } ?? [] }

    func rows(_ fold: () throws -> ConversationRows) rethrows -> ConversationRows {
        if let known = rows.withLock({ $0 }) { return known }
        let made = try fold()
        // Of two that fold at one time the first one's rows count for both.
        return rows.withLock { rows in
            rows = rows ?? made
            return rows ?? made
        }
    }
}
