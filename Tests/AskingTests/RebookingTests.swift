import Asking
import Domain
import EventStores
import Platform
import Projections
import Testing

@Suite struct RebookingTests {
    private static let noon = RollupEvents.start + 3 * RollupEvents.hour
    private static let sums =
        "select count(cost_usd), sum(cost_usd), count(*) filter (where price_state = 'priced') from llm_call"

    /// A question and the call that it takes.
    private static func call(_ events: inout RollupEvents, _ id: String, at time: Int64, model: String = "small") {
        let context: [String: EventValue] = [
            "tenant": .text("acme"), "conversation_id": .text("c-" + id), "turn": .integer(1),
        ]
        events.add("message.received", id: id + "/q", time: time, context.merging(["author": .text("user")]) { $1 })
        let call: [String: EventValue] = [
            "provider": .text("house"), "request_model": .text(model), "status": .text("ok"),
            "input_tokens": .integer(1_000),
            "output_tokens": .integer(0),
        ]
        events.add("llm.call", id: id, time: time, context.merging(call) { $1 })
    }

    /// Calls in every hour of a morning, sealed; two more unsealed; priced at 2 pico-USD a token.
    private static func store(_ disk: SimulatedFileSystem) throws -> AskedStore {
        let asked = try AskedStore(disk)
        var events = RollupEvents()
        events.addPrice("small", "input", picoPerToken: 2, at: RollupEvents.start)
        for index in 0..<40 { call(&events, "\(index)", at: RollupEvents.start + Int64(index) * RollupEvents.hour / 5) }
        _ = try asked.store.append([events.batch])
        try asked.store.seal()
        var more = RollupEvents()
        call(&more, "late", at: RollupEvents.start + RollupEvents.hour)
        call(&more, "other", at: RollupEvents.start + RollupEvents.hour, model: "large")
        _ = try asked.store.append([more.batch])
        return asked
    }

    @Test func correctionsLieOverEverythingThatShowsCosts() throws {
        let disk = SimulatedFileSystem(seed: 21)
        var asked = try Self.store(disk)
        #expect(try asked.ask(Self.sums)[1] == "41,0.000000082000,41")
        var price = RollupEvents()
        price.addPrice("small", "input", picoPerToken: 5, at: Self.noon)
        _ = try asked.store.append([price.batch])
        #expect(
            try asked.ask(Self.sums)[1] == "41,0.000000082000,41",
            "a price that comes later changes nothing that is booked")
        let before = asked.store.snapshot().counters.families

        let rebooking = try asked.store.rebook(provider: "house", model: "small", times: .min..<Self.noon)
        // 15 calls of the first three hours, and the unsealed one.
        #expect(rebooking.calls == 16 && rebooking.correctionPicoUSD == 16 * 3_000)
        #expect(asked.store.snapshot().counters.families == before, "counters stay")
        // All calls came a day late: counters have none of them, and lack nothing.
        #expect(rebooking.countedPicoUSD == 0 && asked.store.status.rebookedPicoUSD == 0)
        let record =
            "select data->>'reason', data->>'calls', data->>'correction_usd', data->>'counted_usd', data->>'to' "
            + "from system_events "
            + "where type = 'cost.rebooked'"
        func check(_ note: Comment) throws {
            for rollups in [true, false] {
                #expect(try asked.ask(Self.sums, usesRollups: rollups)[1] == "41,0.000000130000,41", note)
                let hours = "select date_trunc('hour', time), sum(cost_usd) from llm_call group by 1 order by 1 limit 4"
                #expect(
                    try asked.ask(hours, usesRollups: rollups).dropFirst().map { $0.split(separator: ",")[1] }
                        == ["0.000000025000", "0.000000030000", "0.000000025000", "0.000000010000"], note)
            }
            #expect(try asked.ask("select sum(cost_usd) from turns")[1] == "0.000000130000", note)
            #expect(try asked.ask("select sum(cost_usd), count(*) from conversations")[1] == "0.000000130000,42", note)
            #expect(try asked.ask("select sum(cost_usd_sum) from rollup_llm_call_1d")[1] == "0.000000130000", note)
            #expect(try asked.ask(record)[1] == "requested,16,0.000000048,0,2026-08-01T12:00:00Z", note)
            #expect(asked.store.status.rebookedPicoUSD == 0, note)
        }
        try check("just booked")
        try asked.store.close()
        asked = try AskedStore(disk)
        try check("replayed")
        try asked.store.seal()
        try check("sealed")
        try asked.store.close()
        asked = try AskedStore(disk)
        try check("read back")
        #expect(try asked.store.verify().findings == [])

        // Where nothing costs anything else, nothing is recorded.
        let position = asked.store.status.position
        let nothing = try asked.store.rebook(provider: "nosuch", model: nil, times: .min ..< .max)
        #expect(nothing.calls == 0 && asked.store.status.position == position)
        #expect(PriceText.summary(of: nothing).hasPrefix("no call of nosuch in that time costs anything else"))
        #expect(try asked.ask(record).count == 2)

        // A second correction over the first: only what differs counts.
        var cheaper = RollupEvents()
        cheaper.addPrice("small", "input", picoPerToken: 1, at: Self.noon + 1)
        _ = try asked.store.append([cheaper.batch])
        let again = try asked.store.rebook(
            provider: "house", model: nil, times: RollupEvents.start..<(RollupEvents.start + 1))
        #expect(again.calls == 1 && again.correctionPicoUSD == -4_000)
        #expect(PriceText.summary(of: again).contains("1 call up to position"))
        #expect(try asked.ask(Self.sums)[1] == "41,0.000000126000,41")
        // Calls that come later are booked as ever.
        var later = RollupEvents()
        Self.call(&later, "after", at: RollupEvents.start)
        _ = try asked.store.append([later.batch])
        #expect(try asked.ask(Self.sums)[1] == "42,0.000000127000,42")
        try asked.store.close()
    }

    /// A price for the input alone ends the list prices of the pair: output has no price then.
    @Test func callsThatStopBeingExactAreNoSaving() throws {
        let asked = try AskedStore(SimulatedFileSystem(seed: 23))
        let model: [String: EventValue] = ["provider": .text("openai")]
        var events = RollupEvents()
        for (id, output) in [("with", 100), ("without", 0)] as [(String, Int64)] {
            let call: [String: EventValue] = [
                "request_model": .text("gpt-4o-mini"), "status": .text("ok"), "input_tokens": .integer(1_000),
                "output_tokens": .integer(output),
            ]
            events.add("llm.call", id: id, time: RollupEvents.start, call.merging(model) { $1 })
        }
        _ = try asked.store.append([events.batch])
        #expect(try asked.ask(Self.sums)[1] == "2,0.000360000000,2")
        var price = RollupEvents()
        let set: [String: EventValue] = [
            "tenant": .text("default"), "model": .text("gpt-4o-mini"), "token_class": .text("input"),
            "usd_per_million_tokens": .integer(300_000), "valid_from": .integer(RollupEvents.start - RollupEvents.hour),
        ]
        price.add("price.set", id: "input", time: Self.noon, set.merging(model) { $1 })
        _ = try asked.store.append([price.batch])
        let preview = try asked.store.snapshot().rebookingPreview(provider: "openai", model: nil, times: .min ..< .max)
        #expect(PriceText.preview(preview, provider: "openai", model: nil).contains("at least 0.0006"))

        let rebooking = try asked.store.rebook(provider: "openai", model: nil, times: .min ..< .max)
        #expect(
            PriceText.summary(of: rebooking) == """
                2 calls up to position 3 cost something else now; the whole difference in USD is at least 0.00024, at most unknown
                1 call with an exact cost before and after: 0.00015 USD
                1 call has no exact cost any more: its cost is at least 0.0003 USD, at most unknown, and was 0.00021 USD

                """)
        // What was booked and what is recorded add up to the sum of exact costs.
        #expect(try asked.ask(Self.sums)[1] == "1,0.000300000000,1")
        #expect(rebooking.correctionPicoUSD == -60_000_000 && asked.store.status.rebookedPicoUSD == 0)
        try asked.store.close()
    }

    @Test func aPathBeforeAModelIsPassedOverAndOnePassShowsAll() throws {
        let disk = SimulatedFileSystem(seed: 23)
        var asked = try Self.store(disk)
        var events = RollupEvents()
        Self.call(&events, "path", at: Self.noon, model: "x/small")
        _ = try asked.store.append([events.batch])
        var price = RollupEvents()
        price.addPrice("small", "input", picoPerToken: 5, at: Self.noon)
        _ = try asked.store.append([price.batch])
        let scopes: [RebookingPreview.Scope] = [
            .init(provider: "house", model: "small", times: .min ..< .max),
            .init(provider: "house", model: nil, times: Self.noon ..< .max),
            .init(provider: "house", model: "x/small", times: .min ..< .max),
            .init(provider: "nosuch", model: nil, times: .min ..< .max),
        ]
        let previews = try asked.store.snapshot().rebookingPreviews(scopes)
        // 41 calls of small, 25 of them from noon on, and the one with a path.
        #expect(previews.map(\.calls) == [42, 26, 1, 0])
        #expect(previews[0].models.map { String(decoding: $0.name, as: UTF8.self) } == ["small", "x/small"])
        for (scope, preview) in zip(scopes, previews) {
            let alone = try asked.store.snapshot().rebookingPreview(
                provider: scope.provider, model: scope.model, times: scope.times)
            #expect(alone.calls == preview.calls && alone.models.map(\.after) == preview.models.map(\.after))
        }
        let rebooking = try asked.store.rebook(provider: "house", model: "small", times: .min ..< .max)
        #expect(rebooking.calls == 42 && rebooking.correctionPicoUSD == 42 * 3_000)
        for _ in 0..<2 {
            #expect(try asked.ask(Self.sums)[1] == "42,0.000000210000,42")
            try asked.store.seal()
            try asked.store.close()
            asked = try AskedStore(disk)
        }
        #expect(try asked.ask(Self.sums)[1] == "42,0.000000210000,42", "read back")
        try asked.store.close()
    }

    @Test func aFirstPriceThatComesLateIsOnRecord() throws {
        let disk = SimulatedFileSystem(seed: 22)
        var asked = try Self.store(disk)
        let records =
            "select data->>'reason', data->>'model', data->>'last_position', data->'prices' from system_events "
            + "where type = 'cost.rebooked' order by position"
        #expect(try asked.ask(records).count == 1, "a price that comes before its calls books nothing again")
        var price = RollupEvents()
        price.addPrice("large", "input", picoPerToken: 7, at: Self.noon)
        price.addPrice("unused", "input", picoPerToken: 7, at: Self.noon)
        _ = try asked.store.append([price.batch])
        let expected = try asked.ask(records)
        #expect(expected.count == 2 && expected[1].hasPrefix("first_price,large,85,"))
        #expect(expected[1].contains(#"""token_class"":""input"""#) && expected[1].contains("0.000007"))
        #expect(try asked.ask(Self.sums)[1] == "42,0.000000089000,42")
        #expect(asked.store.status.rebookedPicoUSD == 0)
        try asked.store.close()
        asked = try AskedStore(disk)
        #expect(try asked.ask(records) == expected)
        try asked.store.seal()
        #expect(try asked.ask(records) == expected)
        try asked.store.close()
    }
}
