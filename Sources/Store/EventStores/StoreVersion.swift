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
    /// What the latest fold found, of this version or another one; those of this one are told here.
    let lately: LatestFindings
    private let folded = Mutex<ConversationRows?>(nil)

    init(
        ledger: Ledger, counters: MetricTotals, sealed: SealedState, tail: Tail, systemRecords: UnsealedRecords,
        dirty: DirtyConversations, overlay: CostOverlay, clock: ReceiptClock?, closing: ClosingRule,
        foldLimits: FoldLimits, lately: LatestFindings
    ) {
        (self.ledger, self.counters, self.sealed, self.tail, self.systemRecords) = (
            ledger, counters, sealed, tail, systemRecords
        )
        (self.dirty, self.overlay, self.clock, self.closing) = (dirty, overlay, clock, closing)
        (self.foldLimits, self.lately) = (foldLimits, lately)
    }

    /// The last position that answers include.
    var position: Int64 { ledger.position }
    /// Every event received up to this time is included.
    var receivedTime: Int64 { ledger.receivedTime }

    /// Read-model rows of the conversations that the unsealed events touch; folded by whoever asks first. A store folds
    /// for questions once at a time, since each fold holds what it reads: whoever asks meanwhile waits on its thread,
    /// and takes the rows where they are of its version. A fold that fails or is no longer wanted fails its asker
    /// alone; the next one folds. What folds needs none of the threads that wait: workers take part and are not waited
    /// for before they do. Where an earlier version's fold is known, only what has come since is folded. What cannot
    /// be read is set aside, and is all that the next snapshot's question tries again.
    /// - Parameters:
    ///   - note: is told what the fold holds beside the rows that stay, 0 at its end. These are kept for the next
    ///     question (``UnsealedFold``) and are as many as the newest events make: they are of the program's share.
    ///   - check: throws when the rows are no longer wanted.
    /// - Complexity: O(unsealed events and rows, and all events of the conversations that were touched since).
    func unsealedRows(
        _ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers,
        note: @escaping ScanRequest.Note = { _ in }, check: @escaping ScanRequest.Check
    ) throws -> ConversationRows {
        let known = folded.withLock { $0 }
        if let known, known.found.unfolded.isEmpty { return known }
        return try lately.folds.run(waitingWhile: check) {
            // Rows that somebody made while this one waited are as new as what it would make.
            if let made = folded.withLock({ $0 }), made.origin != known?.origin { return made }
            defer { note(0) }
            return try fold(known, layouts, registry, workers, note, check)
        }
    }

    /// - Parameter known: rows of this version without some conversations, which are tried again.
    private func fold(
        _ known: ConversationRows?, _ layouts: EventTableLayouts, _ registry: SchemaRegistry, _ workers: any Workers,
        _ note: @escaping ScanRequest.Note, _ check: @escaping ScanRequest.Check
    ) throws -> ConversationRows {
        let missing = known.map { Set($0.found.unfolded.map(\.key)) }
        let dirty = dirty.sorted
        let basis = basis(dirty)
        let earlier = known == nil ? lately.fold(on: basis, through: position) : nil
        let changes = try earlier?.changes(in: tail, registry, check: check)
        var rows = try ConversationRows.folding(
            tail.readBlocks, dirty: dirty, unfolded: sealed.unfolded, only: missing ?? changes?.folded, sealed: sealed,
            overlay: overlay, layouts: layouts, registry: registry, workers: workers, limits: foldLimits,
            setsAside: true, note: note, check: check)
        if let known { rows = known.with(rows) }
        if let earlier, let changes { rows = try earlier.rows(changes, folded: rows, check: check) }
        rows.found.position = position
        folded.withLock { folded in
            let isBetter = folded.map { rows.found.unfolded.count <= $0.found.unfolded.count } ?? true
            if isBetter { folded = rows }
        }
        lately.note(rows.found)
        lately.keep(UnsealedFold(basis: basis, position: position, rows: rows))
        return rows
    }

    private func basis(_ dirty: [ConversationGrouping.Key]) -> UnsealedFold.Basis {
        UnsealedFold.Basis(
            tail: tail.lineage, segments: sealed.segments.map(\.id), unfolded: sealed.unfolded,
            overlay: overlay.origin, dirty: dirty)
    }
}

/// Conversations whose sealed rows no longer hold, as the writer has them. Each step makes a version and few versions
/// are asked for rows, so whoever folds them puts them together.
struct DirtyConversations: Sendable {
    /// Since the last freeze.
    var fresh: Set<ConversationGrouping.Key>
    /// Those of a seal under way.
    var frozen: [ConversationGrouping.Key]

    /// Each that was read so far once, ascending.
    /// - Complexity: O(conversations · log conversations).
    var sorted: [ConversationGrouping.Key] { fresh.union(frozen).sorted() }
}
