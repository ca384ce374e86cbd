import Domain
import EventStores
import MetricHistory
import Platform
import PromQLText
import Testing

/// A store as it was known at an earlier moment says what it said then.
@Suite struct EarlierTests {
    private static func earlier(_ history: HistoryStore, at moment: EarlierStore.Moment) throws -> StoreSnapshot {
        var earlier = try EarlierStore(
            history.store.exportReader(in: .min ..< .max), of: history.store.registry,
            now: history.clock.wallNanoseconds(), workers: InlineWorkers())
        try earlier.advance(to: moment)
        return earlier.snapshot
    }

    private static func samples(_ snapshot: StoreSnapshot, _ selector: String, reached: Int64) throws -> [Series] {
        let source = StoreSeries(catalog: snapshot, reached: HistoryStore.start + reached * 1_000_000_000)
        return try HistoryStore.samples(source, selector)
    }

    @Test func whatCameLaterIsNotKnown() throws {
        var history = try HistoryStore(nowSeconds: 100)
        func call(_ id: String, at seconds: Double) -> HistoryEvent {
            HistoryStore.event("tool.call", at: seconds, ["tool": .text("t")], id: id)
        }
        try history.append([call("a", at: 10)])
        history.clock.advance(nanoseconds: 1_000_000_000_000)
        try history.append([call("b", at: 20)])
        func line(_ snapshot: StoreSnapshot) throws -> [String] {
            try Self.samples(snapshot, "support_tool_calls_total", reached: 60).map(HistoryStore.line)
        }
        let labels = "support_tool_calls_total{tenant=\"default\", tool=\"t\"} "
        let (then, now) = (labels + "0.0@0 1.0@15 1.0@30 1.0@45 1.0@60", labels + "0.0@0 1.0@15 2.0@30 2.0@45 2.0@60")
        #expect(try line(history.store.snapshot()) == [now])
        for isSealed in [false, true] {
            if isSealed { try history.store.seal() }
            func known(_ moment: EarlierStore.Moment) throws -> [String] { try line(Self.earlier(history, at: moment)) }
            let between = HistoryStore.start + 500_000_000_000
            #expect(try known(.position(1)) == [then] && known(.received(between)) == [then])
            #expect(try known(.position(2)) == [now] && known(.received(.max)) == [now])
            #expect(try known(.position(0)).isEmpty && known(.received(HistoryStore.start)).isEmpty)
        }
    }

    /// Whatever came, late prices and ratings among it: at the end of each part of it a store says what one says that
    /// received this part alone.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func anEarlierStoreIsTheStoreOfThen(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let events = dice.mixed(RandomEvents(seed: seed).events)
        var (batches, rest): ([[HistoryEvent]], ArraySlice<HistoryEvent>) = ([], events[...])
        while !rest.isEmpty {
            let batch = Array(rest.prefix(1 + dice.below(40)))
            rest = rest.dropFirst(batch.count)
            batches.append(batch)
        }
        func store(of count: Int, seals: Int) throws -> HistoryStore {
            var history = try HistoryStore(nowSeconds: 2_400)
            for (number, batch) in batches.prefix(count).enumerated() {
                history.clock.advance(nanoseconds: 1_000_000_000)
                try history.append(batch)
                if number == seals { try history.store.seal() }
            }
            return history
        }
        let whole = try store(of: batches.count, seals: dice.below(batches.count))
        var growing = try EarlierStore(
            whole.store.exportReader(in: .min ..< .max), of: whole.store.registry,
            now: whole.clock.wallNanoseconds(), workers: InlineWorkers())
        for count in 1...batches.count {
            try growing.advance(to: .position(Int64(batches.prefix(count).reduce(0) { $0 + $1.count })))
            guard count == batches.count || dice.below(3) == 0 else { continue }
            let then = try store(of: count, seals: -1)
            let time = HistoryStore.start + (2_400 + Int64(count)) * 1_000_000_000 + 999_999_999
            for snapshot in [growing.snapshot, try Self.earlier(whole, at: .received(time))] {
                let everything = "{__name__=~\".+\"}"
                let found = try Self.samples(snapshot, everything, reached: 2_300)
                let expected = try Self.samples(then.store.snapshot(), everything, reached: 2_300)
                #expect(found.map(\.labels) == expected.map(\.labels), "after \(count) batches")
                for (one, other) in zip(found, expected) where one.samples != other.samples {
                    Issue.record("after \(count) batches \(one.labels): \(one.samples), not \(other.samples)")
                    return
                }
            }
        }
    }
}
