import Columnar
import EventStores
import Platform
import Synchronization
import Testing

/// Ids by which questions group are read as numbers once they were asked for before, whatever lies over the rows.
@Suite struct KeptIdsTests {
    /// Sixty conversations in each of two segments, of which twenty are in both, and some that no segment has.
    private func store(keptTextBytesMax: Int? = nil) throws -> EventStore {
        var options = EventStoreTests.options()
        if let keptTextBytesMax { options.keptTextBytesMax = keptTextBytesMax }
        let store = try EventStore.open(at: "/data", context: context(SimulatedFileSystem(seed: 51)), options: options)
        for part in 0..<3 {
            var events = SampleEvents()
            for number in part * 40..<part * 40 + 60 {
                events.addTurn(
                    "c-\(number)", Int64(part + 1), at: Double(part * 100 + number), model: "unheard-of")
            }
            _ = try store.append([events.batch])
            if part < 2 { try store.seal() }
        }
        return store
    }

    private static func values(_ vector: Vector) -> [Scalar] { (0..<vector.count).map { vector.scalar(at: $0) } }

    @Test func keysAreTheColumns() throws {
        let store = try store()
        var prices = SampleEvents()
        prices.addPrice("unheard-of", "input", picoPerToken: 20_000, at: -1_000)
        _ = try store.append([prices.batch])
        let snapshot = store.snapshot().silent(until: SampleEvents.start + 86_400_000_000_000)
        for round in 0..<4 {
            for name in snapshot.tableNames {
                let table = try #require(snapshot.table(named: name))
                for morsel in try table.morsels(for: ScanRequest(columns: Array(table.columns.indices))) {
                    for (index, column) in table.columns.enumerated() {
                        let (keys, whole) = (try morsel.keys(index), try morsel.column(index))
                        #expect(
                            keys.type == whole.type && Self.values(keys) == Self.values(whole),
                            "round \(round), \(name).\(column.name)")
                    }
                }
            }
        }
        try store.close()
    }

    /// What a question for the conversations of all calls reads.
    private func reading(_ store: EventStore) throws -> (values: [Scalar], dictionaries: [TextDictionary], bytes: Int) {
        let table = try #require(store.snapshot().table(named: "llm_call"))
        let place = try #require(table.columns.firstIndex { $0.name == "conversation_id" })
        let statistics = ScanStatistics()
        var (values, dictionaries): ([Scalar], [TextDictionary]) = ([], [])
        for morsel in try table.morsels(for: ScanRequest(columns: [place], statistics: statistics)) {
            let keys = try morsel.keys(place)
            values += Self.values(keys)
            if case .text(_, let dictionary) = keys.storage { dictionaries.append(dictionary) }
        }
        return (values, dictionaries, statistics.bytesRead.load(ordering: .relaxed))
    }

    @Test func fromTheThirdQuestionOnNoTextsAreRead() throws {
        let store = try store()
        let readings = try (0..<4).map { _ in try reading(store) }
        #expect(readings.allSatisfy { $0.values == readings[0].values } && readings[0].values.count == 180)
        // The second one reads them for those after it.
        #expect(readings[1].bytes >= readings[0].bytes)
        #expect(readings[2].bytes < readings[0].bytes && readings[3].bytes == readings[2].bytes)
        let last = readings[3].dictionaries
        #expect(last.count == 3 && last[0] === last[1] && last[0].count == 100 && !last[2].isKept)
        // A new segment has most ids of others.
        try store.seal()
        for _ in 0..<12 { _ = try reading(store) }
        let grown = try reading(store)
        #expect(grown.values == readings[0].values)
        #expect(grown.dictionaries.count == 3 && grown.dictionaries.allSatisfy { $0 === grown.dictionaries[0] })
        #expect(grown.dictionaries[0].count == 140)
        try store.close()
    }

    @Test func withoutRoomNothingIsKept() throws {
        let store = try store(keptTextBytesMax: 0)
        let readings = try (0..<4).map { _ in try reading(store) }
        #expect(readings.allSatisfy { $0.values == readings[0].values && $0.dictionaries.allSatisfy { !$0.isKept } })
        try store.close()
    }
}
