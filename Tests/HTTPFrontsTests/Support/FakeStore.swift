import Asking
import Columnar
import Domain
import EventStores
import Glibc
import HTTPFronts
import Intakes
import Plans
import Platform
import Projections
import PromQLText
import Sending
import Synchronization

/// A store in memory that counts, and can be told to be slow, to break, or to doubt an event.
final class FakeStore: ServedStore {
    struct Broken: Error, CustomStringConvertible { var description: String { "the disk is gone" } }

    struct State {
        var rows = 0
        var appends = 0
        var isBroken = false
        var isFull = false
        var isTailFull = false
        var isBudgetSpent = false
        /// What it says that it dropped last.
        var lastDrop: String?
        /// What it says of retention.
        var retention = StoreStatus().retention
        /// Thrown by every correction when set.
        var rebookingFailure: StoreError?
        var freeBytes = 0
        /// Of its segments, and of those that are archived.
        var (segments, archived) = ((count: 0, bytes: 0), (count: 0, bytes: 0))
        var isClosed = false
        var ticks = 0
        /// Answered for every row when set.
        var verdict: EventVerdict?
        /// What it says that it has lost.
        var lossNotice: String?
    }

    let state = Mutex(State())
    /// What questions about series are answered from.
    let series = Mutex(MemorySeries())
    /// While held, `append` and `export` wait.
    let hold = Atomic<Bool>(false)
    /// While held, an export goes on and on without an event.
    let holdsPages = Atomic<Bool>(false)
    /// While held, `status` waits.
    let holdsStatus = Atomic<Bool>(false)
    /// More than 0 once `status` has waited.
    let statusWaits = Atomic<Int>(0)
    /// How often it was asked for `status`.
    let statusCalls = Atomic<Int>(0)
    /// While held, whoever wants samples of series waits, until nobody wants them any more.
    let holdsSeries = Atomic<Bool>(false)
    /// While held, whoever wants tables waits.
    let holdsTables = Atomic<Bool>(false)
    /// How often tables were given out.
    let pins = Atomic<Int>(0)
    /// What is given out; nil: none.
    let tables = Mutex<(any TableCatalog)?>(nil)

    let registry = SchemaRegistry.builtIn
    let userTokenKey: [UInt8] = Array(0..<32)
    var priceBook: PriceBook { BuiltInPrices.book }
    var lossNotice: String? { state.withLock { $0.lossNotice } }
    var priceNotice: String? { lossNotice }
    let counters = MetricCounters(registry: .builtIn).totals
    var troubles: [Trouble] { [] }
    let (position, watermark): (Int64, Int64) = (0, 0)
    var freeBytes: Int? { state.withLock { $0.freeBytes } }
    var isTailFull: Bool { state.withLock { $0.isTailFull } }
    var isBudgetSpent: Bool { state.withLock { $0.isBudgetSpent } }
    var lastDrop: String? { state.withLock { $0.lastDrop } }
    /// Waits as a disk may while held.
    var status: StoreStatus {
        statusCalls.add(1, ordering: .relaxed)
        while holdsStatus.load(ordering: .acquiring) {
            statusWaits.store(1, ordering: .releasing)
            usleep(1000)
        }
        var status = StoreStatus()
        status.freeBytes = freeBytes
        status.retention = state.withLock { $0.retention }
        state.withLock { state in
            (status.segments, status.segmentBytes) = state.segments
            (status.archivedSegments, status.archivedBytes) = state.archived
        }
        return status
    }

    func append(_ batches: [IngestBatch], waitingUntil deadline: Int64) throws -> [AppendResult] {
        while hold.load(ordering: .acquiring) { usleep(1000) }
        return try state.withLock { state in
            if state.isBroken { throw Broken() }
            if state.isFull { throw StoreError.noSpace(reason: "no byte left") }
            if state.isBudgetSpent { throw StoreError.budgetSpent(reason: "nothing is old enough") }
            if state.isTailFull { throw StoreError.tailFull(reason: "nothing is sealed", retrySeconds: 17) }
            state.appends += 1
            return batches.map { batch in
                let verdicts = (0..<batch.events.count).map { row in
                    state.verdict ?? .accepted(position: Int64(state.rows + row + 1))
                }
                let accepted = state.verdict == nil ? batch.events.count : 0
                state.rows += accepted
                return AppendResult(
                    verdicts: verdicts, accepted: accepted, duplicates: 0, lastPosition: Int64(state.rows))
            }
        }
    }

    func rebook(provider: String, model: String?, times: Range<Int64>) throws -> Rebooking {
        if let failure = state.withLock({ $0.rebookingFailure }) { throw failure }
        throw Broken()
    }
    /// Goes on and on while held.
    func pricesAndInexactCalls(
        of times: Range<Int64>?, look: () throws -> Void
    ) throws -> (prices: PriceBook, calls: InexactCalls) {
        try wait(look)
        return (priceBook, InexactCalls())
    }
    private func wait(_ look: () throws -> Void) throws {
        while hold.load(ordering: .acquiring) {
            try look()
            usleep(1000)
        }
    }
    func canUse(_ place: any FileContentError) -> Bool { false }
    func makeReady() {}
    func tick() throws { state.withLock { $0.ticks += 1 } }
    func pinnedTables() -> any TableCatalog {
        while holdsTables.load(ordering: .acquiring) { usleep(1000) }
        pins.add(1, ordering: .releasing)
        if let given = tables.withLock({ $0 }) { return given }
        return EmptyCatalog()
    }
    /// Waits as `append` does, then fails; while ``holdsPages`` is held it is pages without any event, and where
    /// something is lost an export of no event.
    func export(in times: Range<Int64>) throws -> any ExportSource {
        if holdsPages.load(ordering: .acquiring) || lossNotice != nil { return EmptyPages(store: self) }
        while hold.load(ordering: .acquiring) { usleep(1000) }
        throw Broken()
    }
    func page(_ request: EventPageRequest) throws -> EventPage { EventPage(coveredPosition: request.after) }
    var deliveryMarks: [DeliveryMark] { [] }
    var objectives: ObjectiveHistory { ObjectiveHistory() }
    func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings) { (pinnedTables(), .standard) }
    /// Goes on and on while held.
    func rebookingPreview(
        provider: String, model: String?, times: Range<Int64>, look: () throws -> Void
    ) throws -> RebookingPreview {
        try wait(look)
        return RebookingPreview()
    }
    func pinnedSeries(present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions) -> PinnedSeries {
        PinnedSeries(HeldSeries(store: self, series: series.withLock { $0 }, options: options))
    }
    func ruleSeries(
        upTo time: Int64, present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions
    ) -> PinnedSeries {
        PinnedSeries(series.withLock { $0 })
    }
    var ruleRecords: [RuleStateRecord] { [] }
    func close() throws { state.withLock { $0.isClosed = true } }

    // It keeps no spans and no notes.
    var now: Int64 { watermark }
    func spans(receivedSince time: Int64) throws -> [ReceivedSpan] { [] }
    func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] { [:] }
    func notes(ofType type: String) throws -> [StoredNote] { [] }
    func firstNote(ofType type: String) throws -> StoredNote? { nil }
    func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) { ([], max(position, self.position)) }
}

/// Series whose samples come when their store lets them.
private struct HeldSeries: SeriesSource {
    let store: FakeStore
    let series: MemorySeries
    let options: QueryOptions

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        while store.holdsSeries.load(ordering: .acquiring) {
            do throws(QueryError) { try options.check() } catch { throw .cancelled }
            usleep(1000)
        }
        return try series.series(request)
    }

    func labelSets(
        _ matchers: SeriesMatchers, after: Int64, through: Int64
    ) throws(SeriesSourceError) -> [LabelSet] {
        try series.labelSets(matchers, after: after, through: through)
    }
}

/// An export that comes to its first event when the store no longer holds it, which is never.
private struct EmptyPages: ExportSource {
    let store: FakeStore
    var beginning: ExportHeader {
        ExportHeader(
            store: "s", isWhole: false, hasUsers: false, position: 0, records: 0, corrections: 0, prices: [],
            notice: store.lossNotice)
    }
    var heldBytes: Int { 0 }
    var nextPageBytes: Int { 0 }

    func next() -> ExportPage? {
        usleep(1000)
        return store.holdsPages.load(ordering: .acquiring) ? ExportPage() : nil
    }
}

struct EmptyCatalog: TableCatalog {
    var tableNames: [String] { [] }
    var position: Int64 { 0 }
    var watermark: Int64 { 0 }
    var now: Int64 { 0 }
    func table(named name: String) -> (any TableSource)? { nil }
    func userToken(_ userID: String) -> String { userID }
}
