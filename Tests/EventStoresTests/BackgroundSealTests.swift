import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// A seal under way, and what comes in before it is published.
@Suite struct BackgroundSealTests {
    private let disk = SimulatedFileSystem(seed: 21)
    private let queue = HeldBackgroundQueue()

    private func open() throws -> EventStore {
        try EventStore.open(
            at: "/data", context: context(disk, sideQueue: queue), options: EventStoreTests.options(sealEvents: 6))
    }

    private func sealing(model: String = "gpt-4o") throws -> (store: EventStore, batch: IngestBatch) {
        let store = try open()
        var events = SampleEvents()
        for turn in 1...2 { events.addTurn("c", Int64(turn), at: 3_500 + Double(turn), model: model) }
        _ = try store.append([events.batch])
        #expect(queue.heldCount == 1 && store.status.segments == 0)
        return (store, events.batch)
    }

    @Test func repeatsOfEventsUnderWayAreDuplicates() throws {
        let (store, batch) = try sealing()
        var changed = SampleEvents()
        changed.addTurn("c", 1, at: 3_501, status: "error")
        #expect(try store.append([batch])[0].duplicates == 6)
        #expect(try store.append([changed.batch])[0].verdicts == [.duplicate, .duplicate, .conflict])
        queue.runNext()
        #expect(try store.append([batch])[0].duplicates == 6)
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 0)
        try store.close()
    }

    @Test func whatComesMeanwhileStaysAndIsReplayed() throws {
        let (store, _) = try sealing()
        var more = SampleEvents()
        more.addTurn("c", 3, at: 3_510)
        _ = try store.append([more.batch])
        let before = try rows(store, "turns", EventStoreTests.turnColumns)
        #expect(before.count == 3)
        queue.runNext()
        try store.tick()
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 3)
        #expect(try rows(store, "turns", EventStoreTests.turnColumns) == before)
        let counted = store.snapshot().counters.families
        disk.crash()
        let again = try open()
        #expect(again.recovery.replayedEvents == 3)
        #expect(try rows(again, "turns", EventStoreTests.turnColumns) == before)
        #expect(again.snapshot().counters.families == counted)
        try again.close()
    }

    @Test(arguments: [false, true]) func aPriceReachesCallsUnderWay(crashes: Bool) throws {
        var (store, _) = try sealing(model: "unheard-of")
        for (tokenClass, price) in [("input", 37_500 as Int64), ("output", 18_750)] {
            var prices = SampleEvents()
            prices.addPrice("unheard-of", tokenClass, picoPerToken: price, at: 1)
            _ = try store.append([prices.batch])
        }
        func costs() throws -> [[String]] {
            [
                try rows(store, "llm_call", ["cost_usd", "price_state"]),
                try rows(store, "conversations", EventStoreTests.conversationColumns),
            ]
        }
        let before = try costs()
        #expect(before[0].allSatisfy { $0.contains("priced") && !$0.contains("unpriced") })
        let counted = store.snapshot().counters.families
        queue.runNext()
        try store.tick()
        #expect(store.status.segments == 1)
        #expect(try costs() == before)
        if crashes {
            disk.crash()
            store = try open()
            #expect(try costs() == before)
        }
        #expect(store.snapshot().counters.families == counted)
        try store.seal()
        #expect(try costs() == before)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    @Test func aFailedSealChangesNothingAndIsTriedAgainByTheTick() throws {
        let (store, batch) = try sealing()
        var more = SampleEvents()
        more.addTurn("d", 1, at: 3_520)
        _ = try store.append([more.batch])
        let before = try rows(store, "turns", EventStoreTests.turnColumns)
        disk.arm(SimulatedFault(.failure(28), atCall: 1))
        queue.runNext()
        #expect(try store.append([batch])[0].duplicates == 6)
        #expect(try store.append([more.batch])[0].duplicates == 3)
        #expect(store.status.segments == 0 && store.status.unsealedEvents == 9)
        #expect(try rows(store, "turns", EventStoreTests.turnColumns) == before)
        try store.tick()
        #expect(queue.heldCount == 1, "whoever ticks does not seal either")
        queue.runNext()
        try store.tick()
        #expect(store.status.segments == 1 && store.status.unsealedEvents == 0)
        #expect(try rows(store, "turns", EventStoreTests.turnColumns) == before)
        try store.close()
    }

    @Test func closingWaitsForTheSeal() throws {
        let (store, batch) = try sealing()
        try store.close()
        #expect(queue.heldCount == 0)
        let again = try open()
        #expect(again.status.segments == 1 && again.recovery.replayedEvents == 0)
        #expect(try again.append([batch])[0].duplicates == 6)
        try again.close()
    }
}
