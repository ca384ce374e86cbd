import Columnar
import Domain
import EventStores
import Platform
import Synchronization
import Testing

/// Rows of unsealed events go on from those of the version that was asked before, and are what a store says that is
/// asked for the first time.
@Suite struct UnsealedFoldTests {
    private static let tables = [
        ("turns", EventStoreTests.turnColumns), ("conversations", EventStoreTests.conversationColumns),
    ]

    private static func opened(seed: UInt64) throws -> EventStore {
        let machine = CounterTests.Machine(seed: seed)
        machine.clock.advance(nanoseconds: 300_000_000_000)
        return try machine.open()
    }

    /// A turn, now and then something that comes late to another conversation, and once a price.
    private static func batch(_ round: Int) -> IngestBatch {
        var events = SampleEvents()
        let isPriced = round % 2 == 0
        events.addTurn(
            "c\(round % 4)", Int64(round + 1), at: Double(round) * 10, model: isPriced ? "gpt-4o" : "unheard-of")
        if round % 3 == 2 {
            events.add(
                "feedback.submitted", id: "f\(round)", at: 1,
                [
                    "conversation_id": .text("c\((round + 1) % 4)"), "channel": .text("web"),
                    "score": .integer(4),
                ])
        }
        if round == 7 { events.addPrice("unheard-of", "input", picoPerToken: 5, at: 0) }
        return events.batch
    }

    @Test func goesOnFromTheVersionBefore() throws {
        let store = try Self.opened(seed: 1)
        for round in 0..<14 {
            _ = try store.append([Self.batch(round)])
            if round == 9 { try store.seal() }
            let twin = try Self.opened(seed: 2)
            for earlier in 0...round { _ = try twin.append([Self.batch(earlier)]) }
            for (table, columns) in Self.tables {
                let found = try rows(store, table, columns)
                #expect(!found.isEmpty)
                #expect(try found == rows(twin, table, columns), "\(round) \(table)")
            }
            try twin.close()
        }
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// An event that is in no conversation folds none: what was computed of the rows holds.
    @Test func whatNoEventTouchesIsTheSamePiece() throws {
        let store = try Self.opened(seed: 3)
        func pieces() throws -> [MorselIdentity?] {
            try store.snapshot().table(named: "turns")!.morsels(for: ScanRequest(columns: [])).map(\.identity)
        }
        _ = try store.append([Self.batch(0), Self.batch(1)])
        let before = try pieces()
        #expect(before.count == 1 && !before.contains(nil))
        var alone = SampleEvents()
        alone.add("tool.call", id: "alone", at: 40, ["tool": .text("search")])
        _ = try store.append([alone.batch])
        #expect(try pieces() == before)
        _ = try store.append([Self.batch(4)])
        #expect(try pieces() != before)
        try store.close()
    }

    /// Whoever asks books what is held for him, for as long as it is.
    @Test func aFoldTellsWhatItHolds() throws {
        let store = try Self.opened(seed: 6)
        func told() throws -> [Int] {
            let notes = Mutex<[Int]>([])
            let request = ScanRequest(columns: [], note: { bytes in notes.withLock { $0.append(bytes) } })
            _ = try store.snapshot().table(named: "turns")!.morsels(for: request)
            return notes.withLock { $0 }
        }
        _ = try store.append([Self.batch(0), Self.batch(1)])
        let fresh = try told()
        #expect(fresh.count == 3 && fresh[0] > 512 && fresh[1] == fresh[0] && fresh[2] == 0, "\(fresh)")
        #expect(try told() == [], "the rows of the version are there")
        // Of a conversation that goes on the sealed events are held, too.
        try store.seal()
        _ = try store.append([Self.batch(4)])
        let late = try told()
        #expect(late.count == 3 && late[0] > 256 && late[1] > late[0] && late[2] == 0, "\(late)")
        try store.close()
    }

    /// Somebody who asks, and is held where he looks whether he still wants his rows.
    private final class Asker: Sendable {
        struct GivenUp: Error {}

        private let looks = Atomic<Int>(0)
        private let isLetGo = Atomic<Bool>(false)
        private let hasGivenUp = Atomic<Bool>(false)

        var lookCount: Int { looks.load(ordering: .acquiring) }
        func letGo() { isLetGo.store(true, ordering: .releasing) }
        func giveUp() {
            hasGivenUp.store(true, ordering: .releasing)
            letGo()
        }

        func look() throws {
            looks.add(1, ordering: .acquiringAndReleasing)
            while !isLetGo.load(ordering: .acquiring) {}
            if hasGivenUp.load(ordering: .acquiring) { throw GivenUp() }
        }

        func waitUntilItLooked(_ count: Int) async throws {
            while lookCount < count { try await Task.sleep(for: .milliseconds(1)) }
        }

        /// Each piece's identity: equal ones were folded once.
        func pieces(_ store: EventStore) throws -> [MorselIdentity?] {
            try store.snapshot().table(named: "turns")!.morsels(for: ScanRequest(columns: [], check: look))
                .map(\.identity)
        }
    }

    @Test func twoThatAskAtOnceFoldOnce() async throws {
        let store = try Self.opened(seed: 4)
        _ = try store.append([Self.batch(0), Self.batch(1)])
        let (first, second, pool) = (Asker(), Asker(), ThreadPool(threadCount: 2))
        second.letGo()
        async let made = pool.run { try first.pieces(store) }
        try await first.waitUntilItLooked(1)
        async let taken = pool.run { try second.pieces(store) }
        try await second.waitUntilItLooked(2)
        first.letGo()
        let (own, others) = try await (made, taken)
        #expect(own.count == 1 && !own.contains(nil) && others == own)
        await pool.stop()
        try store.close()
    }

    @Test func whoGivesUpFailsNobodyElse() async throws {
        let store = try Self.opened(seed: 5)
        _ = try store.append([Self.batch(0), Self.batch(1)])
        let (first, second, third, pool) = (Asker(), Asker(), Asker(), ThreadPool(threadCount: 3))
        let broken = Task { try await pool.run { try first.pieces(store) } }
        try await first.waitUntilItLooked(1)
        // One that waits goes with an error of its own, while the fold goes on.
        second.giveUp()
        await #expect(throws: Asker.GivenUp.self) { try await pool.run { try second.pieces(store) } }
        #expect(second.lookCount == 1)
        third.letGo()
        async let whole = pool.run { try third.pieces(store) }
        try await third.waitUntilItLooked(1)
        first.giveUp()
        await #expect(throws: Asker.GivenUp.self) { _ = try await broken.value }
        #expect(try await whole.count == 1)
        await pool.stop()
        try store.close()
    }

    private static let cutEvents = 12

    /// A store that makes rows of so few events of a conversation that most are cut.
    private static func openedCutting(seed: UInt64) throws -> EventStore {
        let machine = CounterTests.Machine(seed: seed)
        machine.clock.advance(nanoseconds: 300_000_000_000)
        let context = StoreContext(
            fileSystem: machine.disk, clock: machine.clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        var options = EventStoreTests.options()
        options.foldLimits.conversationEventsMax = cutEvents
        return try EventStore.open(at: "/data", context: context, options: options)
    }

    private static func cutCount(_ store: EventStore) throws -> Int {
        try rows(store, "conversations", ["cut_after"]).filter { $0 != "\(Scalar.null)" }.count
    }

    /// Of conversations of which rows are made of the first events alone, too: those that come are earlier than all,
    /// later than all, and in between.
    @Test(arguments: [-1, 5, 8]) func goesOnFromTheVersionBeforeWhereConversationsAreCut(sealsAfter: Int) throws {
        let store = try Self.openedCutting(seed: 7)
        var cut = 0
        for round in 0..<18 {
            _ = try store.append([Self.batch(round)])
            if round == sealsAfter { try store.seal() }
            let twin = try Self.openedCutting(seed: 8)
            for earlier in 0...round { _ = try twin.append([Self.batch(earlier)]) }
            for (table, columns) in Self.tables + [("conversations", ["conversation_id", "cut_after"])] {
                let found = try rows(store, table, columns)
                #expect(try found.sorted() == rows(twin, table, columns).sorted(), "\(round) \(table)")
            }
            cut = try max(cut, Self.cutCount(store))
            try twin.close()
        }
        #expect(cut > 1)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// What has too many events already is not folded again for each question, however often more come: its first and
    /// its last time are all that these change.
    @Test func moreOfWhatIsCutFoldsNothing() throws {
        let store = try Self.openedCutting(seed: 9)
        func told() throws -> [Int] {
            let notes = Mutex<[Int]>([])
            let request = ScanRequest(columns: [], note: { bytes in notes.withLock { $0.append(bytes) } })
            _ = try store.snapshot().table(named: "turns")!.morsels(for: request)
            return notes.withLock { $0 }
        }
        func pieces(_ table: String) throws -> [MorselIdentity?] {
            try store.snapshot().table(named: table)!.morsels(for: ScanRequest(columns: [])).map(\.identity)
        }
        func times() throws -> [String] { try rows(store, "conversations", ["start_time", "last_time"]) }
        func turn(_ number: Int64, at seconds: Double) -> IngestBatch {
            var events = SampleEvents()
            events.addTurn("hot", number, at: seconds)
            return events.batch
        }
        _ = try store.append((0..<8).map { turn($0, at: 100 + 10 * Double($0)) })
        #expect(try told().contains { $0 > 0 })
        #expect(try Self.cutCount(store) == 1)
        let (before, known) = (try pieces("turns"), try times())
        // Between the first and the last one.
        _ = try store.append([turn(20, at: 105)])
        #expect(try told() == [0])
        #expect(try pieces("turns") == before && times() == known)
        // Later than all, and earlier.
        _ = try store.append([turn(21, at: 250)])
        #expect(try told() == [0])
        let later = try times()
        #expect(later != known && later.count == 1)
        _ = try store.append([turn(22, at: 50)])
        #expect(try told() == [0])
        #expect(try times() != later)
        // What is not cut is folded beside it.
        _ = try store.append([Self.batch(1)])
        #expect(try told().contains { $0 > 0 })
        #expect(try rows(store, "conversations", ["conversation_id"]).count == 2)
        try store.close()
    }
}
