import Columnar
import Domain
import EventStores
import Platform
import Projections
import Synchronization
import Testing

/// Costs of sealed calls through late prices and corrections: computed for many calls together, and once for all who
/// ask.
@Suite struct OverlaidCostTests {
    private static let shown = ["id", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state", "price_gaps"]

    /// Random calls, prices and corrections.
    private struct Source {
        private var generator: SeededGenerator
        private var count = 0

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func below(_ count: UInt64) -> Int64 { Int64(generator.next() % count) }
        mutating func one<Element>(of elements: [Element]) -> Element { elements[Int(below(UInt64(elements.count)))] }

        mutating func calls(_ number: Int) -> IngestBatch {
            var events = SampleEvents()
            for _ in 0..<number {
                count += 1
                var fields: [String: EventValue] = ["provider": .text(one(of: ["p", "q"])), "status": .text("ok")]
                if let model = one(of: ["m", "x/m", "n", nil]) { fields["request_model"] = .text(model) }
                if let model = one(of: ["m-1", "x/n", nil, nil]) { fields["response_model"] = .text(model) }
                if let tier = one(of: ["batch", "flex", nil, nil]) { fields["service_tier"] = .text(tier) }
                if below(8) > 0 {
                    fields["input_tokens"] = .integer(1 + below(1_000))
                    fields["output_tokens"] = .integer(below(100))
                    if below(6) == 0 { fields["cache_read_tokens"] = .integer(1) }
                }
                if below(6) == 0 { fields["gpu_duration_ns"] = .integer(1_000_000_000) }
                // Later than an hour before the clock: counters tell of all.
                events.add("llm.call", id: "call \(count)", at: Double(1 + below(100)), fields)
            }
            return events.batch
        }

        mutating func prices(_ number: Int) -> IngestBatch {
            var events = SampleEvents()
            for _ in 0..<number {
                count += 1
                let tokenClass = one(of: ["input", "output", "input", "output", "cache_read", "gpu"])
                var fields: [String: EventValue] = [
                    "provider": .text(one(of: ["p", "q"])), "model": .text(one(of: ["m", "x/m", "n", "m-1", "*"])),
                    "token_class": .text(tokenClass),
                    tokenClass == "gpu" ? "usd_per_gpu_hour" : "usd_per_million_tokens": .integer(1_000 + below(50)),
                ]
                if let tier = one(of: ["batch", "flex", nil, nil]) { fields["service_tier"] = .text(tier) }
                events.add("price.set", id: "price \(count)", at: Double(below(100)), fields)
            }
            return events.batch
        }

        mutating func times() -> Range<Int64> {
            let first = below(90)
            let last = first + 1 + below(60)
            return SampleEvents.start + first * 1_000_000_000..<SampleEvents.start + last * 1_000_000_000
        }
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> EventStore { try open(disk, keptBytes: 1 << 20) }

    private static func open(_ disk: SimulatedFileSystem, keptBytes: Int) throws -> EventStore {
        var options = EventStoreTests.options()
        options.keptCostBytesMax = keptBytes
        return try EventStore.open(at: "/data", context: context(disk), options: options)
    }

    /// Calls without an exact cost that were counted and not taken back.
    private static func countedUnpriced(_ store: EventStore) -> Int128 {
        let families = store.snapshot().counters.families
        func sum(_ name: String) -> Int128 {
            (families.first { $0.definition.name == name }?.series ?? []).reduce(0) {
                if case .number(let count) = $1.value { $0 + count } else { $0 }
            }
        }
        return sum("support_llm_unpriced_calls_total") - sum("support_llm_unpriced_calls_corrected_total")
    }

    /// Unsealed calls are priced one by one: that is what sealed ones have to cost, whatever prices and corrections
    /// come, and however little is kept of what was computed for those before. Counters say how many have no exact
    /// cost.
    @Test(arguments: [UInt64(1), 2, 3], [1, 5_000, 64 << 20])
    func sealedCallsCostWhatUnsealedOnesDo(seed: UInt64, keptBytes: Int) throws {
        var source = Source(seed: seed)
        let disks = [SimulatedFileSystem(seed: 21), SimulatedFileSystem(seed: 22)]
        var stores = try disks.map { try Self.open($0, keptBytes: keptBytes) }
        func compare(_ step: Comment) throws {
            let costs = try stores.map { try rows($0, "llm_call", Self.shown) }
            #expect(costs[0] == costs[1], step)
            for store in stores {
                let priced = "\(Scalar.text(PriceState.priced.name))"
                let unpriced = try rows(store, "llm_call", ["price_state"]).count { $0 != priced }
                #expect(Self.countedUnpriced(store) == Int128(unpriced), step)
            }
        }
        for round in 0..<10 {
            for batch in [source.calls(25), source.prices(2)] {
                for store in stores { _ = try store.append([batch]) }
            }
            try stores[0].seal()
            try compare("sealed \(round)")
            for step in 0..<2 {
                let prices = source.prices(1 + Int(source.below(3)))
                for store in stores { _ = try store.append([prices]) }
                try compare("prices \(round), \(step)")
            }
            guard round > 2 else { continue }
            let (provider, model) = (source.one(of: ["p", "q"]), source.one(of: ["m", "n", "x/n", "other", nil]))
            let times = source.times()
            let corrections = try stores.map { try $0.rebook(provider: provider, model: model, times: times) }
            #expect(corrections[0].calls == corrections[1].calls)
            #expect(corrections[0].correctionPicoUSD == corrections[1].correctionPicoUSD)
            try compare("correction \(round)")
        }
        #expect(stores[0].status.segments > 0 && stores[1].status.segments == 0)
        for disk in disks { disk.crash() }
        stores = try disks.map { try Self.open($0, keptBytes: keptBytes) }
        try compare("opened again")
        for store in stores { try store.close() }
    }

    /// A report asks many questions of the same groups: what one computed the next one finds.
    @Test func costsAreComputedOnceForAllQuestions() throws {
        let disk = SimulatedFileSystem(seed: 23)
        var store = try Self.open(disk)
        for part in 0..<2 {
            var events = SampleEvents()
            for number in 0..<10 {
                let id = "c\(10 * part + number)"
                events.addTurn(id, 1, at: Double(number), model: number < 5 ? "unheard-of" : "gpt-4o")
            }
            _ = try store.append([events.batch])
            try store.seal()
        }
        var prices = SampleEvents()
        for name in ["input", "output"] { prices.addPrice("unheard-of", name, picoPerToken: 20_000, at: -1) }
        _ = try store.append([prices.batch])
        try store.seal()
        try store.close()
        store = try Self.open(disk)
        /// Exact costs, and the pages that were read for them.
        func ask(_ name: String) throws -> (exact: Int, pages: Int) {
            let table = try #require(store.snapshot().table(named: "llm_call"))
            let place = try #require(table.columns.firstIndex { $0.name == name })
            let statistics = ScanStatistics()
            var exact = 0
            for morsel in try table.morsels(for: ScanRequest(columns: [place], statistics: statistics)) {
                let column = try morsel.column(place)
                exact += (0..<morsel.rowCount).filter { column.scalar(at: $0) != .null }.count
            }
            return (exact, statistics.pagesRead.load(ordering: .relaxed))
        }
        let first = try ask("cost_usd")
        #expect(first.exact == 20 && first.pages > 0)
        for name in ["cost_usd", "cost_high_usd", "price_state"] {
            let next = try ask(name)
            #expect(next.exact == 20 && next.pages == 0)
        }
        try store.close()
    }

    /// What is kept of the costs of calls holds until a price comes that may concern one of them: their model, and
    /// their time.
    @Test func aPriceLeavesWhatIsKeptOfOtherCalls() throws {
        let store = try Self.open(SimulatedFileSystem(seed: 24))
        for (place, model) in ["a", "b"].enumerated() {
            var events = SampleEvents()
            for number in 0..<10 {
                events.addTurn("\(model)\(number)", 1, at: Double(100 * place + number), model: model)
            }
            _ = try store.append([events.batch])
            try store.seal()
        }
        func set(_ model: String, _ tokenClass: String, from seconds: Double) throws {
            var prices = SampleEvents()
            prices.addPrice(model, tokenClass, picoPerToken: 20_000, at: seconds)
            _ = try store.append([prices.batch])
        }
        /// Exact costs, and the pages that were read for them.
        func ask() throws -> [Int] {
            let table = try #require(store.snapshot().table(named: "llm_call"))
            let place = try #require(table.columns.firstIndex { $0.name == "cost_usd" })
            let statistics = ScanStatistics()
            var exact = 0
            for morsel in try table.morsels(for: ScanRequest(columns: [place], statistics: statistics)) {
                let column = try morsel.column(place)
                exact += (0..<morsel.rowCount).filter { column.scalar(at: $0) != .null }.count
            }
            return [exact, statistics.pagesRead.load(ordering: .relaxed)]
        }
        /// What series and others keep of the calls of either goes by it.
        func identities() throws -> [MorselIdentity?] {
            let table = try #require(store.snapshot().table(named: "llm_call"))
            return try table.morsels(for: ScanRequest(columns: [])).map(\.identity)
        }
        // Both go on waiting for a price of their output.
        for model in ["a", "b"] { try set(model, "input", from: -1) }
        _ = try ask()
        #expect(try ask() == [0, 0])
        let known = try identities()
        try set("b", "input", from: 50)
        #expect(try ask() == [0, 0], "no call waited for it")
        try set("c", "input", from: 1_000)
        #expect(try ask() == [0, 0], "another model at another time")
        try set("a", "output", from: 1_000)
        #expect(try ask() == [0, 0], "the model at another time")
        try set("c", "output", from: -1)
        #expect(try ask() == [0, 0], "another model at their time")
        #expect(try identities() == known && known.count == 2)
        try set("b", "output", from: -1)
        #expect(try ask()[0] == 10, "calls of b waited for it")
        let changed = try identities()
        #expect(changed[0] == known[0] && changed[1] != known[1])
        #expect(try ask() == [10, 0])
        try set("a", "output", from: -1)
        #expect(try ask()[0] == 20, "calls of a waited for it")
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// A correction of few calls computes these alone where nobody asked for the others, at a start as well; whoever
    /// asks then has all of them computed once.
    @Test func aCorrectionOfFewCallsLeavesOthersUntilTheyAreAskedFor() throws {
        let disk = SimulatedFileSystem(seed: 25)
        var store = try Self.open(disk)
        func set(_ picoPerToken: Int64, at seconds: Double) throws {
            var prices = SampleEvents()
            for model in ["few", "many"] {
                for name in ["input", "output"] {
                    prices.addPrice(model, name, picoPerToken: picoPerToken, at: seconds)
                }
            }
            _ = try store.append([prices.batch])
        }
        try set(20_000, at: -2)
        var events = SampleEvents()
        for number in 0..<40 {
            events.addTurn("c\(number)", 1, at: Double(number), model: number < 3 ? "few" : "many")
        }
        _ = try store.append([events.batch])
        try store.seal()
        try set(30_000, at: -1)
        /// The costs, and the pages that were read for them.
        func ask() throws -> (costs: [Scalar], pages: Int) {
            let table = try #require(store.snapshot().table(named: "llm_call"))
            let place = try #require(table.columns.firstIndex { $0.name == "cost_usd" })
            let statistics = ScanStatistics()
            var costs: [Scalar] = []
            for morsel in try table.morsels(for: ScanRequest(columns: [place], statistics: statistics)) {
                let column = try morsel.column(place)
                costs += (0..<morsel.rowCount).map { column.scalar(at: $0) }
            }
            return (costs, statistics.pagesRead.load(ordering: .relaxed))
        }
        let correction = try store.rebook(provider: "openai", model: "few", times: .min ..< .max)
        #expect(correction.calls == 3 && correction.correctionPicoUSD == 3 * 1_100 * 10_000)
        let asked = try ask()
        #expect(asked.pages > 0 && Set(asked.costs).count == 2 && asked.costs.count == 40)
        #expect(try ask().pages == 0)
        disk.crash()
        store = try Self.open(disk)
        let again = try ask()
        #expect(again.pages > 0 && again.costs == asked.costs)
        // Of a group whose costs are known all stay known.
        #expect(try store.rebook(provider: "openai", model: "many", times: .min ..< .max).calls == 37)
        let all = try ask()
        #expect(all.pages == 0 && Set(all.costs).count == 1)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// The costs of a group are much work, and whoever does it looks now and then whether it is still wanted.
    @Test func whoComputesCostsLooks() throws {
        struct GivenUp: Error {}
        let disk = SimulatedFileSystem(seed: 97)
        var store = try Self.open(disk)
        var source = Source(seed: 97)
        _ = try store.append([source.calls(5_000)])
        try store.seal()
        _ = try store.append([source.prices(60)])
        try store.close()
        // What the late prices had computed is not kept any more.
        store = try Self.open(disk)
        let looks = Atomic<Int>(0)
        let limit = Atomic<Int>(.max)
        let table = store.snapshot().table(named: "llm_call")!
        let cost = try #require(table.columns.firstIndex { $0.name == "cost_usd" })
        /// - Parameter most: at the next look it gives up.
        func read(upTo most: Int) throws {
            limit.store(.max, ordering: .relaxed)
            let request = ScanRequest(
                columns: [cost],
                check: {
                    let count = looks.add(1, ordering: .relaxed).newValue
                    if count > limit.load(ordering: .relaxed) { throw GivenUp() }
                })
            let morsels = try table.morsels(for: request)
            looks.store(0, ordering: .relaxed)
            limit.store(most, ordering: .relaxed)
            for morsel in morsels { _ = try morsel.column(cost) }
        }
        #expect(throws: GivenUp.self) { try read(upTo: 4) }
        // Once in each thousand calls, and once in each of the columns that follow from the costs.
        #expect(looks.load(ordering: .relaxed) == 5)
        try read(upTo: .max)
        #expect(looks.load(ordering: .relaxed) >= 5)
        try read(upTo: 0)
        #expect(looks.load(ordering: .relaxed) == 0, "what is kept is not computed")
        try store.close()
    }
}
