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
    let systemRecords: [SystemRecord]
    /// Conversations whose sealed rows no longer hold.
    let dirty: [ConversationGrouping.Key]
    let overlay: CostOverlay
    /// As last read; nil before the first step of a process.
    let clock: ReceiptClock?
    /// What silence means at this version.
    let closing: ClosingRule
    let foldLimits: FoldLimits
    private let folded = Mutex<ConversationRows?>(nil)

    init(
        ledger: Ledger, counters: MetricTotals, sealed: SealedState, tail: Tail, systemRecords: [SystemRecord],
        dirty: [ConversationGrouping.Key], overlay: CostOverlay, clock: ReceiptClock?, closing: ClosingRule,
        foldLimits: FoldLimits
    ) {
        (self.ledger, self.counters, self.sealed, self.tail, self.systemRecords) = (
            ledger, counters, sealed, tail, systemRecords
        )
        (self.dirty, self.overlay, self.clock, self.closing) = (dirty, overlay, clock, closing)
        self.foldLimits = foldLimits
    }

    /// The last position that answers include.
    var position: Int64 { ledger.position }
    /// Every event received up to this time is included.
    var receivedTime: Int64 { ledger.receivedTime }

    /// Read-model rows of the conversations that the unsealed events touch; folded by whoever asks first. Nobody waits
    /// for another's fold: two that ask at once both fold, and get the same rows.
    func unsealedRows(_ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers) throws
        -> ConversationRows
    {
        if let known = folded.withLock({ $0 }) { return known }
        let rows = try ConversationRows.folding(
            tail.readBlocks, dirty: dirty, sealed: sealed, overlay: overlay, layouts: layouts, registry: registry,
            workers: workers, limits: foldLimits)
        folded.withLock { $0 = rows }
        return rows
    }
}
