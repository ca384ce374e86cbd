package import Domain
package import EventStores

/// What taking in needs of a store. `EventStore` is the one that serves; tests put in stores that are slow or broken.
package protocol IntakeStore: Sendable {
    /// The event types and columns that are known.
    var registry: SchemaRegistry { get }
    /// The key for the tokens that stand for users.
    var userTokenKey: [UInt8] { get }
    /// Position of the last event; 0 when there is none.
    var position: Int64 { get }
    /// Every event received up to this time (ns since 1970 UTC) is included.
    var watermark: Int64 { get }
    /// Bytes that may still be written; nil where the system does not say. Blocking.
    var freeBytes: Int? { get }
    /// What is not as it should be while it goes on.
    var troubles: [Trouble] { get }
    /// The time that is believed, ns since 1970 UTC.
    var now: Int64 { get }
    /// Whether so many events have no segment yet that none is taken before a seal makes room.
    var isTailFull: Bool { get }
    /// Whether its files come to as much as they may, so that no event is taken before some go.
    var isBudgetSpent: Bool { get }
    /// What it dropped last of old events, in one line; nil where it dropped none.
    var lastDrop: String? { get }
    /// Makes the batches durable; blocking, writer thread only. Waits for room until a time of the monotonic clock (ns)
    /// at the latest.
    func append(_ batches: [IngestBatch], waitingUntil deadline: Int64) throws -> [AppendResult]
    /// When nobody waits for the writer thread, on which it is called.
    func makeReady()
    /// About once a second; writer thread only.
    func tick() throws
    /// Spans received at a time or later; see `StoreSnapshot.spans(receivedSince:)`.
    func spans(receivedSince time: Int64) throws -> [ReceivedSpan]
    /// Spans of traces and what was derived from them; see `StoreSnapshot.events(ofTraces:sourcePrefix:)`.
    func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]]
    /// Rows of `system_events` of one type; see `StoreSnapshot.notes(ofType:)`.
    func notes(ofType type: String) throws -> [StoredNote]
    /// The oldest of them; see `StoreSnapshot.firstNote(ofType:)`.
    func firstNote(ofType type: String) throws -> StoredNote?
    /// Traces with spans of some instrumentations; see `StoreSnapshot.traces(of:after:atMost:)`.
    func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64)
}

extension IntakeStore {
    /// There is no budget.
    package var isBudgetSpent: Bool { false }
    /// It drops none.
    package var lastDrop: String? { nil }
}

extension EventStore: IntakeStore {
    /// See ``IntakeStore``.
    package var now: Int64 { snapshot().now }
    /// See ``IntakeStore``.
    package func spans(receivedSince time: Int64) throws -> [ReceivedSpan] { try snapshot().spans(receivedSince: time) }
    /// See ``IntakeStore``.
    package func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] {
        try snapshot().events(ofTraces: traceIDs, sourcePrefix: sourcePrefix)
    }
    /// See ``IntakeStore``.
    package func notes(ofType type: String) throws -> [StoredNote] { try snapshot().notes(ofType: type) }
    /// See ``IntakeStore``.
    package func firstNote(ofType type: String) throws -> StoredNote? { try snapshot().firstNote(ofType: type) }
    /// See ``IntakeStore``.
    package func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) {
        try snapshot().traces(of: scopes, after: position, atMost: countMax)
    }
}
