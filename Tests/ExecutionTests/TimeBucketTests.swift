import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Where page headers tell that all times of a piece lie in one bucket, the times are not read; answers are the same.
@Suite struct TimeBucketTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let start: Int64 = 1_785_542_400_000_000_000
    private static let time = Expression.column(0, .timestamptz)
    private static let columns: [(String, ColumnType)] = [("time", .timestamptz), ("n", .integer)]

    private static func truncated(_ unit: String, _ column: Expression = time) -> Expression {
        .call(.dateTrunc, [.literal(.text(unit), .text), column], .timestamptz)
    }

    private static func count(of input: Plan, by groups: [Expression], _ calls: [AggregateCall] = []) -> Plan {
        let all = calls + [AggregateCall(function: .countRows, arguments: [], type: .integer)]
        return .aggregate(
            input, groups: groups, aggregates: all,
            output: (groups.map(\.type) + all.map(\.type)).map { TableColumn(name: "c", type: $0) })
    }

    /// Twelve rows a day: pieces of twelve or six lie in one day each, two of those of nine in two.
    @Test func timesOfOneBucketAreNotRead() throws {
        let rows = (0..<48).map { row -> [Scalar] in
            [.timestamptz(Self.start + Int64(row) * 2 * Self.hour), .integer(Int64(row % 3))]
        }
        let cases = [(12, "day", 0), (6, "day", 0), (12, "week", 0), (9, "day", 2), (12, "hour", 4)]
        for (morselRows, unit, read) in cases {
            let table = MemoryTable("t", Self.columns, rows: rows, morselRows: morselRows)
            let catalog = MemoryCatalog(tables: [table])
            let plan = Self.count(of: catalog.scan("t"), by: [Self.truncated(unit)])
            let found = try executor.rows(plan, catalog)
            #expect(table.reads.pagesRead.load(ordering: .relaxed) == read, "\(unit), \(morselRows) rows a piece")
            var options = QueryOptions()
            options.usesSummaries = false
            #expect(try executor.rows(plan, catalog, options: options) == found)
        }
    }

    @Test(arguments: ["UTC", "Europe/Berlin", "America/New_York"]) func answersAreTheSame(zone: String) throws {
        var random = SeededGenerator(seed: 14)
        for round in 0..<150 {
            // Around the end of summer time.
            let first = Self.start + Int64.random(in: 0..<100, using: &random) * 24 * Self.hour
            let step = Int64.random(in: 1..<9, using: &random) * Self.hour / 4
            let rows = (0..<Int.random(in: 0..<160, using: &random)).map { row -> [Scalar] in
                let time = first + Int64(row) * step + Int64.random(in: 0..<step, using: &random)
                return [round % 7 == 0 && row % 20 == 3 ? .null : .timestamptz(time), .integer(Int64(row % 5))]
            }
            let catalog = MemoryCatalog(tables: [
                MemoryTable("t", Self.columns, rows: rows, morselRows: Int.random(in: 1..<30, using: &random))
            ])
            var input = catalog.scan("t")
            let bound = Expression.literal(.timestamptz(first + 40 * step), .timestamptz)
            if Bool.random(using: &random) { input = .filter(input, .call(.less, [Self.time, bound], .boolean)) }
            if Bool.random(using: &random) {
                let isTwo = Expression.call(.equal, [.column(1, .integer), .literal(.integer(2), .integer)], .boolean)
                input = .filter(input, isTwo)
            }
            let last = AggregateCall(function: .maximum, arguments: [Self.time], type: .timestamptz)
            let plans = ["hour", "day", "week", "month"].flatMap { unit in
                [
                    Self.count(of: input, by: [Self.truncated(unit)]),
                    Self.count(of: input, by: [Self.truncated(unit), .column(1, .integer)]),
                    Self.count(of: input, by: [Self.truncated(unit), Self.truncated("day")]),
                    Self.count(of: input, by: [Self.truncated(unit)], [last]),
                    Self.count(of: input, by: [Self.truncated(unit), Self.time]),
                ]
            }
            var options = QueryOptions()
            options.timeZone = zone
            var plain = options
            plain.usesSummaries = false
            for (number, plan) in plans.enumerated() {
                let expected = try executor.rows(plan, catalog, options: plain)
                for engine in [executor, sharing] {
                    let rows = try engine.rows(plan, catalog, options: options)
                    #expect(rows == expected, "\(zone), round \(round), question \(number)")
                }
            }
        }
    }
}
