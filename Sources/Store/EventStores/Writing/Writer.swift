import Columnar
import Domain
import EventLogs
import Platform
import Projections
import Segments

/// The single writer: all that changes lives here, behind the store's lock.
///
/// Each step prepares, makes durable, and only then publishes a new ``StoreVersion``; a step that fails leaves the
/// published one.
final class Writer {
    let context: StoreContext
    let options: StoreOptions
    let files: StoreFiles
    let registry: SchemaRegistry
    let layouts: EventTableLayouts
    let identityKey: UInt64
    let log: EventLog
    var manifests: ManifestStore
    /// nil once the store is closed, where a job that was left holds it.
    var lock: (any FileLock)?
    let segmentFiles: SegmentFiles
    /// nil where no archive lies outside the data directory.
    let archiveClaim: ArchiveClaim?
    /// Of all overlays.
    let keptCosts: OverlaidCosts

    /// What is known beside rows and counters.
    var ledger: Ledger
    var counters: MetricCounters
    var sealed: SealedState
    var tail = Tail()
    /// System records that no segment holds.
    var systemRecords = UnsealedRecords()
    /// Conversations whose sealed rows no longer hold: a late price or a correction concerns them, or a sealed row of
    /// theirs was replaced.
    var dirty: Set<ConversationGrouping.Key> = []
    /// Sealed rows that unsealed ones have come to stand for since the last freeze.
    var freshDead = ReplacedRows()
    /// Rows that wait for a seal to die, one under way or the next.
    var waitingDead: ReplacedRows {
        var waiting = freshDead
        if let frozen { waiting.merge(frozen.dead) }
        return waiting
    }
    /// New rows for events of a seal under way; they are laid over its segment once it is published.
    var lateReplacements: [EventReplacement] = []

    // What follows from the above.
    var booking: Booking
    /// Of the unsealed events that came after those of a seal under way.
    var identities = IdentityTable()
    /// Of the events of a seal under way.
    var frozenIdentities = IdentityTable()
    private var knownOverlay: (priceCount: Int, rebookingCount: Int, overlay: CostOverlay)?

    // Jobs.
    /// Those under way, whose outcomes are taken over between two steps.
    var flights: [RunningJob] = []
    var hasSealFailed = false
    var sealRetry = SealRetry()
    /// When the last seal began, by the monotonic clock.
    var sealBegan: Int64 = 0
    /// What the last job that failed threw, until somebody is told.
    var jobFailure: (any Error)?
    /// The least id that no attempt has used.
    var nextSegmentID: UInt64 = 0
    var retired = RetiredFiles()
    /// Ends the compaction under way.
    let compactionStop = CompactionStop()
    /// None begins before, by the monotonic clock.
    var compactionPauseEnd = Int64.min
    /// Segments that could not be read, which none takes up before a time by the monotonic clock.
    var compactionBarriers: Set<UInt64> = []
    var compactionBarriersEnd = Int64.min
    /// Nothing is looked for that may be dropped before, by the monotonic clock.
    var retentionPauseEnd = Int64.min
    /// Of seals that are made for that alone.
    var retentionSealPace = RetentionSealPace()
    /// What the files come to, where a budget is set, and when that is looked at next, by the monotonic clock.
    var diskStanding: DiskStanding
    var diskLookEnd = Int64.min
    /// Whether archived segments lay outside the data directory at that look.
    var isArchiveElsewhere = false
    /// Likewise of what may be archived.
    var archivePauseEnd = Int64.min
    /// Of the prices and corrections that the last seal knew.
    var sealedBasis: RetentionBasis

    // Of this process.
    /// nil until it is read for the first time.
    var clock: ReceiptClock?
    /// The received time that the log told of when it was opened.
    var openedTime = Int64.min
    var troubles = WriterTroubles()
    /// What the latest fold found, a seal's or a question's.
    let lately = LatestFindings()
    var refusals = Refusals()
    var flushes = FlushDurations()
    var lastAppendMonotonic: Int64 = 0
    var isIdleMarked = true
    var isClosed = false
    /// Why nothing is taken any more; nil while all is well.
    var failure: String?

    init(_ start: WriterStart) {
        context = start.context
        options = start.options
        files = start.files
        registry = start.registry
        layouts = EventTableLayouts(registry: start.registry)
        identityKey = start.identityKey
        log = start.log
        manifests = start.manifests
        lock = start.lock
        segmentFiles = start.segmentFiles
        archiveClaim = start.archiveClaim
        keptCosts = OverlaidCosts(bytesMax: start.options.keptCostBytesMax)
        ledger = start.ledger
        sealed = start.sealed
        counters = start.counters
        diskStanding = DiskStanding(start.options.retention.budget)
        // Nothing is replayed yet.
        sealedBasis = RetentionBasis(start.ledger.prices)
        booking = Booking(start.registry)
        counters.idleAfterNanoseconds = ledger.outcomes?.idleAfterNanoseconds
    }

    /// The position that the next event gets.
    var nextPosition: Int64 { ledger.nextPosition }
    /// The last received time given out.
    var receivedTime: Int64 { ledger.receivedTime }

    // MARK: Append

    /// Admits the batches in order and makes them durable with one flush.
    func append(_ batches: [IngestBatch]) throws -> [AppendResult] {
        try checkUsable()
        try observeClock()
        let before = Checkpoint(self)
        var (start, lastTime) = (log.end, log.lastTime)
        do {
            let known = try known(batches)
            try log.reserve(payloads: payloadBytes(of: batches))
            (start, lastTime) = (log.end, log.lastTime)
            var results: [AppendResult] = []
            for (index, batch) in batches.enumerated() { results.append(try admitAndLog(batch, known, index)) }
            // Before anything is flushed: a look at segments may fail, and then the log is as it was.
            for price in try noteLatePrices(since: before.lateCount) {
                try note(.event(type: Rebooking.recordType, data: price.firstPriceData))
            }
            if !planted(.acknowledgeBeforeFlush) { try flushLog() }
            isIdleMarked = false
            lastAppendMonotonic = context.clock.monotonicNanoseconds()
            refusals.count(results, batches)
            return results
        } catch {
            before.restore(self)
            // A log that holds records which this writer has taken back: only a replay brings both together again.
            if log.end != start, log.failure == nil, !log.takeBack(to: start, lastTime: lastTime) {
                failure = "the log went on without the store: \(error)"
            }
            throw told(error)
        }
    }

    /// - Throws: ``StoreError/closed``, ``StoreError/stopped(reason:)``.
    func checkUsable() throws(StoreError) {
        if isClosed { throw .closed }
        if let failure { throw .stopped(reason: failure) }
    }

    /// What a failed step means for the caller: only a log that takes nothing any more ends everything.
    func told(_ error: any Error) -> any Error {
        if let failure = log.failure { return StoreError.stopped(reason: "\(failure)") }
        return StoreError.wrapping(error)
    }

    /// Bytes of the log's records for the batches, at most: room is made for all of them before the first is taken.
    private func payloadBytes(of batches: [IngestBatch]) -> [Int] {
        var sizes: [Int] = []
        for batch in batches {
            sizes.append(batch.events.bytes.count)
            for letter in batch.deadLetters { sizes.append(record(.deadLetter(letter)).serialised.count) }
            sizes += Self.parts(of: batch.replacements).map { Self.payload(of: $0).count }
            if batch.rules.isEmpty {
                for note in batch.notes {
                    sizes.append(record(.event(type: note.type, data: note.data)).serialised.count)
                }
            } else {
                sizes += Self.parts(of: Self.toldTogether(batch)).map {
                    $0.reduce(0) { $0 + record($1).serialisedTogetherBytes }
                }
            }
            for mark in batch.marks {
                sizes.append(record(.event(type: DeliveryMark.recordType, data: mark.data)).serialised.count)
            }
            // A price that comes first leaves a note.
            for price in prices(in: batch.events) {
                let data = price.firstPriceData
                sizes.append(record(.event(type: Rebooking.recordType, data: data)).serialised.count)
            }
        }
        // The records' own numbers may take some bytes more by then.
        return sizes.map { min($0 + 16, max($0, LogFormat.payloadBytesMax)) }
    }

    private func admitAndLog(_ batch: IngestBatch, _ known: KnownIdentities, _ index: Int) throws -> AppendResult {
        let outcome = admit(batch.events, known, index)
        if let block = outcome.block {
            try log.append(
                .events, position: block.firstPosition, count: block.count, receivedTime: receivedTime,
                payload: block.rows.bytes)
            take(block, outcome)
        }
        for letter in batch.deadLetters { try note(.deadLetter(letter)) }
        try replace(batch.replacements)
        if batch.rules.isEmpty {
            for note in batch.notes { try self.note(.event(type: note.type, data: note.data)) }
        } else {
            try noteTogether(Self.toldTogether(batch))
        }
        for mark in batch.marks { try keep(DeliveryMark.recordType, mark.data) }
        return outcome.result(lastPosition: nextPosition - 1)
    }

    /// Logs a record of which only the last counts, and takes up what it tells.
    private func keep(_ type: String, _ data: String) throws {
        try follow(try note(.event(type: type, data: data))).map { dropOlder(than: $0) }
    }

    /// What several batches are like, identities among it, and what segments say of their events.
    typealias KnownIdentities = (surveys: [EventRowSurvey], sealed: SealedIdentities)

    private func known(_ batches: [IngestBatch]) throws -> KnownIdentities { try known(batches.map(\.events)) }

    func known(_ events: [EventRows]) throws -> KnownIdentities {
        let (key, types) = (identityKey, booking.bookedTypes)
        // Waking threads costs more than a few events do.
        let workers = events.reduce(0) { $0 + $1.count } > 4_096 ? context.workers : InlineWorkers()
        let surveys = try workers.map(count: events.count) { EventRowSurvey(events[$0], key: key, noting: types) }
        let sealed = try SealedIdentities(
            events, surveys: surveys, sealed: sealed, absentTimes: ledger.absentTimes, now: clockTime, layouts: layouts,
            registry: registry, workers: workers)
        return (surveys, sealed)
    }

    /// The table of identities learns of the events at once; a step that fails makes it anew.
    private func admit(_ events: EventRows, _ known: KnownIdentities, _ index: Int) -> Admission {
        let context = admissionContext
        return Admission(
            events, hashes: known.surveys[index].hashes, survey: known.surveys[index],
            sealed: known.sealed.verdicts(ofBatch: index), context: context, identities: &identities,
            booking: &booking, prices: &ledger.prices)
    }

    /// What events that come now are admitted by.
    var admissionContext: AdmissionContext {
        AdmissionContext(
            tail: tail, frozenIdentities: frozenIdentities, nextPosition: nextPosition, receivedTime: receivedTime,
            clockTime: clockTime, ends: sealed.ends, registry: registry)
    }

    /// Makes an admitted block part of the unsealed events.
    /// - Parameter counts: false where the seal of the block counts it.
    func take(_ block: TailBlock, _ outcome: Admission, counts: Bool = true) {
        ledger.absentTimes.add(outcome.absentTimes)
        ledger.position = block.lastPosition
        if counts { count(block) }
        tail.append(block)
    }

    /// Logs a system record; durable with the next flush. What it tells is not taken up.
    @discardableResult
    func note(_ content: SystemRecord.Content) throws -> SystemRecord {
        let record = record(content)
        try log.append(
            .system, position: nextPosition, count: 0, receivedTime: receivedTime, payload: record.serialised)
        systemRecords.append(record)
        return record
    }

    /// Logs a system record, durable when this returns; what it tells is not taken up. Where that fails, the store does
    /// not have it.
    /// - Throws: ``StoreError``; ``StoreError/recordTooLarge(bytes:)`` for what no log record holds, and nothing was
    ///   logged then.
    func noteDurably(_ content: SystemRecord.Content) throws -> SystemRecord {
        let before = systemRecords.count
        let record: SystemRecord
        do {
            record = try note(content)
            try flushLog()
        } catch {
            systemRecords.removeLast(systemRecords.count - before)
            throw told(error)
        }
        isIdleMarked = false
        lastAppendMonotonic = context.clock.monotonicNanoseconds()
        return record
    }

    func record(_ content: SystemRecord.Content) -> SystemRecord {
        SystemRecord(position: nextPosition - 1, receivedTime: receivedTime, content: content)
    }

    /// The prices that events set, at the position whose text is longest: theirs is not known yet.
    private func prices(in events: EventRows) -> [PriceEntry] {
        let priceSet = registry.wellKnownTypes.priceSet
        var prices: [PriceEntry] = []
        for row in events where row.type == priceSet {
            if let price = PriceEntry(row: row, position: .max, registry.wellKnown) { prices.append(price) }
        }
        return prices
    }

    // MARK: Bulk

    /// Admits the batches and writes them as a segment of their own; the log only notes it.
    /// - Precondition: the batches hold events and dead letters alone.
    func importBulk(_ batches: [IngestBatch]) throws -> [AppendResult] {
        try checkUsable()
        try checkBudget(batches)
        precondition(
            batches.allSatisfy {
                $0.replacements.isEmpty && $0.notes.isEmpty && $0.marks.isEmpty && $0.rules.isEmpty
            },
            "an import changes nothing that is there")
        // The log does not hold these events, so they have a seal of their own, and none may be under way.
        settle()
        // That may have ended everything: there would be no seal, and the events would be nowhere.
        try checkUsable()
        try observeClock()
        if tail.count > 0 || !tail.amended.isEmpty || !systemRecords.isEmpty { try seal() }
        let before = Checkpoint(self)
        do {
            var results: [AppendResult] = []
            var uncounted: [TailBlock] = []
            let known = try known(batches)
            // At once, since it would grow batch by batch, and all it has would be put in place again each time.
            identities.reserve(batches.reduce(0) { $0 + $1.events.count })
            for (index, batch) in batches.enumerated() {
                let outcome = admit(batch.events, known, index)
                if let block = outcome.block {
                    take(block, outcome, counts: false)
                    uncounted.append(block)
                }
                for letter in batch.deadLetters { systemRecords.append(record(.deadLetter(letter))) }
                results.append(outcome.result(lastPosition: nextPosition - 1))
            }
            if ledger.prices.late.count > before.lateCount {
                // What they change was counted before.
                for block in uncounted { count(block) }
                uncounted = []
            }
            for price in try noteLatePrices(since: before.lateCount) {
                systemRecords.append(record(.event(type: Rebooking.recordType, data: price.firstPriceData)))
            }
            if tail.count > 0 || !systemRecords.isEmpty { try seal(counting: uncounted) }
            refusals.count(results, batches)
            return results
        } catch {
            before.restore(self)
            throw told(error)
        }
    }

    // MARK: Late prices

    /// What becomes of a place that cannot be read while late prices are taken up.
    typealias OnDamage = (any Error) throws -> Void

    /// Applies prices that became known since `count` to unsealed calls, marks the sealed conversations they concern,
    /// and counts the costs that became known.
    /// - Returns: the prices that booked calls which waited.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments.
    func noteLatePrices(since count: Int, onDamage: @escaping OnDamage = { throw $0 }) throws -> [PriceEntry] {
        guard let search = latePriceSearch(since: count, onDamage) else { return [] }
        let firstPrices = try search.booking(in: sealed, tail.readBlocks)
        try apply(search)
        return firstPrices
    }

    /// The same of prices whose records are there already.
    func takeUpLatePrices(since count: Int, onDamage: @escaping OnDamage = { throw $0 }) throws {
        if let search = latePriceSearch(since: count, onDamage) { try apply(search) }
    }

    /// A place that cannot be read is a trouble, and no reason not to start.
    func goOnWithoutPlace(_ error: any Error) { troubles.unsearched(error) }

    /// nil where no price became known.
    private func latePriceSearch(since count: Int, _ onDamage: @escaping OnDamage) -> LatePriceSearch? {
        let prices = ledger.prices
        guard prices.late.count > count else { return nil }
        // What readers were shown says the same, and knows costs.
        let shown = knownOverlay.flatMap { $0.overlay.isOf(prices, lateCount: count) ? $0.overlay : nil }
        return LatePriceSearch(
            prices.late, from: count, before: shown ?? CostOverlay(prices, lateCount: count, kept: keptCosts),
            after: overlay, layouts: layouts, registry: registry, onDamage: onDamage)
    }

    private func apply(_ search: LatePriceSearch) throws {
        for cost in try search.firstCosts(in: sealed, leads: ledger.leads) {
            counters.addLateCost(cost.picoUSD, .labels(cost.labels))
        }
        // Calls of a seal under way go to their segment at the old cost: their conversations are folded again once it
        // is published.
        for block in tail.frozenReadBlocks {
            dirty.formUnion(search.conversations(in: block))
        }
        tail.replace { block in
            let repriced = search.reprice(block)
            countLateCosts(from: block, to: repriced)
            return repriced
        }
        if !planted(.forgetLatePrice) { dirty.formUnion(try search.conversations(in: sealed)) }
    }

    /// Late prices over sealed calls; made anew only when the prices changed, and then of the one before, so that what
    /// is kept of calls that they do not concern holds.
    var overlay: CostOverlay {
        let prices = ledger.prices
        let (priceCount, rebookingCount) = (prices.book.count, prices.rebookings.count)
        if let known = knownOverlay, (known.priceCount, known.rebookingCount) == (priceCount, rebookingCount) {
            return known.overlay
        }
        let overlay = knownOverlay?.overlay.following(prices) ?? CostOverlay(prices, kept: keptCosts)
        knownOverlay = (priceCount, rebookingCount, overlay)
        return overlay
    }

    /// To be called where prices or corrections are others of the same number.
    func forgetOverlay() { knownOverlay = nil }

    /// Goes on from an overlay of the prices and corrections there are, so that what it knows stays known.
    func take(_ overlay: CostOverlay) {
        let prices = ledger.prices
        knownOverlay = (prices.book.count, prices.rebookings.count, overlay)
    }

    /// What readers may see from now on.
    func version() -> StoreVersion {
        StoreVersion(
            ledger: ledger, counters: counters.totals, sealed: sealed, tail: tail, systemRecords: systemRecords,
            dirty: DirtyConversations(fresh: dirty, frozen: frozen?.dirty ?? []), overlay: overlay, clock: clock,
            closing: ClosingRule(settings: ledger.outcomes ?? .unsaid, reached: reachedTime),
            foldLimits: options.foldLimits, lately: lately)
    }
}

/// The writer's memory before a step, to return to when the step fails.
struct Checkpoint {
    let ledger: Ledger
    let totals: MetricTotals
    let sealed: SealedState
    let tail: Tail
    let systemRecords: UnsealedRecords
    let dirty: Set<ConversationGrouping.Key>
    let freshDead: ReplacedRows
    let lateReplacements: [EventReplacement]

    init(_ writer: Writer) {
        ledger = writer.ledger
        totals = writer.counters.totals
        writer.counters.beginStep()
        sealed = writer.sealed
        tail = writer.tail
        systemRecords = writer.systemRecords
        dirty = writer.dirty
        freshDead = writer.freshDead
        lateReplacements = writer.lateReplacements
    }

    /// Prices that came late, before the step.
    var lateCount: Int { ledger.prices.late.count }

    /// - Returns: false where nothing was restored: a seal that was published in between stands, and what was taken in
    ///   before it is in segments.
    @discardableResult
    func restore(_ writer: Writer) -> Bool {
        guard writer.sealed.position < ledger.nextPosition else { return false }
        // Time does not go back: it was read from the clock, and what was refused was refused at it.
        let receivedTime = writer.receivedTime
        writer.ledger = ledger
        writer.ledger.receivedTime = receivedTime
        writer.booking.forget()
        writer.forgetOverlay()
        if !planted(.keepCountsOfRefused) { writer.counters.rollBack(to: totals) }
        writer.sealed = sealed
        writer.tail = tail
        writer.systemRecords = systemRecords
        writer.dirty = dirty
        writer.freshDead = freshDead
        writer.lateReplacements = lateReplacements
        writer.indexTail()
        return true
    }
}
