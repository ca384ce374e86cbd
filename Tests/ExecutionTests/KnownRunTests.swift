import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// Times that questions only cut down to buckets are not read where a piece knows the runs of these.
@Suite struct KnownRunTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let start: Int64 = 1_785_542_400_000_000_000
    private static let time = Expression.column(0, .timestamptz)
    private static let columns: [(String, ColumnType)] = [
        ("time", .timestamptz), ("n", .integer), ("local", .timestamp), ("name", .text),
    ]

    /// A piece that knows its runs, as a group of a segment does.
    private struct KnowingMorsel: Morsel {
        let base: MemoryMorsel
        var rowCount: Int { base.rowCount }
        func column(_ index: Int) -> Vector { base.column(index) }
        func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }
        func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
            guard case .int64(let times) = base.vectors[index].storage, base.vectors[index].validity == nil
            else { return nil }
            return try? times.span.bucketRuns(buckets.bucket)
        }
    }

    private struct KnowingTable: TableSource {
        let base: MemoryTable
        var name: String { base.name }
        var columns: [TableColumn] { base.columns }
        func morsels(for request: ScanRequest) -> [any Morsel] { base.pieces.map { KnowingMorsel(base: $0) } }
    }

    private static func truncated(_ unit: String, zone: String? = nil, _ column: Expression = time) -> Expression {
        var arguments = [.literal(.text(unit), .text), column]
        if let zone { arguments.append(.literal(.text(zone), .text)) }
        return .call(.dateTrunc, arguments, column.type)
    }

    private static func count(of input: Plan, by groups: [Expression], _ calls: [AggregateCall] = []) -> Plan {
        let all = calls + [AggregateCall(function: .countRows, arguments: [], type: .integer)]
        return .aggregate(
            input, groups: groups, aggregates: all,
            output: (groups.map(\.type) + all.map(\.type)).map { TableColumn(name: "c", type: $0) })
    }

    private static func rows(_ count: Int, step: Int64, nullEvery: Int = .max) -> [[Scalar]] {
        (0..<count).map { row -> [Scalar] in
            let time = start + Int64(row) * step
            return [
                row % nullEvery == nullEvery - 1 ? .null : .timestamptz(time), .integer(Int64(row % 5)),
                .timestamp(time), .text("name \(row % 3)"),
            ]
        }
    }

    /// Pieces of 400 rows, a hundred a day: no piece lies in one day.
    @Test func knownRunsStandForTheTimes() throws {
        let base = MemoryTable("t", Self.columns, rows: Self.rows(1_200, step: Self.hour / 4), morselRows: 400)
        let catalog = OneTableCatalog(table: KnowingTable(base: base))
        let plain = MemoryCatalog(tables: [base])
        let last = AggregateCall(function: .maximum, arguments: [Self.time], type: .timestamptz)
        let number = Expression.column(1, .integer)
        let isLate = Expression.call(
            .less, [.literal(.timestamptz(Self.start + 30 * Self.hour), .timestamptz), Self.time], .boolean)
        let isNotTwo = Expression.call(.notEqual, [number, .literal(.integer(2), .integer)], .boolean)
        // What is read beside the times: nothing; the numbers; the times, since something else looks at them.
        let cases: [(Plan, Int)] = [
            (Self.count(of: catalog.scan, by: [Self.truncated("day")]), 0),
            (Self.count(of: catalog.scan, by: [Self.truncated("day", .column(2, .timestamp))]), 0),
            (Self.count(of: catalog.scan, by: [Self.truncated("day", zone: "Europe/Berlin")]), 0),
            (Self.count(of: catalog.scan, by: [Self.truncated("day"), number]), 3),
            (Self.count(of: .filter(catalog.scan, isNotTwo), by: [Self.truncated("day")]), 3),
            (Self.count(of: catalog.scan, by: [Self.truncated("day")], [last]), 3),
            (Self.count(of: .filter(catalog.scan, isLate), by: [Self.truncated("day")]), 1),
            (Self.count(of: catalog.scan, by: [Self.truncated("hour")]), 3),
            (Self.count(of: catalog.scan, by: [Self.truncated("day"), Self.truncated("week")]), 3),
        ]
        for (question, (plan, read)) in cases.enumerated() {
            let expected = try executor.rows(plan, plain)
            for engine in [executor, sharing] {
                let before = base.reads.pagesRead.load(ordering: .relaxed)
                #expect(try engine.run(plan, catalog: catalog, options: QueryOptions()).rows == expected)
                #expect(base.reads.pagesRead.load(ordering: .relaxed) - before == read, "question \(question)")
            }
        }
    }

    @Test(arguments: ["UTC", "+05:30", "Europe/Berlin"]) func answersAreTheSame(zone: String) throws {
        var random = SeededGenerator(seed: 15)
        var options = QueryOptions()
        options.timeZone = zone
        for round in 0..<60 {
            let rows = Self.rows(
                Int.random(in: 0..<1_500, using: &random),
                step: Int64.random(in: 1..<40, using: &random) * Self.hour / 20,
                nullEvery: round % 6 == 5 ? 50 : .max)
            let base = MemoryTable("t", Self.columns, rows: rows, morselRows: Int.random(in: 100..<700, using: &random))
            let catalog = OneTableCatalog(table: KnowingTable(base: base))
            let number = Expression.column(1, .integer)
            var input = catalog.scan
            // Of five numbers four, two, or one in each piece.
            let bound = Expression.literal(.integer(Int64([9, 3, 1, 0][round % 4])), .integer)
            input = .filter(input, .call(.lessOrEqual, [number, bound], .boolean))
            let sum = AggregateCall(function: .sum, arguments: [number], type: .integer)
            let users = AggregateCall(
                function: .count, arguments: [.column(3, .text)], isDistinct: true, type: .integer)
            for unit in ["hour", "day", "week", "month"] {
                let plans = [
                    Self.count(of: input, by: [Self.truncated(unit)], [sum, users]),
                    Self.count(of: input, by: [.column(3, .text), Self.truncated(unit)], [sum]),
                    Self.count(of: input, by: [Self.truncated(unit, .column(2, .timestamp)), number]),
                ]
                for plan in plans {
                    let expected = try executor.rows(plan, MemoryCatalog(tables: [base]), options: options)
                    for engine in [executor, sharing] {
                        let found = try engine.run(plan, catalog: catalog, options: options).rows
                        #expect(found == expected, "seed 15, round \(round), \(unit)")
                    }
                }
            }
        }
    }
}
