package import Domain
package import EventStores
package import Plans
package import Platform

/// A store as it was known at one moment after the other, read whole up to each, and what it takes of the memory that
/// questions share: that is given back when nobody holds it any more.
package struct AdvancingStore {
    private var earlier: EarlierStore
    private let options: QueryOptions
    private let advice: String
    /// What it takes.
    let booking: MemoryBooking?

    /// Before everything.
    /// - Parameters:
    ///   - source: an export of the store, of all times.
    ///   - registry: of the store.
    ///   - now: ns since 1970 UTC.
    ///   - options: memory, time and cancellation of the question.
    ///   - advice: what to do where it does not fit.
    /// - Throws: ``SeriesRefusal`` where it cannot be had; what the store throws.
    package init(
        _ source: any ExportSource, of registry: SchemaRegistry, now: Int64, workers: any Workers,
        within options: QueryOptions, advice: String
    ) throws {
        booking = options.memoryPool.map { MemoryBooking(in: $0) }
        (self.options, self.advice) = (options, advice)
        earlier = try Self.readable { try EarlierStore(source, of: registry, now: now, workers: workers) }
    }

    /// The store at the last moment.
    package var snapshot: StoreSnapshot { earlier.snapshot }

    /// The last position that is in it.
    var position: Int64 { earlier.position }

    /// Goes on to a moment; nothing where that is before the one at which it stands.
    /// - Throws: as the initialiser; it is good for nothing then.
    /// - Complexity: O(events since the last moment), but a segment of the source is read whole.
    package mutating func advance(to moment: EarlierStore.Moment) throws {
        try Self.readable {
            try earlier.advance(to: moment) { [options, booking, advice] need in
                try options.check()
                let limit = min(options.memoryBudgetBytes, options.memoryPool?.limitBytes ?? .max)
                guard need.bytes <= limit else { throw Self.tooLarge(need, limit: limit, advice) }
                guard booking?.change(to: need.bytes) ?? true else {
                    throw SeriesRefusal(
                        .unavailable,
                        "other questions hold the memory that the store as it was known then takes, about "
                            + "\(need.expectedBytes >> 20) MiB: ask again later. \(advice)")
                }
            }
        }
        // What it took beside that is gone.
        booking?.set(to: earlier.heldBytes)
    }

    private static func readable<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let refusal as RestoreRefusal {
            throw SeriesRefusal(.execution, "what was known then cannot be had: \(refusal.reason)")
        }
    }

    private static func tooLarge(_ need: EarlierStore.Need, limit: Int, _ advice: String) -> SeriesRefusal {
        SeriesRefusal(
            .unavailable,
            "the store as it was known then takes about \(need.expectedBytes >> 20) MiB, and a question may have "
                + "\(limit >> 20) MiB. \(advice)")
    }
}
