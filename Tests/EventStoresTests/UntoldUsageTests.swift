import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// Calls that tell nothing, too little, or two things at once, wherever their rows lie.
@Suite struct UnreportedUsageTests {
    private static let told: [String: EventValue] = ["input_tokens": .integer(1_000), "output_tokens": .integer(100)]

    /// Name, fields, and what `llm_call` shows: cost, low, high, state, gaps.
    private static let calls: [(id: String, fields: [String: EventValue], shown: String)] = [
        ("told", told, "3500000000|3500000000|3500000000|priced|null"),
        ("zero", ["input_tokens": .integer(0), "output_tokens": .integer(0)], "null|0|null|unpriced|usage"),
        (
            "zero-failed", ["status": .text("error"), "input_tokens": .integer(0), "output_tokens": .integer(0)],
            "0|0|0|priced|null"
        ),
        ("silent", [:], "null|0|null|unpriced|usage"),
        ("failed", ["status": .text("error")], "0|0|0|priced|null"),
        ("refused-stream", ["status": .text("error"), "stream": .boolean(true)], "0|0|0|priced|null"),
        (
            "broken-off", ["status": .text("error"), "stream": .boolean(true), "time_to_first_token_ns": .integer(5)],
            "null|0|null|unpriced|usage"
        ),
        (
            "broken-off-half",
            [
                "status": .text("error"), "stream": .boolean(true), "response_id": .text("r"),
                "input_tokens": .integer(1_000),
            ],
            "null|2500000000|null|partly|output"
        ),
        ("total", ["total_tokens": .integer(12_000)], "null|15000000000|120000000000|partly|usage"),
        (
            "doubt", told.merging(["cache_read_tokens": .integer(400), "usage_doubt": .text("cache")]) { $1 },
            "null|2000000000|3000000000|partly|reading"
        ),
        (
            "audio", told.merging(["other_usage": .text("output_audio")]) { $1 },
            "null|3500000000|null|partly|output_audio"
        ),
        ("unheard", ["request_model": .text("unheard-of")], "null|0|null|unpriced|usage"),
    ]

    private static func events(_ calls: [(id: String, fields: [String: EventValue], shown: String)]) -> SampleEvents {
        var events = SampleEvents()
        events.add("message.received", id: "question", at: 9, ["conversation_id": .text("c"), "turn": .integer(1)])
        for call in calls {
            let basis: [String: EventValue] = [
                "conversation_id": .text("c"), "turn": .integer(1), "provider": .text("openai"),
                "request_model": .text("gpt-4o"),
                "status": .text("ok"), "route": .text("cloud"),
            ]
            events.add("llm.call", id: call.id, at: 10, basis.merging(call.fields) { $1 })
        }
        return events
    }

    private static func unpriced(_ store: EventStore) -> Int64 {
        let families = store.snapshot().counters.families
        let values =
            families.first { $0.definition.name == "support_llm_unpriced_calls_total" }?.series.map(\.value) ?? []
        return values.reduce(0) { if case .number(let count) = $1 { $0 + Int64(count) } else { $0 } }
    }

    private static func check(_ store: EventStore, _ note: Comment) throws {
        let shown = try rows(
            store, "llm_call", ["id", "cost_usd", "cost_low_usd", "cost_high_usd", "price_state", "price_gaps"])
        let expected = calls.map { "\($0.id)|\($0.shown)" }.sorted()
        #expect(shown.map(simplified).sorted() == expected, note)
        // 3,500 + 2,500 + 15,000 + 2,000 + 3,500 million pico-USD at least, and no upper end.
        let sums = "null|26500000000|null|partly"
        let money = ["cost_usd", "cost_low_usd", "cost_high_usd", "price_state"]
        for table in ["turns", "conversations"] {
            let shown = try rows(store, table, money).map(simplified)
            #expect(shown == [sums], note)
        }
        #expect(unpriced(store) == 8, note)
        #expect(try store.verify().findings == [], note)
    }

    /// Scalars by their values alone.
    private static func simplified(_ row: String) -> String {
        row.split(separator: "|", omittingEmptySubsequences: false).map { field in
            guard let open = field.firstIndex(of: "("), field.hasSuffix(")") else { return String(field) }
            let inner = field[field.index(after: open)..<field.index(before: field.endIndex)]
            return String(inner.prefix { $0 != "," }.filter { $0 != "\"" })
        }.joined(separator: "|")
    }

    @Test(arguments: [0, 1, 2]) func everyFormOfSilence(sealing: Int) throws {
        let disk = SimulatedFileSystem(seed: 31)
        func open() throws -> EventStore {
            try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
        }
        var store = try open()
        if sealing == 1 {
            for call in Self.calls {
                _ = try store.append([Self.events([call]).batch])
                try store.seal()
            }
        } else {
            _ = try store.append([Self.events(Self.calls).batch])
            if sealing == 2 { try store.seal() }
        }
        try Self.check(store, "appended")
        disk.crash()
        store = try open()
        try Self.check(store, "opened again")
        // A price that a silent call does not wait for changes nothing; a correction books by the same rules.
        var prices = SampleEvents()
        prices.addPrice("unheard-of", "input", picoPerToken: 7, at: 5)
        _ = try store.append([prices.batch])
        try Self.check(store, "a price came late")
        #expect(try store.rebook(provider: "openai", model: nil, times: .min ..< .max).calls == 0)
        try Self.check(store, "booked again")
        try store.seal()
        try Self.check(store, "sealed")
        try store.close()
    }

    @Test func rollupsAddUpToTheCalls() throws {
        let store = try EventStore.open(
            at: "/data", context: context(SimulatedFileSystem(seed: 32)), options: EventStoreTests.options())
        _ = try store.append([Self.events(Self.calls).batch])
        try store.seal()
        let rollup = try rows(
            store, "rollup_llm_call_1d", ["price_state", "status", "events", "cost_usd_count", "cost_low_usd_sum"])
        var sums: [String: [Int64]] = [:]
        for row in rollup.map(Self.simplified) {
            let fields = row.split(separator: "|").map(String.init)
            let numbers = fields[2...].map { Int64($0) ?? 0 }
            sums["\(fields[0]) \(fields[1])"] = zip(sums["\(fields[0]) \(fields[1])"] ?? [0, 0, 0], numbers).map {
                $0 + $1
            }
        }
        #expect(
            sums == [
                "partly error": [1, 0, 2_500_000_000], "partly ok": [3, 0, 20_500_000_000], "priced error": [3, 3, 0],
                "priced ok": [1, 1, 3_500_000_000], "unpriced error": [1, 0, 0], "unpriced ok": [3, 0, 0],
            ])
        try store.close()
    }
}
