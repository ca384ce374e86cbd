import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// Prices that come after a correction: what it left without a price takes the first one, what it left priced keeps its
/// cost, wherever the rows lie.
@Suite struct CorrectedPriceTests {
    /// Where seals lie, and whether the store is opened again after each step.
    struct Way: Sendable, CustomTestStringConvertible {
        var sealsCalls: Bool
        var sealsCorrection: Bool
        var restarts: Bool

        static let all: [Way] = [false, true].flatMap { calls in
            [false, true].flatMap { correction in
                [false, true].map { Way(sealsCalls: calls, sealsCorrection: correction, restarts: $0) }
            }
        }

        var testDescription: String {
            "calls sealed \(sealsCalls), correction sealed \(sealsCorrection), restarts \(restarts)"
        }
    }

    private static let question: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(1)]
    private static let dollar: Int128 = 1_000_000_000_000

    private static func open(_ disk: SimulatedFileSystem) throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private static func call(
        _ events: inout SampleEvents, _ id: String, _ provider: String, _ model: String, _ usage: [String: EventValue],
        _ conversation: [String: EventValue] = Self.question
    ) {
        let basis: [String: EventValue] = [
            "provider": .text(provider), "request_model": .text(model), "status": .text("ok"), "route": .text("cloud"),
        ]
        events.add("llm.call", id: id, at: 60, basis.merging(conversation) { $1 }.merging(usage) { $1 })
    }

    private static func tokens(_ input: Int64) -> [String: EventValue] {
        ["input_tokens": .integer(input), "output_tokens": .integer(0)]
    }

    private static func costs(_ store: EventStore, _ table: String) throws -> [Int128?] {
        let source = try #require(store.snapshot().table(named: table))
        let place = try #require(source.columns.firstIndex { $0.name == "cost_usd" })
        var costs: [Int128?] = []
        for morsel in try source.morsels(for: ScanRequest(columns: [place])) {
            let column = try morsel.column(place)
            for row in 0..<morsel.rowCount {
                if case .numeric(let picoUSD, _) = column.scalar(at: row) {
                    costs.append(picoUSD)
                } else {
                    costs.append(nil)
                }
            }
        }
        return costs
    }

    /// Calls one by one, the conversation's sum (nil: not exact), how many records tell of a first price: everywhere
    /// the same.
    private static func check(
        _ store: EventStore, calls: [Int128?], sum: Int128?, firstPrices: Int, _ step: String, _ way: Way
    ) throws {
        let note: Comment = "\(step); \(way.testDescription)"
        let order: (Int128?, Int128?) -> Bool = { ($0 ?? -1) < ($1 ?? -1) }
        let shown = try costs(store, "llm_call")
        #expect(shown.sorted(by: order) == calls.sorted(by: order), note)
        for table in ["turns", "conversations"] {
            let sums = try costs(store, table)
            #expect(sums == [sum], note)
        }
        let family = store.snapshot().counters.families.first { $0.definition.name == "support_llm_cost_usd_total" }
        let counted =
            family?.series.reduce(Int128(0)) { if case .picoUSD(let cost) = $1.value { $0 + cost } else { $0 } } ?? 0
        let exact = shown.reduce(Int128(0)) { $0 + ($1 ?? 0) }
        #expect(counted + store.status.rebookedPicoUSD == exact, note)
        let records = try rows(store, "system_events", ["data"]).filter { $0.contains("first_price") }
        #expect(records.count == firstPrices, note)
        #expect(try store.verify().findings == [], note)
    }

    @Test(arguments: Way.all) func whatACorrectionLeftUnpricedTakesItsFirstPrice(way: Way) throws {
        let disk = SimulatedFileSystem(seed: 41)
        var store = try Self.open(disk)
        func reopen() throws {
            guard way.restarts else { return }
            disk.crash()
            store = try Self.open(disk)
        }
        let mini = Self.dollar * 15 / 100
        var events = SampleEvents()
        events.add("message.received", id: "question", at: 59, Self.question)
        Self.call(&events, "listed", "openai", "gpt-4o", Self.tokens(1_000_000))
        Self.call(&events, "other", "openai", "gpt-4o-mini", Self.tokens(1_000_000))
        _ = try store.append([events.batch])
        if way.sealsCalls { try store.seal() }
        try reopen()
        // From now on the list says nothing of the model; what is booked stays.
        var end = SampleEvents()
        end.addPrice("gpt-4o", "cache_read", picoPerToken: 1_000_000, at: 5)
        _ = try store.append([end.batch])
        let listed = Self.dollar * 5 / 2
        try Self.check(store, calls: [listed, mini], sum: listed + mini, firstPrices: 0, "the list ended", way)

        #expect(try store.rebook(provider: "openai", model: nil, times: .min ..< .max).calls == 1)
        if way.sealsCorrection { try store.seal() }
        try reopen()
        try Self.check(store, calls: [nil, mini], sum: nil, firstPrices: 0, "booked again", way)

        var first = SampleEvents()
        first.addPrice("gpt-4o", "input", picoPerToken: 2_000_000, at: 5)
        _ = try store.append([first.batch])
        let settled: [Int128?] = [Self.dollar * 2, mini]
        try Self.check(store, calls: settled, sum: Self.dollar * 2 + mini, firstPrices: 1, "first price", way)
        try reopen()
        try Self.check(store, calls: settled, sum: Self.dollar * 2 + mini, firstPrices: 1, "opened again", way)
        // It is priced now and waits for nothing.
        var later = SampleEvents()
        later.addPrice("gpt-4o", "output", picoPerToken: 3_000_000, at: 5)
        later.addPrice("gpt-4o", "input", picoPerToken: 9_000_000, at: 6)
        _ = try store.append([later.batch])
        try store.seal()
        try reopen()
        try Self.check(store, calls: settled, sum: Self.dollar * 2 + mini, firstPrices: 1, "sealed", way)
        try store.close()
    }

    /// Counters have what comes live: of an import they have nothing, so a correction of it is nothing that they lack.
    @Test(arguments: Way.all) func countersLackWhatACorrectionChangedOfTheirCalls(way: Way) throws {
        let disk = SimulatedFileSystem(seed: 44)
        var store = try Self.open(disk)
        func reopen() throws {
            guard way.restarts else { return }
            disk.crash()
            store = try Self.open(disk)
        }
        var events = SampleEvents()
        events.addPrice("m1", "input", picoPerToken: 1_000_000, at: -10_000, provider: "acme")
        events.addPrice("m1", "output", picoPerToken: 1_000_000, at: -10_000, provider: "acme")
        Self.call(&events, "live", "acme", "m1", Self.tokens(1_000_000), [:])
        // Two hours before the store began, three before it came.
        events.add(
            "llm.call", id: "imported", at: -7_200,
            [
                "provider": .text("acme"), "request_model": .text("m1"), "status": .text("ok"),
                "input_tokens": .integer(1_000_000), "output_tokens": .integer(0),
            ])
        events.addPrice("m1", "input", picoPerToken: 3_000_000, at: -9_000, provider: "acme")
        _ = try store.append([events.batch])
        if way.sealsCalls { try store.seal() }
        try reopen()
        let rebooking = try store.rebook(provider: "acme", model: nil, times: .min ..< .max)
        #expect(rebooking.calls == 2 && rebooking.correctionPicoUSD == Int64(4 * Self.dollar))
        #expect(rebooking.countedPicoUSD == Int64(2 * Self.dollar))
        for step in ["booked again", "opened again", "sealed"] {
            if step == "sealed" || way.sealsCorrection { try store.seal() }
            let family = store.snapshot().counters.families.first {
                $0.definition.name == "support_llm_cost_usd_total"
            }
            #expect(family?.series.map(\.value) == [.picoUSD(Self.dollar)], "\(step)")
            #expect(store.status.rebookedPicoUSD == 2 * Self.dollar, "\(step)")
            let shown = try Self.costs(store, "llm_call")
            #expect(shown == [3 * Self.dollar, 3 * Self.dollar], "\(step)")
            try reopen()
        }
        try store.close()
    }

    /// A letter composed and decomposed: equal texts for `String`, two conversations by their bytes.
    @Test(arguments: [false, true]) func twoSpellingsAreTwoConversations(isSealed: Bool) throws {
        let disk = SimulatedFileSystem(seed: 42)
        var store = try Self.open(disk)
        var events = SampleEvents()
        for (number, id) in ["caf\u{E9}", "cafe\u{301}"].enumerated() {
            let conversation: [String: EventValue] = ["conversation_id": .text(id), "turn": .integer(1)]
            events.add("message.received", id: "question \(number)", at: 59, conversation)
            Self.call(&events, "call \(number)", "acme", "m1", Self.tokens(1000), conversation)
        }
        _ = try store.append([events.batch])
        if isSealed { try store.seal() }
        var prices = SampleEvents()
        prices.addPrice("m1", "input", picoPerToken: 1_000_000, at: 5, provider: "acme")
        prices.addPrice("m1", "output", picoPerToken: 1_000_000, at: 5, provider: "acme")
        _ = try store.append([prices.batch])
        func check(_ step: Comment) throws {
            for table in ["llm_call", "turns", "conversations"] {
                let costs = try Self.costs(store, table)
                #expect(costs == [1_000_000_000, 1_000_000_000], step)
            }
            #expect(try store.verify().findings == [], step)
        }
        try check("late prices")
        disk.crash()
        store = try Self.open(disk)
        try check("opened again")
        try store.seal()
        try check("sealed")
        try store.close()
    }

    /// An unpriced neighbour of another provider must not matter.
    @Test(arguments: Way.all, [false, true]) func whatACorrectionLeftPricedKeepsItsCost(way: Way, hasNeighbour: Bool)
        throws
    {
        let disk = SimulatedFileSystem(seed: 42)
        var store = try Self.open(disk)
        func reopen() throws {
            guard way.restarts else { return }
            disk.crash()
            store = try Self.open(disk)
        }
        var events = SampleEvents()
        for name in ["input", "output", "cache_read", "cache_write", "cache_write_1h"] {
            events.addPrice("small", name, picoPerToken: 4_000_000, at: 5, provider: "house")
        }
        events.addPrice("large", "input", picoPerToken: 1_000_000, at: 5, provider: "house")
        events.add("message.received", id: "question", at: 59, Self.question)
        let timed = Self.tokens(1_000_000).merging(["gpu_duration_ns": .integer(3_600_000_000_000)]) { $1 }
        Self.call(&events, "timed", "house", "small", timed)
        Self.call(&events, "total", "house", "small", ["total_tokens": .integer(1_000_000)])
        Self.call(&events, "changed", "house", "large", Self.tokens(1_000_000))
        if hasNeighbour { Self.call(&events, "neighbour", "elsewhere", "unheard-of", Self.tokens(1), [:]) }
        events.addPrice("large", "input", picoPerToken: 2_000_000, at: 6, provider: "house")
        _ = try store.append([events.batch])
        if way.sealsCalls { try store.seal() }
        try reopen()
        func check(_ changed: Int128, _ step: String) throws {
            var calls: [Int128?] = [Self.dollar * 4, Self.dollar * 4, changed]
            if hasNeighbour { calls.append(nil) }
            try Self.check(store, calls: calls, sum: Self.dollar * 8 + changed, firstPrices: 0, step, way)
        }
        try check(Self.dollar, "booked")
        #expect(try store.rebook(provider: "house", model: nil, times: .min ..< .max).calls == 1)
        if way.sealsCorrection { try store.seal() }
        try reopen()
        try check(Self.dollar * 2, "booked again")

        var later = SampleEvents()
        later.addPrice("small", "cache_read", picoPerToken: 1_000_000, at: 6, provider: "house")
        later.add(
            "price.set", id: "small/gpu", at: 5,
            [
                "provider": .text("house"), "model": .text("small"), "token_class": .text("gpu"),
                "usd_per_gpu_hour": .integer(2_000_000_000_000),
            ])
        _ = try store.append([later.batch])
        try check(Self.dollar * 2, "prices came later")
        try reopen()
        try check(Self.dollar * 2, "opened again")
        try store.seal()
        try reopen()
        try check(Self.dollar * 2, "sealed")
        // Until the next correction.
        #expect(try store.rebook(provider: "house", model: "small", times: .min ..< .max).calls == 2)
        let shown = try Self.costs(store, "llm_call").compactMap { $0 }
        #expect(shown.sorted() == [Self.dollar * 2, Self.dollar * 2], "GPU time by the hour, the total in a range")
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// The price that completes a call is the last one it takes, whether others come in its batch, or after a seal.
    @Test(arguments: Way.all, [false, true]) func theFirstCompletePriceStays(way: Way, comesTogether: Bool) throws {
        let disk = SimulatedFileSystem(seed: 43)
        var store = try Self.open(disk)
        func reopen() throws {
            guard way.restarts else { return }
            disk.crash()
            store = try Self.open(disk)
        }
        var events = SampleEvents()
        events.add("message.received", id: "question", at: 59, Self.question)
        let timed = Self.tokens(1_000_000).merging(["gpu_duration_ns": .integer(3_600_000_000_000)]) { $1 }
        Self.call(&events, "timed", "house", "small", timed)
        _ = try store.append([events.batch])
        if way.sealsCalls { try store.seal() }
        try reopen()
        var prices = SampleEvents()
        prices.addPrice("small", "input", picoPerToken: 4_000_000, at: 5, provider: "house")
        if !comesTogether {
            _ = try store.append([prices.batch])
            if way.sealsCorrection { try store.seal() }
            try reopen()
            prices = SampleEvents()
        }
        prices.add(
            "price.set", id: "small/gpu", at: 5,
            [
                "provider": .text("house"), "model": .text("small"), "token_class": .text("gpu"),
                "usd_per_gpu_hour": .integer(2_000_000_000_000),
            ])
        _ = try store.append([prices.batch])
        let cost: [Int128?] = [Self.dollar * 4]
        for step in ["priced", "opened again"] {
            for table in ["llm_call", "turns", "conversations"] {
                let shown = try Self.costs(store, table)
                #expect(shown == cost, "\(step): \(table)")
            }
            #expect(try store.verify().findings == [], "\(step)")
            try reopen()
        }
        try store.close()
    }

    /// A correction does not wait for a seal under way: its calls are shown at the new cost before and after it is
    /// published, and so is what follows from them.
    @Test(arguments: [false, true]) func callsOfASealUnderWayAreCorrected(crashes: Bool) throws {
        let (disk, queue) = (SimulatedFileSystem(seed: 9), HeldBackgroundQueue())
        func open(sealEvents: Int) throws -> EventStore {
            try EventStore.open(
                at: "/data", context: context(disk, sideQueue: queue),
                options: EventStoreTests.options(sealEvents: sealEvents))
        }
        var store = try open(sealEvents: 3)
        var events = SampleEvents()
        events.addPrice("m1", "input", picoPerToken: 1_000_000, at: -10_000, provider: "acme")
        events.addPrice("m1", "output", picoPerToken: 0, at: -10_000, provider: "acme")
        for turn in Int64(1)...3 { events.addTurn("c\(turn)", turn, at: 3_500, model: "m1", provider: "acme") }
        _ = try store.append([events.batch])
        #expect(queue.heldCount == 1)
        var prices = SampleEvents()
        prices.addPrice("m1", "input", picoPerToken: 5_000_000, at: -9_000, provider: "acme")
        _ = try store.append([prices.batch])
        let rebooking = try store.rebook(provider: "acme", model: nil, times: .min ..< .max)
        #expect(rebooking.calls == 3 && queue.heldCount == 1)
        let costs = try rows(store, "conversations", ["conversation_id", "cost_usd"])
        let calls = try rows(store, "llm_call", ["id", "cost_usd"])
        // 1,000 tokens at 5 USD a million.
        #expect(try Self.costs(store, "llm_call") == Array(repeating: 5_000_000_000, count: 3))
        queue.runNext()
        if crashes {
            disk.crash()
            store = try open(sealEvents: 1 << 30)
        } else {
            try store.tick()
        }
        #expect(try rows(store, "conversations", ["conversation_id", "cost_usd"]) == costs)
        #expect(try rows(store, "llm_call", ["id", "cost_usd"]) == calls)
        try store.seal()
        #expect(try rows(store, "conversations", ["conversation_id", "cost_usd"]) == costs)
        #expect(try rows(store, "llm_call", ["id", "cost_usd"]) == calls)
        #expect(try store.verify().findings == [])
        try store.close()
    }
}
