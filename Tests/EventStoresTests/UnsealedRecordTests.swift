import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// What stands in the unsealed tail beside events.
@Suite struct UnsealedRecordTests {
    private func letters(_ numbers: Range<Int>) -> IngestBatch {
        var batch = SampleEvents().batch
        batch.deadLetters = numbers.map {
            DeadLetter(
                id: "\($0)", source: "test", type: "unknown.type", time: nil, error: "no such type", fields: "{}")
        }
        return batch
    }

    @Test func recordsAloneAreSealed() throws {
        let disk = SimulatedFileSystem(seed: 61)
        let options = EventStoreTests.options(sealEvents: 100)
        let store = try EventStore.open(at: "/data", context: context(disk), options: options)
        for first in stride(from: 0, to: 250, by: 50) { _ = try store.append([letters(first..<(first + 50))]) }
        #expect(store.status.segments == 2)
        #expect(try rows(store, "dead_letters", ["id"]).count == 250)
        disk.crash()
        let again = try EventStore.open(at: "/data", context: context(disk), options: options)
        #expect(again.status.segments == 2)
        #expect(try rows(again, "dead_letters", ["id"]).count == 250)
        try again.close()
    }

    /// Whoever asks for a dead letter does not have all of them copied: they come in pieces, a column at a time.
    @Test func deadLettersAreReadInPieces() throws {
        let disk = SimulatedFileSystem(seed: 64)
        let store = try EventStore.open(
            at: "/data", context: context(disk), options: EventStoreTests.options(sealEvents: 1_000_000))
        for first in stride(from: 0, to: 10_000, by: 1_000) {
            var batch = SampleEvents().batch
            batch.deadLetters = (first..<(first + 1_000)).map { number in
                DeadLetter(
                    id: "\(number)", source: "test", type: "unknown.\(number % 7)",
                    time: number % 3 == 0 ? nil : 1_700_000_000_000_000_000 + Int64(number),
                    error: "error \(number % 5)", fields: "{}")
            }
            _ = try store.append([batch])
        }
        let table = try #require(store.snapshot().table(named: "dead_letters"))
        let morsels = try table.morsels(for: ScanRequest(columns: Array(table.columns.indices)))
        #expect(morsels.allSatisfy { $0.rowCount <= 4096 } && morsels.reduce(0) { $0 + $1.rowCount } == 10_000)
        for (morsel, index) in morsels.flatMap({ morsel in table.columns.indices.map { (morsel, $0) } }) {
            let column = try morsel.column(index)
            #expect(column.count == morsel.rowCount && column.type == table.columns[index].type)
        }
        let columns = ["position", "id", "source", "type", "time", "error", "fields"]
        let before = try rows(store, "dead_letters", columns)
        #expect(before.count == 10_000)
        try store.seal()
        #expect(try rows(store, "dead_letters", columns) == before)
        try store.close()
    }

    /// Whoever looks for what came lately, such as rules for what a process noted, leaves out pieces of before.
    @Test func piecesOfRecordsSayWhenTheyCame() throws {
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 65), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(
            at: "/data", context: context, options: EventStoreTests.options(sealEvents: 1_000_000))
        for first in stride(from: 0, to: 10_000, by: 1_000) {
            _ = try store.append([letters(first..<(first + 1_000))])
            clock.advance(nanoseconds: 60_000_000_000)
        }
        let table = try #require(store.snapshot().table(named: "dead_letters"))
        let place = try #require(table.columns.firstIndex { $0.name == "received_time" })
        let morsels = try table.morsels(for: ScanRequest(columns: [place]))
        var ranges: [ClosedRange<Int64>] = []
        for morsel in morsels {
            let column = try morsel.column(place)
            let times = (0..<morsel.rowCount).compactMap { row -> Int64? in
                if case .timestamptz(let time) = column.scalar(at: row) { time } else { nil }
            }
            guard case .timestamptz(let first)? = morsel.summary(place)?.minimum,
                case .timestamptz(let last)? = morsel.summary(place)?.maximum
            else {
                Issue.record("a piece says when its records came")
                return
            }
            #expect(first == times.min() && last == times.max() && times.count == morsel.rowCount)
            ranges.append(first...last)
        }
        #expect(ranges.count == 3 && ranges[0].upperBound < ranges[2].lowerBound)
        try store.close()
    }

    /// Many prices in the log that waiting calls concern: a start searches segments once, not once a price.
    @Test func aStartSearchesForLatePricesOnce() throws {
        var calls: [Int] = []
        var answers: [[String]] = []
        for prices in [2, 120] {
            let disk = SimulatedFileSystem(seed: 62)
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            for number in 0..<10 {
                var events = SampleEvents()
                for turn in 1...3 as ClosedRange<Int64> {
                    events.addTurn("c\(number)", turn, at: 10 * Double(number) + Double(turn), model: "unheard-of")
                }
                _ = try store.append([events.batch])
                try store.seal()
            }
            var list: [(String, String)] = [("unheard-of", "input"), ("unheard-of", "output")]
            list += (2..<prices).map { ("other-\($0)", "input") }
            for (model, tokenClass) in list {
                var events = SampleEvents()
                events.addPrice(model, tokenClass, picoPerToken: 20_000, at: 1)
                _ = try store.append([events.batch])
            }
            func everything(_ store: EventStore) throws -> [String] {
                try rows(store, "turns", EventStoreTests.turnColumns) + rows(store, "llm_call", ["id", "cost_usd"])
            }
            let before = try everything(store)
            #expect(before.allSatisfy { !$0.contains("null") })
            let counted = store.snapshot().counters.families
            disk.crash(.process)
            let start = disk.counts.calls
            let again = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            calls.append(disk.counts.calls - start)
            #expect(try everything(again) == before)
            #expect(again.snapshot().counters.families == counted)
            answers.append(before)
            try again.close()
        }
        #expect(answers[0] == answers[1])
        #expect(calls[1] < 2 * calls[0])
    }

    /// A correction between late prices books by what was known there, at a start as it did then.
    @Test func aStartTakesCorrectionsUpBetweenPrices() throws {
        let disk = SimulatedFileSystem(seed: 63)
        let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
        var events = SampleEvents()
        events.addTurn("a", 1, at: 100, model: "unheard-of")
        _ = try store.append([events.batch])
        try store.seal()
        var more = SampleEvents()
        more.addTurn("b", 1, at: 200, model: "unheard-of")
        _ = try store.append([more.batch])
        for (place, tokenClass) in ["input", "output", "input"].enumerated() {
            var prices = SampleEvents()
            prices.addPrice("unheard-of", tokenClass, picoPerToken: Int64(10_000 * (place + 1)), at: Double(place + 1))
            _ = try store.append([prices.batch])
            if place > 0 { _ = try store.rebook(provider: "openai", model: nil, times: .min ..< .max) }
        }
        func everything(_ store: EventStore) throws -> [String] {
            try rows(store, "turns", EventStoreTests.turnColumns) + rows(store, "llm_call", ["id", "cost_usd"])
        }
        let before = try everything(store)
        let (counted, rebooked) = (store.snapshot().counters.families, store.status.rebookedPicoUSD)
        disk.crash(.process)
        let again = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
        #expect(try everything(again) == before)
        #expect(again.snapshot().counters.families == counted && again.status.rebookedPicoUSD == rebooked)
        try again.close()
    }
}
