import Domain
import EventStores
import Platform
import Testing

@Suite struct RollupTests {
    /// Asks a random question of one table; groups are ordered, so that rows compare as they come.
    struct RandomQuestion {
        let sql: String

        init(_ random: inout some RandomNumberGenerator) {
            func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
            func some(_ texts: [String], _ range: ClosedRange<Int>) -> [String] {
                Array(texts.shuffled(using: &random).prefix(Int.random(in: range, using: &random)))
            }
            let table = pick(["llm_call", "message_sent", "tool_call", "feedback_submitted", "events"])
            let dimensions: [String]
            let measures: [String]
            switch table {
            case "llm_call":
                dimensions = ["tenant", "request_model", "model", "route", "status", "price_state"]
                measures = ["cost_usd", "cost_low_usd", "input_tokens", "output_tokens", "duration_ns"]
            case "message_sent":
                dimensions = ["tenant", "channel", "author", "status", "error_type"]
                measures = ["duration_ns", "time_to_first_token_ns"]
            case "events": (dimensions, measures) = (["user_id", "tenant"], [])
            case "tool_call": (dimensions, measures) = (["tool", "status"], ["duration_ns"])
            default: (dimensions, measures) = (["variant", "score"], [])
            }
            let times = [
                "date_trunc('hour', time)", "date_trunc('day', time)", "date_trunc('week', time)",
                "extract(hour from time)", "time::date",
                "date_bin('2 hours', time, timestamptz '2026-08-01 00:00:00Z')", "date_trunc('minute', time)",
            ]
            let groups = some(times, 0...1) + some(dimensions, 0...2)
            var calls = [
                "count(*)", "count(*) filter (where \(pick(dimensions)) is not null)", "count(\(pick(dimensions)))",
            ]
            calls.append("avg((\(pick(dimensions)) is null)::int)")
            calls.append("max(\(pick(dimensions)))")
            calls.append("count(distinct \(pick(dimensions)))")
            for measure in measures {
                calls += [
                    "sum(\(measure))", "avg(\(measure))", "count(\(measure))",
                    "count(*) filter (where \(measure) is null)",
                ]
                if measure.hasSuffix("_ns") {
                    calls += [
                        "min(\(measure))", "max(\(measure))", "approx_percentile(\(measure), array[0, 0.5, 0.95, 1])",
                        "count(*) filter (where \(measure) <= 2000000000)",
                        "count(*) filter (where \(measure) > 2000000000)",
                        "sum(\(measure)) filter (where \(pick(dimensions)) is null)",
                        "approx_percentile(\(measure), 0.5)",
                    ]
                }
            }
            if table == "feedback_submitted" {
                calls += ["avg(score)", "sum(score)", "count(*) filter (where score >= 4)", "min(score)"]
            }
            var conditions: [String] = []
            let edges = [
                "2026-07-31 00:00:00Z", "2026-08-01 09:30:00Z", "2026-08-02 17:00:00Z",
                "2026-08-02 17:00:00.000000001Z", "2026-07-30 23:59:59Z",
            ]
            if Bool.random(using: &random) {
                conditions.append("time \(pick([">=", ">"])) timestamptz '\(pick(edges))'")
            }
            if Bool.random(using: &random) {
                conditions.append("time \(pick(["<", "<="])) timestamptz '\(pick(edges))'")
            }
            if Int.random(in: 0..<3, using: &random) == 0 { conditions.append("\(pick(dimensions)) is not null") }
            if Int.random(in: 0..<4, using: &random) == 0 {
                conditions.append("time > (select min(time) from events) + interval '5 hours'")
            }
            let numbers = groups.indices.map { "\($0 + 1)" }.joined(separator: ", ")
            sql =
                "select \((groups + some(calls, 1...4)).joined(separator: ", ")) from \(table)"
                + (conditions.isEmpty ? "" : " where " + conditions.joined(separator: " and "))
                + (groups.isEmpty ? "" : " group by \(numbers) order by \(numbers)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func answersAreEqualWithAndWithout(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let asked = try AskedStore(SimulatedFileSystem(seed: seed))
        var id = 0
        for round in 0..<4 {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                var events = RollupEvents()
                if round == 0 { events.addPrice("small", "input", picoPerToken: 150_000, at: RollupEvents.start) }
                for _ in 0..<Int.random(in: 1...700, using: &random) {
                    id += 1
                    events.addRandom(id: "\(id)", &random)
                }
                _ = try asked.store.append([events.batch])
            }
            // The last events stay unsealed; the price that comes late meets sealed and unsealed calls.
            if round < 3 { try asked.store.seal() }
            if round == 2 {
                var price = RollupEvents()
                price.addPrice("small", "output", picoPerToken: 600_000, at: RollupEvents.start)
                _ = try asked.store.append([price.batch])
            }
        }
        var answered = 0
        for _ in 0..<100 {
            let question = RandomQuestion(&random).sql
            let with = try asked.ask(question)
            #expect(try asked.ask(question, usesRollups: false) == with, "seed \(seed): \(question)")
            if try asked.ask("explain " + question).contains(where: { $0.contains("answered from rollup_") }) {
                answered += 1
            }
        }
        #expect(answered > 40, "seed \(seed)")
        #expect(try asked.store.verify().findings == [])
        try asked.store.close()
    }

    @Test func tablesShowOneRowAKeyAndAddUp() throws {
        var random = SeededGenerator(seed: 9)
        let asked = try AskedStore(SimulatedFileSystem(seed: 9))
        for part in 0..<3 {
            var events = RollupEvents()
            for id in 0..<900 { events.addRandom(id: "\(part)/\(id)", &random) }
            _ = try asked.store.append([events.batch])
            if part < 2 { try asked.store.seal() }
        }
        for grain in ["1h", "1d"] {
            let table = "rollup_message_sent_\(grain)"
            let sums = try asked.ask(
                "select sum(events), sum(duration_ns_count), sum(duration_ns_sum), min(duration_ns_min) from \(table)")
            let plain = "select count(*), count(duration_ns), sum(duration_ns), min(duration_ns) from message_sent"
            #expect(try sums[1] == asked.ask(plain, usesRollups: false)[1])
            let keys =
                grain == "1d" ? "time, tenant, error_type, channel, author, status" : "time, channel, author, status"
            let twice = "select \(keys) from \(table) group by \(keys) having count(*) > 1"
            #expect(try asked.ask("select count(*) from (\(twice)) as twice")[1] == "0")
            let unit = grain == "1d" ? "day" : "hour"
            #expect(try asked.ask("select count(*) from \(table) where time <> date_trunc('\(unit)', time)")[1] == "0")
        }
        #expect(
            try asked.ask("select sum(duration_ns_at_most_5s) from rollup_message_sent_1d where status = 'ok'")[1]
                == asked.ask(
                    "select count(*) from message_sent where status = 'ok' and duration_ns <= 5000000000",
                    usesRollups: false)[1])
        // Minutes are kept for 48 hours before the latest received time.
        #expect(
            try asked.ask("select sum(events) from rollup_llm_call_1m")[1]
                == asked.ask(
                    "select count(*) from llm_call where time >= timestamptz '2026-08-01 02:00:00Z'", usesRollups: false
                )[1])
        try asked.store.close()
    }

    @Test func aReplayedLogGivesTheSameBytes() throws {
        func events() -> IngestBatch {
            var random = SeededGenerator(seed: 5)
            var events = RollupEvents()
            for id in 0..<2_000 { events.addRandom(id: "\(id)", &random) }
            return events.batch
        }
        let (straight, replayed) = (SimulatedFileSystem(seed: 5), SimulatedFileSystem(seed: 5))
        let first = try AskedStore(straight)
        _ = try first.store.append([events()])
        try first.store.seal()
        try first.store.close()
        let before = try AskedStore(replayed)
        _ = try before.store.append([events()])
        try before.store.close()
        let after = try AskedStore(replayed)
        #expect(after.store.recovery.replayedEvents == 2_000)
        try after.store.seal()
        let names = try straight.list("/data/segments").filter { $0.name.hasSuffix(".segment") }
        #expect(!names.isEmpty)
        for name in names.map(\.name) {
            #expect(
                try straight.contents(of: "/data/segments/" + name) == replayed.contents(of: "/data/segments/" + name))
        }
        try after.store.close()
    }

    @Test func settingsTurnThemOff() throws {
        var random = SeededGenerator(seed: 6)
        let asked = try AskedStore(SimulatedFileSystem(seed: 6))
        var events = RollupEvents()
        for id in 0..<500 { events.addRandom(id: "\(id)", &random) }
        _ = try asked.store.append([events.batch])
        try asked.store.seal()
        let question = "explain select date_trunc('day', time), count(*) from tool_call group by 1"
        func isFromRollup(_ sql: String) throws -> Bool {
            try asked.ask(sql).contains { $0.contains("Scan rollup_tool_call_1d") }
        }
        #expect(try isFromRollup(question))
        #expect(try !isFromRollup("set plimsoll.rollups = off; " + question))
        #expect(try isFromRollup("set plimsoll.rollups = off; set plimsoll.rollups to default; " + question))
        #expect(try asked.ask("set plimsoll.rollups = off; show plimsoll.rollups").last == "off")
        #expect(throws: (any Error).self) { try asked.ask("set plimsoll.rollup = off; " + question) }
        #expect(throws: (any Error).self) { try asked.ask("set plimsoll.rollups = perhaps; " + question) }
        #expect(throws: (any Error).self) { try asked.ask("select 1; " + question) }
        try asked.store.close()
    }
}
