import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

@Suite struct CounterTests {
    /// Clock and disk outlive a store that is dropped.
    struct Machine {
        let disk: SimulatedFileSystem
        let clock: SimulatedClock

        init(seed: UInt64) {
            disk = SimulatedFileSystem(seed: seed)
            clock = SimulatedClock(wallNanoseconds: SampleEvents.start + 1_000_000_000)
        }

        func open() throws -> EventStore {
            let context = StoreContext(
                fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
            return try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
        }
    }

    static func value(_ store: EventStore, _ name: String, _ labels: [String]) -> MetricValue? {
        store.snapshot().counters.families.first { $0.definition.name == name }?.series.first { $0.labels == labels }?
            .value
    }

    @Test(arguments: [false, true], [false, true]) func countersOutliveARestart(sealsBetween: Bool, isClean: Bool)
        throws
    {
        let machine = Machine(seed: 11)
        var store = try machine.open()
        var events = SampleEvents()
        for turn in 0..<4 { events.addTurn("c", Int64(turn), at: Double(turn)) }
        events.add(
            "message.received", id: "open", at: 5,
            ["conversation_id": .text("c"), "turn": .integer(9), "channel": .text("web")])
        events.add("tool.call", id: "old", at: -7200, ["tool": .text("t")])
        _ = try store.append([events.batch])
        if sealsBetween { try store.seal() }
        machine.clock.advance(nanoseconds: 60_000_000_000)
        try store.tick()
        #expect(Self.value(store, "support_questions_total", ["default", "web", "good"]) == .number(4))
        #expect(Self.value(store, "support_questions_total", ["default", "web", "failed"]) == .number(1))
        var more = SampleEvents()
        more.addTurn("d", 1, at: 50)
        more.addTurn("c", 1, at: 1)
        let result = try store.append([more.batch])[0]
        #expect(result.duplicates == 3 && store.refused.duplicates == 3)
        let before = store.snapshot().counters.families
        if isClean {
            try store.close()
        } else {
            machine.disk.crash()
        }
        store = try machine.open()
        #expect(store.snapshot().counters.families == before)
        #expect(Self.value(store, "plimsoll_backfilled_events_total", ["tool.call"]) == .number(1))
        try store.seal()
        try store.close()
        store = try machine.open()
        #expect(store.snapshot().counters.families == before)
        try store.close()
    }

    @Test(arguments: [false, true]) func aFirstPriceRaisesTheCostWhenItArrives(sealsFirst: Bool) throws {
        let machine = Machine(seed: 12)
        var store = try machine.open()
        var events = SampleEvents()
        events.addTurn("c", 1, at: 50, model: "unheard-of")
        events.addTurn("c", 2, at: -7200, model: "unheard-of")
        _ = try store.append([events.batch])
        let labels = ["default", "openai", "unheard-of", "cloud"]
        #expect(Self.value(store, "support_llm_unpriced_calls_total", labels) == .number(1))
        #expect(Self.value(store, "support_llm_unpriced_calls_corrected_total", labels) == .number(0))
        if sealsFirst { try store.seal() }
        for (tokenClass, price) in [("input", 37_500 as Int64), ("output", 18_750)] {
            #expect(Self.value(store, "support_llm_cost_usd_total", labels) == nil)
            var prices = SampleEvents()
            prices.addPrice("unheard-of", tokenClass, picoPerToken: price, at: -8000)
            _ = try store.append([prices.batch])
        }
        let cost = MetricValue.picoUSD(1_000 * 37_500 + 100 * 18_750)
        #expect(Self.value(store, "support_llm_cost_usd_total", labels) == cost)
        #expect(Self.value(store, "support_llm_unpriced_calls_total", labels) == .number(1))
        #expect(Self.value(store, "support_llm_unpriced_calls_corrected_total", labels) == .number(1))
        machine.disk.crash()
        store = try machine.open()
        #expect(Self.value(store, "support_llm_cost_usd_total", labels) == cost)
        #expect(Self.value(store, "support_llm_unpriced_calls_corrected_total", labels) == .number(1))
        try store.close()
    }

    /// A price for the input alone takes the answering model from the prices of the one that was asked: what a
    /// correction leaves unpriced by it counts, and what a first price mends then is taken back, each once.
    @Test(arguments: [false, true]) func aCorrectionCountsWhatItLeavesUnpriced(sealsFirst: Bool) throws {
        let machine = Machine(seed: 14)
        var store = try machine.open()
        var events = SampleEvents()
        for tokenClass in ["input", "output"] { events.addPrice("asked", tokenClass, picoPerToken: 1_000, at: -8000) }
        // One came too late to be counted.
        for (id, seconds) in [("live", 50), ("old", -7200)] as [(String, Double)] {
            events.add(
                "llm.call", id: id, at: seconds,
                [
                    "provider": .text("openai"), "request_model": .text("asked"), "response_model": .text("answering"),
                    "route": .text("cloud"), "status": .text("ok"), "input_tokens": .integer(100),
                    "output_tokens": .integer(10),
                ])
        }
        _ = try store.append([events.batch])
        if sealsFirst { try store.seal() }
        let labels = ["default", "openai", "answering", "cloud"]
        func unpriced() throws -> [MetricValue?] {
            let names = ["support_llm_unpriced_calls_total", "support_llm_unpriced_calls_corrected_total"]
            let counted = names.map { Self.value(store, $0, labels) }
            machine.disk.crash()
            store = try machine.open()
            #expect(names.map { Self.value(store, $0, labels) } == counted, "replayed")
            return counted
        }
        func setPrice(_ tokenClass: String) throws {
            var prices = SampleEvents()
            prices.addPrice("answering", tokenClass, picoPerToken: 2_000, at: -8000)
            _ = try store.append([prices.batch])
        }
        try setPrice("input")
        #expect(try unpriced() == [nil, nil], "what is booked stays")
        #expect(try store.rebook(provider: "openai", model: nil, times: .min ..< .max).calls == 2)
        #expect(try unpriced() == [.number(1), .number(0)])
        #expect(try store.rebook(provider: "openai", model: nil, times: .min ..< .max).calls == 0)
        #expect(try unpriced() == [.number(1), .number(0)])
        try setPrice("output")
        #expect(try unpriced() == [.number(1), .number(1)])
        try store.seal()
        #expect(try unpriced() == [.number(1), .number(1)], "read back")
        try store.close()
    }

    /// `/metrics` and the rows that reports ask say the same of a conversation that is rated again, also after seals
    /// and crashes.
    @Test(arguments: [false, true]) func aConversationCountsByItsLastRating(sealsBetween: Bool) throws {
        let machine = Machine(seed: 15)
        var store = try machine.open()
        func rate(_ id: String, _ score: Int64, at seconds: Double) throws {
            var events = SampleEvents()
            let fields: [String: EventValue] = [
                "conversation_id": .text("c"), "channel": .text("web"), "score": .integer(score),
            ]
            events.add("feedback.submitted", id: id, at: seconds, fields)
            _ = try store.append([events.batch])
            if sealsBetween { try store.seal() }
            machine.disk.crash()
            store = try machine.open()
        }
        func standing(_ score: Int64) -> Int128 {
            let values = ["support_feedback_total", "support_feedback_corrected_total"].map { name -> Int128 in
                guard case .number(let count)? = Self.value(store, name, ["default", "web", "\(score)"]) else {
                    return 0
                }
                return count
            }
            return values[0] - values[1]
        }
        let scores: ClosedRange<Int64> = 1...5
        try rate("first", 1, at: -30)
        #expect(scores.map(standing) == [1, 0, 0, 0, 0])
        try rate("last", 5, at: -10)
        // On its way since before the last one.
        try rate("between", 3, at: -20)
        #expect(scores.map(standing) == [0, 0, 0, 0, 1])
        #expect(try rows(store, "conversations", ["conversation_id", "score"]).count == 1)
        #expect(try rows(store, "conversations", ["score"])[0].contains("5"))
        try store.close()
    }

    @Test func importsCountAsAppendsDoAndAFoldOfAllGivesTheSame() throws {
        var families: [[MetricFamily]] = []
        for isBulk in [false, true] {
            let store = try Machine(seed: 13).open()
            for half in 0..<2 {
                var events = SampleEvents()
                for turn in 0..<5 {
                    events.addTurn(
                        "c\(half)", Int64(turn), at: Double(half * 10 + turn), status: turn == 3 ? "error" : "ok")
                }
                _ = isBulk ? try store.importBulk([events.batch]) : try store.append([events.batch])
            }
            families.append(store.snapshot().counters.families)
            try store.close()
        }
        #expect(families[0] == families[1])
        let answers = families[0].first { $0.definition.name == "support_answers_total" }!
        #expect(answers.series.map(\.value) == [.number(2), .number(8)])
    }
}
