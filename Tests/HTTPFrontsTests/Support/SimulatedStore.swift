import EventStores
import JSONTexts
import Platform

/// An empty store on a simulated disk, early on 3 August 2026.
func simulatedStore(seed: UInt64) throws -> EventStore {
    let context = StoreContext(
        fileSystem: SimulatedFileSystem(seed: seed),
        clock: SimulatedClock(wallNanoseconds: try RFC3339.parse("2026-08-03T02:00:00Z")),
        randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
    return try EventStore.open(at: "/data", context: context)
}
