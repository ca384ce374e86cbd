import EventStores
import Glibc
import Platform
import Testing

/// Flushes that fail, and what comes after them.
@Suite struct FailedFlushTests {
    private var batch: IngestBatch {
        var events = SampleEvents()
        events.addTurn("c", 1, at: 3_500)
        return events.batch
    }

    /// A process that could not make the name of a new key durable ends; the next one finds the key in the system's
    /// memory, and makes its name durable before anything stands on it.
    @Test func noStoreStandsOnAKeyThatPowerMayTake() throws {
        for seed in UInt64(0)..<24 {
            let disk = SimulatedFileSystem(seed: seed)
            disk.arm(SimulatedFault(.failure(EIO), atCall: 1, of: [.flushDirectory]))
            #expect(throws: StorageError.self) { try EventStore.open(at: "/data", context: context(disk)) }
            disk.crash(.process)
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            #expect(try store.append([batch])[0].accepted == 3)
            disk.crash(.power)
            let again = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            #expect(try rows(again, "events", ["id"]).count == 3, "seed \(seed)")
            try again.close()
        }
    }

    /// Whatever is asked of a store whose log takes nothing any more, it says so in its own words.
    @Test func everythingSaysThatTheStoreHasStopped() throws {
        let disk = SimulatedFileSystem(seed: 3)
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 3_600_000_000_000)
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
        _ = try store.append([batch])
        disk.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
        var events = SampleEvents()
        events.addTurn("c", 2, at: 3_501)
        let next = events.batch
        func isStopped(_ body: () throws -> Void) -> Bool {
            do {
                try body()
            } catch StoreError.stopped {
                return true
            } catch {}
            return false
        }
        #expect(isStopped { _ = try store.append([next]) })
        clock.advance(nanoseconds: 2_000_000_000)
        #expect(isStopped { try store.tick() })
        #expect(isStopped { try store.seal() })
        #expect(isStopped { _ = try store.append([next]) })
        #expect(isStopped { try store.close() })
    }
}
