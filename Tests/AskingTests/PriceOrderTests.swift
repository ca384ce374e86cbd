import Asking
import Domain
import EventStores
import JSONTexts
import Platform
import Projections
import Testing

/// Prices and calls in any order, with seals between: every figure of one store says the same, and booked again all
/// stores do.
@Suite struct PriceOrderTests {
    private static let second: Int64 = 1_000_000_000
    /// Until then the list price holds.
    private static let change = RollupEvents.start + 1_800 * second

    private enum Step: CaseIterable { case calls, moreCalls, price, dearerPrice, anyPrice }

    private static func add(_ step: Step, to events: inout RollupEvents) {
        func price(_ model: String, _ tokenClass: String, _ pico: Int64, _ from: Int64) {
            events.add(
                "price.set", id: "\(model)/\(tokenClass)/\(pico)", time: RollupEvents.start,
                [
                    "tenant": .text("default"), "provider": .text("openai"), "model": .text(model),
                    "token_class": .text(tokenClass),
                    "usd_per_million_tokens": .integer(pico), "valid_from": .integer(from),
                ])
        }
        let told: [String: EventValue] = [
            "input_tokens": .integer(1_000), "output_tokens": .integer(10), "cache_read_tokens": .integer(200),
        ]
        func call(_ id: String, _ model: String, _ minute: Int64, _ usage: [String: EventValue] = told) {
            let fields: [String: EventValue] = [
                "tenant": .text("acme"), "conversation_id": .text("c-\(id)"), "turn": .integer(1),
                "provider": .text("openai"),
                "request_model": .text(model), "status": .text("ok"),
            ]
            events.add(
                "llm.call", id: id, time: RollupEvents.start + minute * 60 * second, fields.merging(usage) { $1 })
            events.add(
                "message.received", id: "question-\(id)", time: RollupEvents.start + minute * 60 * second - second,
                ["tenant": .text("acme"), "conversation_id": .text("c-\(id)"), "turn": .integer(1)])
        }
        switch step {
        case .calls:
            for minute: Int64 in [1, 29, 30, 31, 59] {
                call("listed-\(minute)", "gpt-4o", minute)
                call("unheard-\(minute)", "unheard-of", minute)
            }
        case .moreCalls:
            call("silent", "gpt-4o", 40, [:])
            call("request", "gpt-4o", 40, told.merging(["other_usage": .text("request")]) { $1 })
            call("total", "unheard-of", 41, ["total_tokens": .integer(9_000)])
            for minute: Int64 in [2, 58] { call("again-\(minute)", "gpt-4o", minute) }
        case .price: for name in ["input", "output", "cache_read"] { price("gpt-4o", name, 1_000_000, change) }
        case .dearerPrice:
            for name in ["input", "output"] { price("unheard-of", name, 3_000_000, change + 60 * second) }
        case .anyPrice: for name in ["input", "output", "cache_read"] { price("*", name, 7_000_000, change) }
        }
    }

    private static func permutations(_ steps: [Step]) -> [[Step]] {
        guard steps.count > 1 else { return [steps] }
        return steps.indices.flatMap { index in
            var rest = steps
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }

    private static let figures = "count(*), count(cost_usd), sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd)"
    private static let byState = "select price_state, \(figures) from llm_call group by 1 order by 1"

    /// What every place says of the store's costs; they must agree.
    private static func check(_ asked: AskedStore, _ note: Comment) throws {
        let (states, unrolled) = (try asked.ask(byState), try asked.ask(byState, usesRollups: false))
        #expect(states == unrolled, note)
        let total = try asked.ask(
            "select sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd) from llm_call", usesRollups: false)
        for grain in ["1m", "1h", "1d"] {
            let sums =
                "select sum(cost_usd_sum), sum(cost_low_usd_sum), sum(cost_high_usd_sum) from rollup_llm_call_\(grain)"
            #expect(try asked.ask(sums)[1] == total[1], note)
        }
        for table in ["turns", "conversations"] {
            #expect(
                try asked.ask("select sum(cost_usd), sum(cost_low_usd), sum(cost_high_usd) from \(table)")[1]
                    == total[1], note)
        }
        let family = asked.store.snapshot().counters.families.first {
            $0.definition.name == "support_llm_cost_usd_total"
        }
        let counted =
            family?.series.reduce(Int128(0)) { if case .picoUSD(let cost) = $1.value { $0 + cost } else { $0 } } ?? 0
        let shown = try asked.ask("select coalesce(sum(cost_usd), 0) from llm_call", usesRollups: false)[1]
        #expect(
            DecimalText.renderUSD(counted + asked.store.status.rebookedPicoUSD, minimumDecimals: 12) == shown.padded(),
            note)
        #expect(try asked.store.verify().findings == [], note)
    }

    @Test(arguments: [0, 1, 2]) func everyOrderAgreesWithItself(sealing: Int) throws {
        var answers: Set<[String]> = []
        for (number, order) in Self.permutations(Step.allCases).enumerated() where number % 3 == sealing {
            let disk = SimulatedFileSystem(seed: UInt64(number))
            var asked = try AskedStore(disk, hoursLater: 1)
            for (place, step) in order.enumerated() {
                var events = RollupEvents()
                Self.add(step, to: &events)
                _ = try asked.store.append([events.batch])
                if (number >> place) & 1 == 0 { try asked.store.seal() }
            }
            let note: Comment = "order \(number): \(order)"
            try Self.check(asked, note)
            let before = try asked.ask(Self.byState)
            disk.crash()
            asked = try AskedStore(disk, hoursLater: 1)
            #expect(try asked.ask(Self.byState) == before, note)
            try Self.check(asked, note)

            let preview = try asked.store.snapshot().rebookingPreview(
                provider: "openai", model: nil, times: .min ..< .max)
            let rebooking = try asked.store.rebook(provider: "openai", model: nil, times: .min ..< .max)
            #expect(preview.calls == rebooking.calls, note)
            try Self.check(asked, note)
            let columns = "id, cost_usd, cost_low_usd, cost_high_usd, price_state, price_gaps"
            answers.insert(try asked.ask("select \(columns) from llm_call order by id"))
            try asked.store.close()
        }
        #expect(answers.count == 1, "booked again, all orders are one")
        let rows = try #require(answers.first)
        // Before the change the list price: 800 × 2.5 + 200 × 1.25 + 10 × 10 micro-USD; from then on 1,010 × 1.
        #expect(rows.contains("listed-29,0.002350000000,0.002350000000,0.002350000000,priced,"))
        #expect(rows.contains("listed-30,0.001010000000,0.001010000000,0.001010000000,priced,"))
        #expect(rows.contains(#"unheard-29,,0.000000000000,,unpriced,"input,output,cache_read""#))
        #expect(rows.contains("unheard-30,0.007070000000,0.007070000000,0.007070000000,priced,"))
        #expect(rows.contains("unheard-31,,0.002430000000,0.003030000000,partly,cache_read"))
    }
}

extension String {
    /// As SQL writes money: twelve decimals.
    fileprivate func padded() -> String {
        guard let point = firstIndex(of: ".") else { return self + "." + String(repeating: "0", count: 12) }
        return self + String(repeating: "0", count: 12 - distance(from: index(after: point), to: endIndex))
    }
}
