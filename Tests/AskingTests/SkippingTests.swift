import Columnar
import Domain
import EventStores
import Platform
import Testing

/// Conditions of every shape over a real store: with and without rollups, with and without what headers say of groups,
/// one answer.
@Suite struct SkippingTests {
    /// A random condition over the columns of `llm_call`.
    private struct Conditions<Random: RandomNumberGenerator> {
        var random: Random

        mutating func pick<Value>(_ options: [Value]) -> Value {
            options[Int.random(in: 0..<options.count, using: &random)]
        }

        private mutating func number() -> (column: String, constant: String) {
            pick([
                ("input_tokens", pick(["0", "7", "40", "100", "null"])), ("turn", pick(["1", "2", "5"])),
                ("duration_ns", pick(["1", "2000000000", "2000000001", "9000000000"])),
                ("cost_usd", pick(["0", "0.000001", "0.25", "null"])),
            ])
        }

        private mutating func text() -> (column: String, constant: String) {
            pick([
                ("status", "'ok'"), ("route", "'local'"),
                ("request_model", pick(["'small'", "'unknown'", "'zz'", "''"])),
                ("tenant", "'acme'"),
            ])
        }

        mutating func condition(_ depth: Int) -> String {
            let (column, constant) = Bool.random(using: &random) ? number() : text()
            let operation = pick(["=", "<>", "<", "<=", ">", ">="])
            switch Int.random(in: 0..<(depth > 0 ? 18 : 14), using: &random) {
            case 0, 1: return "\(column) \(operation) \(constant)"
            case 2: return "\(constant) \(operation) \(column)"
            case 3: return "\(column) is \(pick(["", "not "]))null"
            case 4: return "\(column) is \(pick(["", "not "]))distinct from \(constant)"
            case 5: return "\(column) \(pick(["", "not "]))in (\(constant), \(pick([constant, "null"])))"
            case 6:
                return "\(column) \(pick(["", "not "]))between \(pick(["", "symmetric "]))\(constant) and \(constant)"
            case 7: return "coalesce(\(column), \(constant)) \(operation) \(constant)"
            case 8: return "coalesce(stream, \(pick(["true", "false"])))"
            case 9:
                return pick([
                    "stream", "not stream", "stream is true", "stream is not true", "stream is false",
                    "stream is not false",
                ])
            case 10: return "nullif(\(column), \(constant)) \(operation) \(constant)"
            case 11: return "\(pick(["greatest", "least"]))(\(column), \(constant)) \(operation) \(constant)"
            case 12: return "case when \(column) \(operation) \(constant) then stream else \(column) is null end"
            case 13: return "time \(operation) timestamptz '2026-08-0\(pick(["1 09", "2 00", "2 17"])):00:00Z'"
            case 14: return "not (\(condition(depth - 1)))"
            case 15: return "(\(condition(depth - 1)) and \(condition(depth - 1)))"
            case 16: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
            default: return "(\(condition(depth - 1))) is \(pick(["", "not "]))\(pick(["true", "false", "null"]))"
            }
        }
    }

    /// Some columns are null in whole groups, some constant, and the last events are in no group yet.
    private func fill(_ asked: AskedStore, _ random: inout some RandomNumberGenerator) throws {
        var id = 0
        for round in 0..<6 {
            var events = RollupEvents()
            if round == 0 { events.addPrice("small", "input", picoPerToken: 150_000, at: RollupEvents.start) }
            let present = Set((0..<6).filter { _ in Bool.random(using: &random) })
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                id += 1
                var fields: [String: EventValue] = [
                    "tenant": .text(round == 2 ? "acme" : "umbrella"), "provider": .text("house"),
                ]
                func put(_ place: Int, _ name: String, _ values: [EventValue]) {
                    guard present.contains(place), Int.random(in: 0..<4, using: &random) > 0 || round == 3 else {
                        return
                    }
                    fields[name] = values[Int.random(in: 0..<values.count, using: &random)]
                }
                put(0, "input_tokens", [.integer(0), .integer(7), .integer(40), .integer(100)])
                put(1, "status", [.text("ok"), .text("error")])
                put(2, "route", [.text("local"), .text("cloud")])
                put(3, "request_model", [.text("small"), .text("unknown"), .text("")])
                put(4, "stream", [.boolean(true), .boolean(false)])
                put(5, "duration_ns", [.integer(1), .integer(2_000_000_000), .integer(2_000_000_001)])
                put(0, "turn", [.integer(2)])
                let time = RollupEvents.start + Int64.random(in: 0..<40, using: &random) * RollupEvents.hour
                events.add("llm.call", id: "\(id)", time: time, fields)
            }
            _ = try asked.store.append([events.batch])
            if round < 5 { try asked.store.seal() }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func answersAreEqualHoweverTheyAreFound(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let asked = try AskedStore(SimulatedFileSystem(seed: seed))
        try fill(asked, &random)
        var conditions = Conditions(random: random)
        for _ in 0..<120 {
            let condition = conditions.condition(2)
            for question in [
                "select count(*), count(input_tokens), sum(input_tokens), min(duration_ns), max(cost_usd) from llm_call where \(condition)",
                "select status, count(*), sum(cost_usd) from llm_call where \(condition) group by 1 order by 1",
            ] {
                let plain = try asked.ask(question, usesRollups: false, usesSummaries: false)
                #expect(try asked.ask(question) == plain, "seed \(seed): \(question)")
                #expect(try asked.ask(question, usesRollups: false) == plain, "seed \(seed): \(question)")
                #expect(try asked.ask(question, usesSummaries: false) == plain, "seed \(seed): \(question)")
            }
        }
        try asked.store.close()
    }

    /// Rows by an id, of events and of what follows from them, rows that later ones replaced among these; asked again,
    /// when pages are known.
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func idsAreFoundHoweverTheyAreLookedFor(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let asked = try AskedStore(SimulatedFileSystem(seed: seed))
        let zeros = String(repeating: "0", count: 31)
        for round in 0..<4 {
            var events = RollupEvents()
            for number in 0..<200 {
                let type = ["message.received", "message.sent", "llm.call"][Int.random(in: 0..<3, using: &random)]
                var fields: [String: EventValue] = ["tenant": .text("acme")]
                if type == "llm.call" { fields["provider"] = .text("house") }
                if Int.random(in: 0..<5, using: &random) > 0 {
                    fields["conversation_id"] = .text("c-\(Int.random(in: 0..<30, using: &random))")
                }
                if Bool.random(using: &random) {
                    fields["trace_id"] = .text(zeros + "\(Int.random(in: 0..<9, using: &random))")
                }
                let time = RollupEvents.start + Int64.random(in: 0..<40, using: &random) * RollupEvents.hour
                events.add(type, id: "\(round)-\(number)", time: time, fields)
            }
            _ = try asked.store.append([events.batch])
            if round < 3 { try asked.store.seal() }
        }
        var lines = 0
        for number in 0..<31 {
            for question in [
                "select id, type, time, trace_id from events where conversation_id = 'c-\(number)' order by id",
                "select id, time from llm_call where 'c-\(number)' = conversation_id and trace_id is null order by id",
                "select id, status from events where trace_id = '\(zeros)\(number)' and tenant = 'acme' order by id",
                "select turn, time, status from turns where conversation_id = 'c-\(number)' order by 1, 2, 3",
                "select start_time, turns from conversations where conversation_id = 'c-\(number)' order by 1",
            ] {
                let plain = try asked.ask(question, usesSummaries: false)
                lines += plain.count - 1
                for _ in 0..<2 { #expect(try asked.ask(question) == plain, "seed \(seed): \(question)") }
            }
        }
        #expect(lines > 1_000)
        try asked.store.close()
    }
}
