import Columnar
import EventStores
import Platform
import Synchronization
import Testing

/// Runs of times in one bucket, whatever lies over the rows: late prices, silence, rows that others stand for.
@Suite struct TimeRunTests {
    private static func bucket(_ time: Int64, of length: Int64) -> (start: Int64, end: Int64) {
        let start = time / length * length
        return (start, start + length)
    }

    private static func buckets(of seconds: Int64) -> TimeBuckets {
        TimeBuckets(key: TimeBuckets.Key(unit: "\(seconds) s")) { bucket($0, of: seconds * 1_000_000_000) }
    }

    /// Two segments of sixty conversations, of which twenty are in both, and some that no segment has. A late price
    /// concerns some of each: where it concerned all, no row of a turn or a conversation would be read from a segment.
    private func store() throws -> EventStore {
        let store = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 52)), options: EventStoreTests.options())
        for part in 0..<3 {
            var events = SampleEvents()
            for number in part * 40..<part * 40 + 60 {
                let model = number % 40 < 20 ? "gpt-4o" : "unheard-of"
                events.addTurn("c-\(number)", Int64(part + 1), at: Double(part * 100 + number), model: model)
            }
            _ = try store.append([events.batch])
            if part < 2 { try store.seal() }
        }
        var prices = SampleEvents()
        prices.addPrice("unheard-of", "input", picoPerToken: 20_000, at: -1_000)
        _ = try store.append([prices.batch])
        return store
    }

    @Test func runsAreThoseOfTheTimes() throws {
        let store = try store()
        let snapshot = store.snapshot().silent(until: SampleEvents.start + 86_400_000_000_000)
        var found: [String: Int] = [:]
        for round in 0..<3 {
            for name in snapshot.tableNames {
                let table = try #require(snapshot.table(named: name))
                for morsel in try table.morsels(for: ScanRequest(columns: Array(table.columns.indices))) {
                    for (index, column) in table.columns.enumerated() where column.type == .timestamptz {
                        for seconds in [Int64(40), 1_000] {
                            guard let runs = try morsel.runs(index, in: Self.buckets(of: seconds)) else { continue }
                            let whole = try morsel.column(index)
                            guard case .int64(let times) = whole.storage, whole.validity == nil else {
                                Issue.record("\(name).\(column.name) has runs and no times")
                                continue
                            }
                            let expected = times.span.bucketRuns { Self.bucket($0, of: seconds * 1_000_000_000) }
                            #expect(
                                runs.values == expected?.values && runs.ends == expected?.ends,
                                "round \(round), \(name).\(column.name), \(seconds) s")
                            found["\(name).\(column.name)", default: 0] += 1
                        }
                    }
                }
            }
        }
        for column in ["llm_call.time", "message_sent.time", "events.time", "turns.time", "conversations.start_time"] {
            #expect(found[column, default: 0] > 0, "\(column)")
        }
        #expect(found["conversations.closed_time"] == nil, "what silence closes stands in no page")
        try store.close()
    }

    @Test func whoAsksForThemAgainReadsNothing() throws {
        let store = try store()
        func pages() throws -> Int {
            let table = try #require(store.snapshot().table(named: "llm_call"))
            let place = try #require(table.columns.firstIndex { $0.name == "time" })
            let statistics = ScanStatistics()
            let morsels = try table.morsels(for: ScanRequest(columns: [place], statistics: statistics))
            let runs = try morsels.map { try $0.runs(place, in: Self.buckets(of: 1_000)) }
            // The unsealed rows have no page.
            #expect(runs.map { $0 == nil } == [false, false, true])
            return statistics.pagesRead.load(ordering: .relaxed)
        }
        #expect(try (0..<3).map { _ in try pages() } == [2, 0, 0])
        try store.close()
    }
}
