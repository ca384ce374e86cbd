import Domain
import EventStores
import Platform
import Synchronization
import Testing

/// A verification goes through a store a part at a time: what that costs grows with the store and no faster, and how it
/// is parted never shows.
@Suite struct VerificationTests {
    private static let turnsPerDay = 40

    /// A store of so many days, each sealed for itself, with some conversations that last for all of them.
    private func store(days: Int, eventsAtOnce: Int = 60, workers: (any Workers)? = nil) throws -> EventStore {
        var options = EventStoreTests.options()
        options.foldLimits.verifiedEventsAtOnce = eventsAtOnce
        var machine = context(SimulatedFileSystem(seed: 91))
        if let workers { machine.workers = workers }
        let store = try EventStore.open(at: "/data", context: machine, options: options)
        for day in 0..<days {
            var events = SampleEvents()
            for turn in 0..<Self.turnsPerDay {
                events.addTurn("d\(day)-c\(turn)", 1, at: Double(day * 86_400 + turn * 60) - 86_400 * Double(days))
            }
            events.addTurn("for-ever", Int64(day + 1), at: Double(day * 86_400 + 9) - 86_400 * Double(days))
            _ = try store.append([events.batch])
            if day + 1 < days { try store.seal() }
        }
        return store
    }

    private func events(_ days: Int) -> Int { days * (Self.turnsPerDay + 1) * 3 }

    @Test func eachEventIsRestoredOnceAndPagesGrowWithTheStore() throws {
        let (small, large) = (try store(days: 6), try store(days: 24))
        let (few, many) = (try small.verify(), try large.verify())
        #expect(few.findings == [] && many.findings == [])
        #expect(few.restoredRows == events(6) && many.restoredRows == events(24))
        #expect(few.foldedParts > 6 && many.foldedParts > 24)
        // Four times the events: by passes over the store it would be sixteen times the pages.
        #expect(many.restoredPages < 6 * few.restoredPages, "\(few.restoredPages) and \(many.restoredPages)")
        for store in [small, large] { try store.close() }
    }

    @Test(arguments: [1, 7, 60, 1 << 20]) func howItIsPartedNeverShows(eventsAtOnce: Int) throws {
        for workers in [InlineWorkers(), ThreadWorkers(parallelism: 3)] as [any Workers] {
            let store = try store(days: 3, eventsAtOnce: eventsAtOnce, workers: workers)
            let verified = try store.verify()
            #expect(verified.findings == [])
            #expect(verified.turns == 3 * (Self.turnsPerDay + 1) && verified.conversations == 3 * Self.turnsPerDay + 1)
            #expect(verified.restoredRows == events(3))
            try store.close()
        }
    }

    @Test func howFarItIsIsToldToTheEnd() throws {
        let store = try store(days: 3)
        let told = Mutex<[VerificationProgress]>([])
        _ = try store.verify { progress in told.withLock { $0.append(progress) } }
        try store.close()
        let all = told.withLock { $0 }
        #expect(all.last?.done == 2 * events(3) && all.allSatisfy { $0.total == 2 * events(3) })
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.done <= $1.done })
    }
}
