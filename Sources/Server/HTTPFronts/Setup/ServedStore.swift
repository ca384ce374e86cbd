package import Asking
package import Columnar
package import Domain
package import EventStores
package import Intakes
package import Plans
package import Platform
package import Projections
package import Sending
import Shipments
package import Shipping

// tests: a server is run over stores that fail on demand.
/// What the server needs of a store: what its services need, and what it is asked. `EventStore` is the one that serves;
/// tests put in stores that are slow or broken.
package protocol ServedStore: IntakeStore, SendingStore {
    /// The event types and columns that are known.
    var registry: SchemaRegistry { get }
    /// The store in numbers; blocking.
    var status: StoreStatus { get }
    /// The time that is believed, ns since 1970 UTC.
    var now: Int64 { get }
    /// Books calls again at the prices now in force; blocking, writer thread only.
    func rebook(provider: String, model: String?, times: Range<Int64>) throws -> Rebooking
    /// What ``rebook(provider:model:times:)`` would change; blocking, until `look` throws, which is asked now and then.
    func rebookingPreview(
        provider: String, model: String?, times: Range<Int64>, look: () throws -> Void
    ) throws -> RebookingPreview
    /// The prices in force and calls without an exact cost, of some event times (ns; nil: of all), at one position;
    /// blocking likewise.
    func pricesAndInexactCalls(
        of times: Range<Int64>?, look: () throws -> Void
    ) throws -> (prices: PriceBook, calls: InexactCalls)
    /// All tables at one position.
    func pinnedTables() -> any TableCatalog
    /// What a report reads: all tables at one position, and how conversations are judged there.
    func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings)
    /// The series of metrics at one position, for one question: its memory, its time, and who may end it.
    /// - Parameters:
    ///   - present: metrics that only the running server knows.
    ///   - memory: what questions of before left.
    func pinnedSeries(present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions) -> PinnedSeries
    /// The same up to a time (ns since 1970 UTC), for an evaluation of rules at that time.
    func ruleSeries(
        upTo time: Int64, present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions
    ) -> PinnedSeries
    /// What is known of groups of alert rules.
    var ruleRecords: [RuleStateRecord] { get }
    /// The prices in force.
    var priceBook: PriceBook { get }
    /// What every answer says of what the store has lost; nil where it lost nothing.
    var lossNotice: String? { get }
    /// The same with what retention dropped, to be said beside prices.
    var priceNotice: String? { get }
    /// Objectives that were ever in force, those in force last.
    var objectives: ObjectiveHistory { get }
    /// What an export of some times (ns since 1970 UTC) says; see `EventStore.exportReader(in:)`.
    func export(in times: Range<Int64>) throws -> any ExportSource
    /// What `/metrics` counted so far.
    var counters: MetricTotals { get }
    /// Whether a place that could not be used can be used now; see `EventStore.canUse(_:)`. Blocking.
    func canUse(_ place: any FileContentError) -> Bool
    /// What reads all its files once more; nil where there are none.
    func makeScrubber() -> StoreScrubber?
    /// Where databases are shipped from; nil where that cannot be.
    func shippingSource(clock: any Clock) -> (any ShippingSource)?
    /// Nothing is asked of it any more.
    func close() throws
}

extension ServedStore {
    /// None.
    package func makeScrubber() -> StoreScrubber? { nil }
    /// It cannot.
    package func shippingSource(clock: any Clock) -> (any ShippingSource)? { nil }
}

extension EventStore: ServedStore {
    /// See ``ServedStore``.
    package func rebookingPreview(
        provider: String, model: String?, times: Range<Int64>, look: () throws -> Void
    ) throws -> RebookingPreview {
        try snapshot().rebookingPreview(provider: provider, model: model, times: times, look: look)
    }
    /// See ``ServedStore``.
    package func pricesAndInexactCalls(
        of times: Range<Int64>?, look: () throws -> Void
    ) throws -> (prices: PriceBook, calls: InexactCalls) {
        let snapshot = snapshot()
        return (snapshot.book, try snapshot.inexactCalls(of: times, look: look))
    }
    /// See ``ServedStore``.
    package func shippingSource(clock: any Clock) -> (any ShippingSource)? { StoreShipping(self, clock: clock) }
    /// See ``ServedStore``.
    package func pinnedTables() -> any TableCatalog { snapshot() }
    /// See ``ServedStore``.
    package func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings) {
        let snapshot = snapshot()
        return (snapshot, snapshot.outcomes)
    }
    /// See ``ServedStore``.
    package func pinnedSeries(
        present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions
    ) -> PinnedSeries {
        snapshot().series(present: present, memory: memory, within: options)
    }
    /// See ``ServedStore``.
    package func ruleSeries(
        upTo time: Int64, present: [MetricFamily], memory: SeriesMemory, within options: QueryOptions
    ) -> PinnedSeries {
        snapshot().series(upTo: time, present: present, memory: memory, within: options)
    }
    /// See ``ServedStore``.
    package var ruleRecords: [RuleStateRecord] { snapshot().rules }
    /// See ``ServedStore``.
    package var priceBook: PriceBook { snapshot().book }
    /// See ``ServedStore``.
    package var lossNotice: String? { snapshot().lossNotice }
    /// See ``ServedStore``.
    package var priceNotice: String? { snapshot().priceNotice }
    /// See ``ServedStore``.
    package var objectives: ObjectiveHistory { snapshot().objectives }
    /// See ``ServedStore``.
    package func export(in times: Range<Int64>) throws -> any ExportSource { try exportReader(in: times) }
    /// See ``ServedStore``.
    package var counters: MetricTotals { snapshot().counters }
    /// See ``ServedStore``.
    package func makeScrubber() -> StoreScrubber? { StoreScrubber(self) }
}
