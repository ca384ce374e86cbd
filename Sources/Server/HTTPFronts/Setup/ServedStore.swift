package import Columnar
package import Domain
package import EventStores
package import Projections

/// What the server needs of a store. ``EventStore`` is the one that serves; tests put in stores that are slow or broken.
package protocol ServedStore: Sendable {
    var registry: SchemaRegistry { get }
    var userTokenKey: [UInt8] { get }
    var status: StoreStatus { get }
    /// The time that is believed, ns since 1970 UTC.
    var now: Int64 { get }
    /// Makes the batches durable; blocking, writer thread only.
    func append(_ batches: [IngestBatch]) throws -> [AppendResult]
    /// Books calls again at the prices now in force; blocking, writer thread only.
    func rebook(provider: String, model: String?, times: Range<Int64>) throws -> Rebooking
    /// What ``rebook(provider:model:times:)`` would change; blocking.
    func rebookingPreview(provider: String, model: String?, times: Range<Int64>) throws -> RebookingPreview
    /// Calls without an exact cost; blocking.
    func inexactCalls() throws -> InexactCalls
    /// About once a second; writer thread only.
    func tick() throws
    /// All tables at one position.
    func pinnedTables() -> any TableCatalog
    /// The prices in force.
    var priceBook: PriceBook { get }
    /// Objectives that were ever in force, those in force last.
    var objectives: ObjectiveHistory { get }
    /// What an export of some times (ns since 1970 UTC) says; see ``EventStore/exportReader(in:)``.
    func export(in times: Range<Int64>) throws -> any ExportSource
    /// What `/metrics` counted so far.
    var counters: MetricTotals { get }
    /// Spans received at a time or later; see ``StoreSnapshot/spans(receivedSince:)``.
    func spans(receivedSince time: Int64) throws -> [ReceivedSpan]
    /// Spans of traces and what was derived from them; see ``StoreSnapshot/events(ofTraces:sourcePrefix:)``.
    func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]]
    /// Rows of `system_events` of one type; see ``StoreSnapshot/notes(ofType:)``.
    func notes(ofType type: String) throws -> [StoredNote]
    /// The oldest of them; see ``StoreSnapshot/firstNote(ofType:)``.
    func firstNote(ofType type: String) throws -> StoredNote?
    /// Traces with spans of some instrumentations; see ``StoreSnapshot/traces(of:after:atMost:)``.
    func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64)
    /// The next events behind a position; see ``StoreSnapshot/page(_:)``.
    func page(_ request: EventPageRequest) throws -> EventPage
    /// What a report reads: all tables at one position, and how conversations are judged there.
    func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings)
    /// How far what is sent to other systems has got.
    var deliveryMarks: [DeliveryMark] { get }
    func close() throws
}

extension ServedStore {
    /// As far as its events say, for a store without a clock.
    package var now: Int64 { status.watermark }
    /// None, for a store that keeps no spans.
    package func spans(receivedSince time: Int64) throws -> [ReceivedSpan] { [] }
    /// None, for a store that keeps no spans.
    package func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] { [:] }
    /// None, for a store that keeps no notes.
    package func notes(ofType type: String) throws -> [StoredNote] { [] }
    /// None, for a store that keeps no notes.
    package func firstNote(ofType type: String) throws -> StoredNote? { nil }
    /// None, for a store that keeps no spans.
    package func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) { ([], max(position, status.position)) }
    /// The built-in ones, for a store that keeps no record of others.
    package var objectives: ObjectiveHistory { ObjectiveHistory() }
    /// None, for a store that keeps no events.
    package func page(_ request: EventPageRequest) throws -> EventPage { EventPage(coveredPosition: request.after) }
    /// Judged as in a new store, for one that keeps no settings.
    package func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings) { (pinnedTables(), .standard) }
    /// Nothing, for a store that books no calls.
    package func rebookingPreview(provider: String, model: String?, times: Range<Int64>) throws -> RebookingPreview { RebookingPreview() }
    /// None, for a store that books no calls.
    package func inexactCalls() throws -> InexactCalls { InexactCalls() }
    /// None, for a store that keeps no marks.
    package var deliveryMarks: [DeliveryMark] { [] }
}

extension EventStore: ServedStore {
    /// See ``ServedStore``.
    package func rebookingPreview(provider: String, model: String?, times: Range<Int64>) throws -> RebookingPreview {
        try snapshot().rebookingPreview(provider: provider, model: model, times: times)
    }
    /// See ``ServedStore``.
    package func inexactCalls() throws -> InexactCalls { try snapshot().inexactCalls() }
    /// See ``ServedStore``.
    package func pinnedTables() -> any TableCatalog { snapshot() }
    /// See ``ServedStore``.
    package var priceBook: PriceBook { snapshot().book }
    /// See ``ServedStore``.
    package var now: Int64 { snapshot().now }
    /// See ``ServedStore``.
    package var objectives: ObjectiveHistory { snapshot().objectives }
    /// See ``ServedStore``.
    package func export(in times: Range<Int64>) throws -> any ExportSource { try exportReader(in: times) }
    /// See ``ServedStore``.
    package var counters: MetricTotals { snapshot().counters }
    /// See ``ServedStore``.
    package func spans(receivedSince time: Int64) throws -> [ReceivedSpan] { try snapshot().spans(receivedSince: time) }
    /// See ``ServedStore``.
    package func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] {
        try snapshot().events(ofTraces: traceIDs, sourcePrefix: sourcePrefix)
    }
    /// See ``ServedStore``.
    package func notes(ofType type: String) throws -> [StoredNote] { try snapshot().notes(ofType: type) }
    /// See ``ServedStore``.
    package func firstNote(ofType type: String) throws -> StoredNote? { try snapshot().firstNote(ofType: type) }
    /// See ``ServedStore``.
    package func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) {
        try snapshot().traces(of: scopes, after: position, atMost: countMax)
    }
    /// See ``ServedStore``.
    package func page(_ request: EventPageRequest) throws -> EventPage { try snapshot().page(request) }
    /// See ``ServedStore``.
    package var deliveryMarks: [DeliveryMark] { snapshot().deliveryMarks }
    /// See ``ServedStore``.
    package func pinnedForReports() -> (tables: any TableCatalog, outcomes: OutcomeSettings) {
        let snapshot = snapshot()
        return (snapshot, snapshot.outcomes)
    }
}
