import Columnar
import Domain
import EventStores
import Platform
import Testing

/// Conversations that hold more than is folded at one time.
@Suite struct LargeConversationTests {
    private static let turns: Int64 = 40

    /// The rows of `turns` and `conversations` of a store whose turns came in runs, each sealed for itself.
    private func rowsOfRuns(
        of runTurns: Int64, conversations: [String] = ["c"], _ limits: FoldLimits
    ) throws -> [[String]] {
        var options = EventStoreTests.options(sealEvents: 1 << 20)
        options.foldLimits = limits
        let disk = SimulatedFileSystem(seed: 17)
        let store = try EventStore.open(at: "/data", context: context(disk), options: options)
        for first in stride(from: 1, through: Self.turns, by: Int64.Stride(runTurns)) {
            var events = SampleEvents()
            for turn in first..<min(first + runTurns, Self.turns + 1) {
                for name in conversations { events.addTurn(name, turn, at: Double(turn)) }
            }
            _ = try store.append([events.batch])
            if first + runTurns <= Self.turns { try store.seal() }
        }
        func rowsNow() throws -> [[String]] {
            [
                try rows(store, "turns", EventStoreTests.turnColumns),
                try rows(store, "conversations", EventStoreTests.conversationColumns),
            ]
        }
        let unsealed = try rowsNow()
        try store.seal()
        let sealed = try rowsNow()
        #expect(sealed == unsealed)
        #expect(try store.verify().findings == [])
        #expect(try rows(store, "llm_call", ["id"]).count == conversations.count * Int(Self.turns))
        try store.close()
        return sealed
    }

    @Test func rowsAreMadeOfTheFirstEventsHoweverTheyWereSealed() throws {
        var limits = FoldLimits()
        limits.conversationEventsMax = 30
        let whole = try rowsOfRuns(of: Self.turns, limits)
        #expect(whole[0].count == 10)
        for runTurns: Int64 in [1, 7, 20] { #expect(try rowsOfRuns(of: runTurns, limits) == whole) }
    }

    @Test func bytesAreALimitToo() throws {
        var limits = FoldLimits()
        limits.conversationBytesMax = 20_000
        let whole = try rowsOfRuns(of: Self.turns, limits)
        #expect((5..<Int(Self.turns)).contains(whole[0].count))
        limits.bytesAtOnce = 2_000
        for runTurns: Int64 in [1, 9] { #expect(try rowsOfRuns(of: runTurns, limits) == whole) }
    }

    /// Folding in halves, and one conversation alone in parts, gives the rows of folding at once.
    @Test func whatIsInMemoryAtOnceNeverShows() throws {
        let names = (0..<9).map { "c\($0)" }
        let whole = try rowsOfRuns(of: 13, conversations: names, FoldLimits())
        #expect(whole[0].count == 9 * Int(Self.turns))
        var limits = FoldLimits()
        for bytes in [1, 3_000, 40_000] {
            limits.bytesAtOnce = bytes
            #expect(try rowsOfRuns(of: 13, conversations: names, limits) == whole)
        }
    }

    /// A store whose sealed conversations, on some days, wait for a price; then the price comes.
    private func storeWithLatePrice(_ limits: FoldLimits) throws -> EventStore {
        var options = EventStoreTests.options(sealEvents: 1 << 20)
        options.foldLimits = limits
        let store = try EventStore.open(at: "/data", context: context(SimulatedFileSystem(seed: 5)), options: options)
        for day in 0..<3 {
            var events = SampleEvents()
            // Names and times do not ascend together.
            for index in 0..<5 {
                for turn: Int64 in 1...2 {
                    events.addTurn(
                        "c\((index * 7 + day * 3) % 5)-\(day)", turn,
                        at: Double(turn * 100 + Int64(index) - Int64(2 - day) * 86_400),
                        model: index == 4 ? "gpt-4o" : "unheard-of")
                }
            }
            _ = try store.append([events.batch])
            try store.seal()
        }
        var prices = SampleEvents()
        for name in ["input", "output"] {
            prices.addPrice("unheard-of", name, picoPerToken: 37_500, at: 10 - 3 * 86_400)
        }
        _ = try store.append([prices.batch])
        return store
    }

    @Test func aLatePriceForManyConversationsGivesTheSameRowsInParts() throws {
        func answers(_ limits: FoldLimits) throws -> [[String]] {
            let store = try storeWithLatePrice(limits)
            func rowsNow() throws -> [[String]] {
                [
                    try rows(store, "turns", EventStoreTests.turnColumns),
                    try rows(store, "conversations", EventStoreTests.conversationColumns),
                ]
            }
            let unsealed = try rowsNow()
            #expect(unsealed[0].count == 30 && unsealed[1].count == 15)
            #expect(unsealed[0].allSatisfy { !$0.contains("null") })
            #expect(unsealed[0].filter { $0.contains("\(1_100 * 37_500)") }.count == 24)
            try store.seal()
            #expect(try rowsNow() == unsealed)
            #expect(try store.verify().findings == [])
            try store.close()
            return unsealed
        }
        let whole = try answers(FoldLimits())
        var limits = FoldLimits()
        for keys in [1, 2, 5, 14] {
            limits.keysAtOnce = keys
            #expect(try answers(limits) == whole, "\(keys) at once")
        }
    }

    /// Whoever asked and no longer waits is not folded for; the next one gets the rows.
    @Test func foldingEndsWhenNobodyWaits() throws {
        struct NobodyWaits: Error {}
        let store = try storeWithLatePrice(FoldLimits())
        let snapshot = store.snapshot()
        let table = try #require(snapshot.table(named: "conversations"))
        #expect(throws: NobodyWaits.self) {
            try table.morsels(for: ScanRequest(columns: [0]) { throw NobodyWaits() })
        }
        #expect(try table.morsels(for: ScanRequest(columns: [0])).reduce(0) { $0 + $1.rowCount } == 15)
        try store.close()
    }
}
