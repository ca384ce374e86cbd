import Bytes
import Columnar
package import EventStores
import Execution
import JSONTexts
import Plans
package import Platform
import SQLText

// tests: another store is held against a tally.
/// What a store says, asked in SQL, beside a tally.
package struct YearFigures {
    private let snapshot: StoreSnapshot
    private let engine: LocalEngine

    /// - Parameter workers: share the work of questions.
    package init(_ snapshot: StoreSnapshot, workers: any Workers) {
        self.snapshot = snapshot
        engine = LocalEngine(clock: SystemClock(), workers: workers)
    }

    /// Where the store says otherwise than what was sent: rollups of all that ever came, and events as far as they are
    /// there.
    package func findings(against tally: YearTally) throws -> [String] {
        let sums = "sum(events), sum(input_tokens_sum), sum(output_tokens_sum)"
        var findings = try Self.difference(
            "rollup_llm_call_1d", rows("select time, \(sums) from rollup_llm_call_1d group by time"),
            tally.calls(by: YearTally.day))
        findings += try Self.difference(
            "rollup_llm_call_1h", rows("select time, \(sums) from rollup_llm_call_1h group by time"),
            tally.calls { $0 })
        findings += try Self.difference(
            "rollup_message_sent_1d", rows("select time, sum(events) from rollup_message_sent_1d group by time"),
            tally.answers(by: YearTally.day))
        return try findings + findingsInEvents(against: tally)
    }

    /// The same of events that are there: those of an hour and those of a day in Berlin, of which one has 23 hours and
    /// one 25.
    private func findingsInEvents(against tally: YearTally) throws -> [String] {
        // The day of the horizon may have lost some of its events, and one in Berlin begins an hour or two earlier.
        let first = snapshot.horizon.map { YearTally.dayInBerlin(of: YearTally.day(of: $0) + 2 * Nanoseconds.day) }
        let since = first ?? YearTally.dayInBerlin(of: YearPlan.start)
        func calls(by unit: String) -> String {
            "select date_trunc('\(unit)', time), count(*), sum(input_tokens), sum(output_tokens) from llm_call "
                + "where time >= '\(RFC3339.render(since))' group by 1"
        }
        return try Self.difference(
            "llm_call by hour", rows(calls(by: "hour"), usesRollups: false), tally.calls(from: since) { $0 })
            + Self.difference(
                "llm_call by day in Berlin", rows(calls(by: "day"), timeZone: "Europe/Berlin"),
                tally.calls(from: since, by: YearTally.dayInBerlin))
    }

    /// Days since the first event that is there was received, up to a time (ns since 1970 UTC).
    func oldestDays(at now: Int64) throws -> Int {
        // Budgets that were set stay.
        let answer = try ask("select min(received_time) from events where type <> 'budget.set'")
        guard let cell = answer.chunks.first?.columns.first?.scalar(at: 0), case .timestamptz(let time) = cell else {
            return 0
        }
        return Int((now - time) / Nanoseconds.day)
    }

    /// Numbers by the time that begins a row.
    private func rows(
        _ sql: String, usesRollups: Bool = true, timeZone: String = "UTC"
    ) throws -> [Int64: [Int128]] {
        let answer = try ask(sql, usesRollups: usesRollups, timeZone: timeZone)
        guard answer.notices.isEmpty else { throw YearFault(text: "\(sql): \(answer.notices)") }
        var rows: [Int64: [Int128]] = [:]
        for chunk in answer.chunks {
            for row in 0..<chunk.rowCount {
                let cells = chunk.columns.map { $0.scalar(at: row) }
                guard case .timestamptz(let time)? = cells.first else {
                    throw YearFault(text: "\(sql): a row without a time")
                }
                rows[time] = try cells.dropFirst().map(Self.number)
            }
        }
        return rows
    }

    private func ask(_ sql: String, usesRollups: Bool = true, timeZone: String = "UTC") throws -> ResultSet {
        guard case .query(let plan) = try SQLCompiler(catalog: snapshot, timeZone: timeZone).compile(sql) else {
            throw YearFault(text: "no question: \(sql)")
        }
        var options = QueryOptions.ofYears
        (options.usesRollups, options.timeZone) = (usesRollups, timeZone)
        return try engine.run(plan, catalog: snapshot, options: options)
    }

    private static func number(_ value: Scalar) throws -> Int128 {
        switch value {
        case .integer(let number): Int128(number)
        case .numeric(let number, scale: 0): number
        case .null: 0
        default: throw YearFault(text: "no whole number: \(value)")
        }
    }

    /// The first time that two say different things of.
    private static func difference(
        _ name: String, _ found: [Int64: [Int128]], _ wanted: [Int64: [Int128]]
    ) -> [String] {
        let times = Set(found.keys).union(wanted.keys).sorted().filter { found[$0] != wanted[$0] }
        guard let first = times.first else { return [] }
        func words(_ values: [Int128]?) -> String { values.map { "\($0)" } ?? "nothing" }
        return [
            "\(name): \(words(found[first])) at \(RFC3339.render(first)) instead of \(words(wanted[first]))"
                + (times.count > 1 ? ", and \(times.count - 1) more times" : "")
        ]
    }
}

/// A year cannot go on.
struct YearFault: Error, CustomStringConvertible {
    let text: String

    var description: String { text }
}

extension QueryOptions {
    /// Nobody else waits for this machine.
    static var ofYears: QueryOptions {
        var options = QueryOptions()
        options.timeLimitNanoseconds = 600 * Nanoseconds.second
        options.memoryBudgetBytes = 1 << 30
        return options
    }
}
