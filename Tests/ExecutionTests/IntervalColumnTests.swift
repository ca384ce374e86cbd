import Columnar
import Execution
import Plans
import Testing

/// What is computed of columns of times and intervals at once is what is computed of each value by itself.
@Suite struct IntervalColumnTests {
    private static let day: Int64 = 86_400_000_000_000
    private let a = Expression.column(0, .timestamptz)
    private let b = Expression.column(1, .timestamptz)

    /// Far from each other, and near by whole microseconds.
    private static let times: [[Int64]] = [
        [.min, .min + 1, -day - 1, -day, -1, 0, 1, 999, 1_000, day - 1, day, day + 1, .max - 1, .max],
        [-3 * day - 5_000, -day, -1_000, 0, 7_000, day - 1_000, day, 40 * day + 3_000],
    ]

    @Test(arguments: times) func columnsAreComputedAsValues(_ values: [Int64]) throws {
        let times = [Scalar.null] + values.map { .timestamptz($0) }
        let pairs = times.flatMap { first in times.map { [first, $0] } }
        let gap = Expression.call(.subtract, [a, b], .interval)
        let other = Expression.call(.subtract, [b, a], .interval)
        let hour = Expression.literal(.interval(Interval(nanoseconds: 3_600_000_000_000)), .interval)
        let epoch = Expression.literal(.text("epoch"), .text)
        let expressions: [Expression] = [
            gap, .call(.less, [gap, other], .boolean), .call(.equal, [gap, other], .boolean),
            .call(.greaterOrEqual, [gap, hour], .boolean), .call(.notEqual, [hour, gap], .boolean),
            .call(.extract, [epoch, gap], .numeric(scale: 6)), .call(.extract, [epoch, gap], .double),
        ]
        let output = expressions.map { TableColumn(name: "c", type: $0.type) }
        let table = MemoryTable("t", [("a", .timestamptz), ("b", .timestamptz)], rows: pairs, morselRows: 40)
        let catalog = MemoryCatalog(tables: [table])
        let rows = try executor.rows(.project(catalog.scan("t"), expressions, output: output), catalog)
        #expect(rows.count == pairs.count)
        for (pair, found) in zip(pairs, rows) {
            let literals = pair.map { Expression.literal($0, .timestamptz) }
            let alone = Plan.project(
                .values(rows: [[]], output: []), expressions.map { $0.substituting(literals) }, output: output)
            #expect(try executor.rows(alone) == [found], "\(pair)")
        }
    }

    /// Of a few groups the best intervals are found by their lengths, of many one by one; a day and its hours are as
    /// long as each other, and the same one of them is chosen.
    @Test func fewGroupsAndManyAnswerAlike() throws {
        var random = SeededGenerator(seed: 3)
        let rows = (0..<1_000).map { row -> [Scalar] in
            let (days, hours) = (Int64.random(in: -2...2, using: &random), Int64.random(in: -48...48, using: &random))
            let value = Interval(
                months: row % 50 == 0 ? 1 : 0, days: days, nanoseconds: row % 3 == 0 ? hours * Self.day / 24 : 0)
            return [.integer(Int64(row % 100)), row % 7 == 0 ? .null : .interval(value)]
        }
        let table = MemoryTable("t", [("g", .integer), ("x", .interval)], rows: rows, morselRows: 64)
        let catalog = MemoryCatalog(tables: [table])
        let (group, value) = (Expression.column(0, .integer), Expression.column(1, .interval))
        let calls = [AggregateFunction.minimum, .maximum, .sum].map {
            AggregateCall(function: $0, arguments: [value], type: .interval)
        }
        let output = calls.map { TableColumn(name: "c", type: $0.type) }
        let all = Plan.aggregate(
            catalog.scan("t"), groups: [group], aggregates: calls,
            output: [TableColumn(name: "g", type: .integer)] + output)
        let found = try executor.rows(all, catalog)
        #expect(found.count == 100)
        for row in found {
            let isIn = Expression.call(.equal, [group, .literal(row[0], .integer)], .boolean)
            let one = Plan.aggregate(.filter(catalog.scan("t"), isIn), groups: [], aggregates: calls, output: output)
            for engine in [executor, sharing] { #expect(try engine.rows(one, catalog) == [Array(row[1...])]) }
            var sum: Interval?
            for case (row[0], .interval(let value)) in rows.map({ ($0[0], $0[1]) }) {
                sum = Interval(
                    months: (sum?.months ?? 0) + value.months, days: (sum?.days ?? 0) + value.days,
                    nanoseconds: (sum?.nanoseconds ?? 0) + value.nanoseconds)
            }
            #expect(row[3] == sum.map { .interval($0) } ?? .null)
        }
    }
}
