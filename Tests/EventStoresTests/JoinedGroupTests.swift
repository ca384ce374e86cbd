import Columnar
import EventStores
import Platform
import Synchronization
import Testing

/// Groups of a segment that come as one say of all rows what each says of its own, and come one by one where what pages
/// say may not hold.
@Suite struct JoinedGroupTests {
    private func morsels(
        _ store: EventStore, _ name: String, mayJoin: Bool, _ statistics: ScanStatistics = ScanStatistics(),
        _ comparison: ColumnPredicate.Comparison? = nil
    ) throws -> [any Morsel] {
        let table = try #require(store.snapshot().table(named: name))
        let time = try #require(table.columns.firstIndex { $0.name == "time" })
        var request = ScanRequest(
            columns: [time], predicates: comparison.map { [ColumnPredicate(column: time, comparison: $0)] } ?? [],
            statistics: statistics)
        request.mayJoin = mayJoin
        return try table.morsels(for: request)
    }

    /// Seconds between times that have groups of their own.
    private static let apart = 864_000.0

    /// Three times far apart, so that each type has three groups in the one segment.
    private func threeTimes() throws -> EventStore {
        let store = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 31)), options: EventStoreTests.options())
        var events = SampleEvents()
        for time in 0..<3 {
            for number in 0...time {
                let seconds = Double(time - 2) * Self.apart + Double(number)
                events.addTurn("c\(time)-\(number)", 1, at: seconds, model: "unheard-of")
            }
        }
        _ = try store.append([events.batch])
        try store.seal()
        return store
    }

    @Test func groupsOfASegmentComeAsOne() throws {
        let store = try threeTimes()
        let (plainWork, work) = (ScanStatistics(), ScanStatistics())
        let plain = try morsels(store, "events", mayJoin: false, plainWork)
        let joined = try morsels(store, "events", mayJoin: true, work)
        // Questions, calls and answers.
        #expect(plain.map(\.pieceCount) == [Int](repeating: 1, count: 9))
        #expect(joined.map(\.pieceCount) == [3, 3, 3] && joined.map(\.rowCount) == [6, 6, 6])
        let parts = try joined.flatMap { try $0.parts() }
        #expect(parts.map(\.identity) == plain.map(\.identity) && parts.map(\.rowCount) == plain.map(\.rowCount))
        let time = try #require(store.snapshot().table(named: "events")?.columns.firstIndex { $0.name == "time" })
        let first = SampleEvents.start - 2 * Int64(Self.apart * 1e9)
        let bounds = joined.compactMap { $0.summary(time) }
        let ends = bounds.map { [$0.minimum, $0.maximum] }
        for delay: Int64 in [0, 1_000_000_000, 1_500_000_000] {
            #expect(
                ends.contains([.timestamptz(first + delay), .timestamptz(SampleEvents.start + 2_000_000_000 + delay)]))
        }
        // A condition that no group can meet is looked at once for all.
        let early = ColumnPredicate.Comparison.less(.timestamptz(first))
        for mayJoin in [false, true] { #expect(try morsels(store, "events", mayJoin: mayJoin, work, early).isEmpty) }
        #expect(work.groupsTotal.load(ordering: .relaxed) == 27)
        #expect(work.groupsSkipped.load(ordering: .relaxed) == 18)
        #expect(plainWork.groupsTotal.load(ordering: .relaxed) == 9)
        try store.close()
    }

    /// Some rows of a column are those of all its rows, whatever lies over them: rows that later ones stand for, late
    /// prices, silence.
    @Test func someRowsAreThoseOfAll() throws {
        let store = try threeTimes()
        var more = SampleEvents()
        more.addPrice("unheard-of", "input", picoPerToken: 20_000, at: -3 * Self.apart)
        more.addTurn("c2-1", 2, at: 60, model: "unheard-of")
        _ = try store.append([more.batch])
        var lacking: Set<String> = []
        for isSealed in [false, true] {
            if isSealed { try store.seal() }
            let snapshot = store.snapshot().silent(until: SampleEvents.start + 86_400_000_000_000)
            for name in snapshot.tableNames {
                let table = try #require(snapshot.table(named: name))
                let request = ScanRequest(columns: Array(table.columns.indices))
                for morsel in try table.morsels(for: request) where morsel.rowCount > 0 {
                    let count = UInt32(morsel.rowCount)
                    let picks: [[UInt32]] = [[], Array(0..<count), (0..<count).filter { $0 % 2 == 1 }, [count - 1]]
                    for index in table.columns.indices {
                        let whole = try morsel.column(index)
                        if morsel.lacks(index) {
                            #expect(whole.isAbsent, "\(name).\(table.columns[index].name)")
                            lacking.insert(name)
                        }
                        for rows in picks {
                            let some = try morsel.column(index, rows: rows)
                            let found = (0..<some.count).map { some.scalar(at: $0) }
                            #expect(some.type == whole.type && found == rows.map { whole.scalar(at: Int($0)) })
                        }
                    }
                }
            }
        }
        // Columns of other types, and those that no row of a group has a value in.
        #expect(lacking.isSuperset(of: ["events", "message_sent", "turns"]), "\(lacking.sorted())")
        try store.close()
    }

    /// A price that came later may change what calls cost: their groups are looked at one by one.
    @Test func callsThatWaitForAPriceComeOneByOne() throws {
        let store = try threeTimes()
        #expect(try morsels(store, "llm_call", mayJoin: true).map(\.pieceCount) == [3])
        var prices = SampleEvents()
        for name in ["input", "output"] {
            prices.addPrice("unheard-of", name, picoPerToken: 20_000, at: -3 * Self.apart)
        }
        _ = try store.append([prices.batch])
        try store.seal()
        #expect(try morsels(store, "llm_call", mayJoin: true).map(\.pieceCount) == [1, 1, 1])
        #expect(try morsels(store, "message_sent", mayJoin: true).map(\.pieceCount) == [3])
        try store.close()
    }
}
