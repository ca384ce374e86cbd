package import Columnar
package import Domain
package import EventStores
package import Projections

/// What the server needs of a store. ``EventStore`` is the one that serves; tests put in stores that are slow or broken.
package protocol ServedStore: Sendable {
    var registry: SchemaRegistry { get }
    var userTokenKey: [UInt8] { get }
    var status: StoreStatus { get }
    /// Makes the batches durable; blocking, writer thread only.
    func append(_ batches: [IngestBatch]) throws -> [AppendResult]
    /// About once a second; writer thread only.
    func tick() throws
    /// All tables at one position.
    func pinnedTables() -> any TableCatalog
    /// The prices in force.
    var priceBook: PriceBook { get }
    /// What `/metrics` counted so far.
    var counters: MetricTotals { get }
    func close() throws
}

extension EventStore: ServedStore {
    /// See ``ServedStore``.
    package func pinnedTables() -> any TableCatalog { snapshot() }
    /// See ``ServedStore``.
    package var priceBook: PriceBook { snapshot().book }
    /// See ``ServedStore``.
    package var counters: MetricTotals { snapshot().counters }
}
