package import Domain
package import EventStores
package import Plans
package import Platform

/// A store as it was known at a moment, read whole, and what it takes of the memory that questions share: that is given
/// back when nobody holds it any more.
package final class KnownStore: Sendable {
    /// The store then.
    let snapshot: StoreSnapshot
    /// The last position that is in it.
    let position: Int64
    /// Whether nothing that comes later can belong to the moment, so that others may be answered from it.
    let isSettled: Bool
    private let booking: MemoryBooking?

    /// Reads the store up to the moment.
    /// - Parameters:
    ///   - source: an export of the store, of all times.
    ///   - registry: of the store.
    ///   - now: ns since 1970 UTC.
    ///   - options: memory, time and cancellation of the question.
    /// - Throws: ``SeriesRefusal`` where it cannot be had; what the store throws.
    /// - Complexity: O(events up to the moment).
    package init(
        at moment: EarlierStore.Moment, of source: any ExportSource, _ registry: SchemaRegistry, now: Int64,
        workers: any Workers, within options: QueryOptions
    ) throws {
        var store = try AdvancingStore(
            source, of: registry, now: now, workers: workers, within: options,
            advice: "plimsoll promql --as-of MOMENT --data DIR beside the server has memory of its own, up to 4 GiB")
        try store.advance(to: moment)
        (snapshot, position, booking) = (store.snapshot, store.position, store.booking)
        isSettled =
            switch moment {
            case .received(let time): time < now
            case .position(let last): store.position == last
            }
    }
}
