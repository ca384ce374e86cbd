import Synchronization

/// The unsealed rows of one snapshot, folded once: what cannot be read is missing in all of its answers alike.
final class SnapshotFold: Sendable {
    private let rows = Mutex<ConversationRows?>(nil)
    private let lately: LatestFold

    init(_ lately: LatestFold) { self.lately = lately }

    /// Conversations that were set aside; empty as long as nobody asked for rows.
    var unfolded: [UnfoldedConversation] { rows.withLock { $0?.unfolded } ?? [] }

    /// What answers of the snapshot lack, a line each.
    var notices: [String] {
        let count = unfolded.count
        guard count > 0 else { return [] }
        let subject = count == 1 ? "1 conversation is" : "\(count) conversations are"
        return [
            "\(subject) missing from turns and conversations, or older there than it should be, since something cannot"
                + " be read: troubles of /v1/status and `plimsoll verify` say what"
        ]
    }

    func rows(of version: StoreVersion, _ fold: () throws -> ConversationRows) rethrows -> ConversationRows {
        if let known = rows.withLock({ $0 }) { return known }
        let made = try fold()
        // Of two that fold at one time the first one's rows count for both.
        let kept = rows.withLock { rows in
            rows = rows ?? made
            return rows ?? made
        }
        lately.note(kept.unfolded, over: version.sealed)
        return kept
    }
}

/// What the last question that folded found unreadable. It knows more than the last seal, until there is another one:
/// of events that no segment holds yet, and of files that were put back.
final class LatestFold: Sendable {
    private struct Found {
        var unfolded: [UnfoldedConversation]
        var base: LatestFold.Base
    }

    /// Tells what a fold stood on from what a later seal made.
    private struct Base: Equatable {
        var segments: Int
        var position: Int64

        init(_ sealed: SealedState) { (segments, position) = (sealed.segments.count, sealed.position) }
    }

    private let found = Mutex<Found?>(nil)

    func note(_ unfolded: [UnfoldedConversation], over sealed: SealedState) {
        found.withLock { $0 = Found(unfolded: unfolded, base: Base(sealed)) }
    }

    /// nil where nobody asked since the last seal.
    func unfolded(over sealed: SealedState) -> [UnfoldedConversation]? {
        found.withLock { $0.flatMap { $0.base == Base(sealed) ? $0.unfolded : nil } }
    }
}
