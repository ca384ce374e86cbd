import Columnar
import Domain
import Platform
import Projections
import Synchronization

/// The store at one position: immutable, shared by the writer that made it and every query that pinned it.
final class StoreVersion: Sendable {
    let sealed: SealedState
    let tail: Tail
    let overlay: CostOverlay
    let systemRecords: [SystemRecord]
    /// How far what is sent to other systems has got.
    let marks: [DeliveryMark]
    /// Objectives that were ever in force.
    let objectives: ObjectiveHistory
    /// Conversations whose sealed rows no longer hold.
    let dirty: [ConversationGrouping.Key]
    let book: PriceBook
    /// What silence means at this version.
    let closing: ClosingRule
    /// The last position that answers include.
    let position: Int64
    /// Every event received up to this time is included.
    let receivedTime: Int64
    let counters: MetricTotals
    /// Sum of all deliberate corrections.
    let rebookedPicoUSD: Int128
    /// How far received times were ahead of the clock.
    let leads: ClockLeads
    /// As last read; nil before the first step of a process.
    let clock: ReceiptClock?
    private let folded = Mutex<ConversationRows?>(nil)

    init(
        sealed: SealedState, tail: Tail, overlay: CostOverlay, systemRecords: [SystemRecord],
        marks: [DeliveryMark], objectives: ObjectiveHistory, dirty: [ConversationGrouping.Key], book: PriceBook, position: Int64,
        receivedTime: Int64,
        counters: MetricTotals, rebookedPicoUSD: Int128, leads: ClockLeads, clock: ReceiptClock?, closing: ClosingRule
    ) {
        self.sealed = sealed
        self.tail = tail
        self.overlay = overlay
        self.systemRecords = systemRecords
        self.marks = marks
        self.objectives = objectives
        self.dirty = dirty
        self.book = book
        self.position = position
        self.receivedTime = receivedTime
        self.counters = counters
        self.closing = closing
        self.rebookedPicoUSD = rebookedPicoUSD
        self.leads = leads
        self.clock = clock
    }

    /// Read-model rows of the conversations that the unsealed events touch; folded by whoever asks first. Nobody waits for another's fold:
    /// two that ask at once both fold, and get the same rows.
    func unsealedRows(_ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers) throws -> ConversationRows {
        if let known = folded.withLock({ $0 }) { return known }
        let rows = try ConversationRows.folding(
            tail.readBlocks, dirty: dirty, sealed: sealed, overlay: overlay, layouts: layouts, registry: registry, workers: workers)
        folded.withLock { $0 = rows }
        return rows
    }
}
