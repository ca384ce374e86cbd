import Columnar
import Domain
import Platform
import Projections
import Synchronization

/// The store at one position: immutable, shared by the writer that made it and every query that pinned it.
final class StoreVersion: Sendable {
    /// What is known beside rows and counters.
    let ledger: Ledger
    let counters: MetricTotals
    let sealed: SealedState
    let tail: Tail
    /// Those that no segment holds.
    let systemRecords: UnsealedRecords
    let dirty: DirtyConversations
    let overlay: CostOverlay
    /// As last read; nil before the first step of a process.
    let clock: ReceiptClock?
    /// What silence means at this version.
    let closing: ClosingRule
    let foldLimits: FoldLimits
    /// Is told of conversations with more events than their rows are made of.
    private let unsealedCut: UnsealedCut
    private let folded = Mutex<ConversationRows?>(nil)

    init(
        ledger: Ledger, counters: MetricTotals, sealed: SealedState, tail: Tail, systemRecords: UnsealedRecords,
        dirty: DirtyConversations, overlay: CostOverlay, clock: ReceiptClock?, closing: ClosingRule,
        foldLimits: FoldLimits, unsealedCut: UnsealedCut
    ) {
        (self.ledger, self.counters, self.sealed, self.tail, self.systemRecords) = (
            ledger, counters, sealed, tail, systemRecords
        )
        (self.dirty, self.overlay, self.clock, self.closing) = (dirty, overlay, clock, closing)
        (self.foldLimits, self.unsealedCut) = (foldLimits, unsealedCut)
    }

    /// The last position that answers include.
    var position: Int64 { ledger.position }
    /// Every event received up to this time is included.
    var receivedTime: Int64 { ledger.receivedTime }

    /// Read-model rows of the conversations that the unsealed events touch; folded by whoever asks first. Nobody waits
    /// for another's fold: two that ask at once both fold, and get the same rows. What cannot be read is set aside, and
    /// the next who asks tries again.
    /// - Parameter check: throws when the rows are no longer wanted.
    func unsealedRows(
        _ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers,
        check: @escaping ScanRequest.Check
    ) throws -> ConversationRows {
        if let known = folded.withLock({ $0 }) { return known }
        let rows = try ConversationRows.folding(
            tail.readBlocks, dirty: dirty.sorted, unfolded: Set(dirty.unfolded.keys), sealed: sealed,
            overlay: overlay, layouts: layouts, registry: registry, workers: workers, limits: foldLimits,
            setsAside: true, check: check)
        if rows.unfolded.isEmpty { folded.withLock { $0 = rows } }
        unsealedCut.note(rows, at: position)
        return rows
    }
}

/// Conversations whose sealed rows no longer hold, as the writer has them. Each step makes a version and few versions
/// are asked for rows, so whoever folds them puts them together.
struct DirtyConversations: Sendable {
    /// Since the last freeze.
    var fresh: Set<ConversationGrouping.Key>
    /// Those of a seal under way.
    var frozen: [ConversationGrouping.Key]
    /// Those that could not be read, and why.
    var unfolded: [ConversationGrouping.Key: String]

    /// Each that was read so far once, ascending.
    /// - Complexity: O(conversations · log conversations).
    var sorted: [ConversationGrouping.Key] { fresh.union(frozen).sorted() }
}
