import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

@Suite struct AggregateTests {
    private func answer(_ call: AggregateCall, _ type: ColumnType, _ values: [Scalar], morselRows: Int = 2) throws
        -> Scalar
    {
        let catalog = MemoryCatalog(tables: [
            MemoryTable("t", [("x", type)], rows: values.map { [$0] }, morselRows: morselRows)
        ])
        let plan = Plan.aggregate(
            catalog.scan("t"), groups: [], aggregates: [call], output: [TableColumn(name: "r", type: call.type)])
        let alone = try executor.rows(plan, catalog)[0][0]
        let shared = try sharing.rows(plan, catalog)[0][0]
        #expect(alone == shared)
        return alone
    }

    private func call(_ function: AggregateFunction, _ argument: ColumnType, _ type: ColumnType) -> AggregateCall {
        AggregateCall(function: function, arguments: [.column(0, argument)], type: type)
    }

    private func ordered(
        _ function: AggregateFunction, _ argument: ColumnType, _ type: ColumnType, descending: Bool = false
    )
        -> AggregateCall
    {
        AggregateCall(
            function: function, arguments: [],
            order: [SortKey(expression: .column(0, argument), isDescending: descending, nullsFirst: false)], type: type)
    }

    private let numbers: [Scalar] = [
        .integer(2), .integer(4), .integer(4), .null, .integer(4), .integer(5), .integer(5), .integer(7), .integer(9),
    ]

    @Test func sumsPassTheRangeOfIntegers() throws {
        let values = Array(repeating: Scalar.integer(.max), count: 3)
        #expect(
            try answer(call(.sum, .integer, .numeric(scale: 0)), .integer, values)
                == .numeric(Int128(Int64.max) * 3, scale: 0))
        let huge = Array(repeating: Scalar.numeric(Int128.max, scale: 0), count: 2)
        #expect(throws: QueryError.self) {
            try answer(call(.sum, .numeric(scale: 0), .numeric(scale: 0)), .numeric(scale: 0), huge)
        }
    }

    @Test func averagesHaveSixteenDigits() throws {
        let thirds: [Scalar] = [.integer(1), .integer(1), .integer(2)]
        #expect(
            try answer(call(.average, .integer, .numeric(scale: 16)), .integer, thirds)
                == .numeric(13_333_333_333_333_333, scale: 16))
        #expect(try answer(call(.average, .integer, .numeric(scale: 16)), .integer, [.null]) == .null)
    }

    @Test func spreadIsExactForIntegers() throws {
        #expect(try answer(call(.variancePopulation, .integer, .double), .integer, numbers) == .double(4))
        #expect(try answer(call(.standardDeviationPopulation, .integer, .double), .integer, numbers) == .double(2))
        #expect(try answer(call(.variance, .integer, .double), .integer, numbers) == .double(32.0 / 7))
        #expect(try answer(call(.variance, .integer, .double), .integer, [.integer(1)]) == .null)
    }

    /// Numbers of which a double holds no difference, in chunks of any size and merged in any order.
    @Test(arguments: [1, 2, 3, 1000])
    func spreadOfLargeNumbersIsExact(morselRows: Int) throws {
        func spread(_ type: ColumnType, _ values: [Scalar]) throws -> Scalar {
            try answer(call(.variance, type, .double), type, values, morselRows: morselRows)
        }
        let base: Int64 = 9_000_000_000_000_000_000
        let offsets: [Int64] = [0, 3, 5, 9, 8]
        #expect(try spread(.integer, offsets.map { .integer(base + $0) }) == .double(13.5))
        #expect(try spread(.integer, offsets.map { .integer(-base - $0) }) == .double(13.5))
        let unit: Int128 = 1_000_000_000_000
        let decimals = offsets.map { Scalar.numeric((Int128(base) + Int128($0)) * unit, scale: 12) }
        guard case .double(let found) = try spread(.numeric(scale: 12), decimals) else {
            Issue.record("no double")
            return
        }
        #expect(abs(found - 13.5) < 1e-12)
        #expect(try spread(.integer, [.integer(.min), .integer(.max)]) == .double(0x1p127))
        #expect(try spread(.integer, Array(repeating: .integer(base), count: 5000)) == .double(0))
        #expect(throws: QueryError.self) { try spread(.double, [.double(1e308), .double(-1e308)]) }
        guard case .double(let infinite) = try spread(.double, [.double(.infinity), .double(1)]) else {
            Issue.record("no double")
            return
        }
        #expect(infinite.isNaN)
    }

    /// Sorted times are truncated by the stretch where rows are grouped, and by the row before: there is one answer,
    /// also where clocks change, where times are null and where they do not ascend.
    @Test(arguments: ["UTC", "Europe/Berlin"]) func truncatedTimesAreGrouped(zone: String) throws {
        // From the evening of 24 October 2026 on, some seconds apart.
        var time: Int64 = 1_792_872_000_000_000_000
        let rows = (0..<6_000).map { row -> [Scalar] in
            time += Int64(row * 7_919 % 31) * 1_000_000_000 - (row % 3_000 == 2_999 ? 86_400_000_000_000 : 0)
            let isNull = (2_000..<3_000).contains(row) && row % 50 == 0
            return [isNull ? .null : .timestamptz(time), .text("tenant \(row * 31 % 7)")]
        }
        let catalog = MemoryCatalog(tables: [
            MemoryTable("t", [("time", .timestamptz), ("tenant", .text)], rows: rows, morselRows: 1_000)
        ])
        var options = QueryOptions()
        options.timeZone = zone
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        for unit in ["hour", "day", "week"] {
            let start = Expression.call(
                .dateTrunc, [.literal(.text(unit), .text), .column(0, .timestamptz)], .timestamptz)
            let tenant = Expression.column(1, .text)
            for keys in [[start], [start, tenant], [tenant, start]] {
                let columns = keys.enumerated().map { TableColumn(name: "k\($0)", type: $1.type) }
                let output = columns + [TableColumn(name: "n", type: .integer)]
                let scan = catalog.scan("t")
                let grouped = Plan.aggregate(scan, groups: keys, aggregates: [count], output: output)
                let before = Plan.aggregate(
                    .project(scan, keys, output: columns),
                    groups: keys.enumerated().map { .column($0, $1.type) }, aggregates: [count], output: output)
                let wanted = try executor.rows(before, catalog, options: options)
                #expect(wanted.count > 1)
                for engine in [executor, sharing] {
                    let found = try engine.rows(grouped, catalog, options: options)
                    #expect(found == wanted, "\(unit), \(zone)")
                }
            }
        }
    }

    /// A column is read once of each piece, whoever looks at it, and not where no row is left of those that want it;
    /// the answer is that of rows that were read before.
    @Test func columnsAreReadAsTheyAreWanted() throws {
        let rows = (0..<30).map { row -> [Scalar] in
            [.integer(Int64(row % 3)), .integer(Int64(row)), .integer(Int64(row * row)), .integer(-1)]
        }
        let table = MemoryTable(
            "t", ["a", "b", "c", "d"].map { ($0, ColumnType.integer) }, rows: rows, morselRows: 10)
        let catalog = MemoryCatalog(tables: [table])
        func column(_ index: Int) -> Expression { .column(index, .integer) }
        func above(_ bound: Int64) -> Expression {
            .call(.greater, [column(1), .literal(.integer(bound), .integer)], .boolean)
        }
        func sum(_ index: Int, where filter: Expression? = nil) -> AggregateCall {
            AggregateCall(function: .sum, arguments: [column(index)], filter: filter, type: .numeric(scale: 0))
        }
        let calls = [sum(1), sum(2, where: above(24)), sum(1, where: above(3)), sum(3, where: above(1_000))]
        let output = ["a", "n1", "n2", "n3", "n4"].map { name in
            TableColumn(name: name, type: name == "a" ? .integer : .numeric(scale: 0))
        }
        let condition = Expression.call(.greater, [column(1), .literal(.integer(4), .integer)], .boolean)
        let plan = Plan.aggregate(
            .filter(catalog.scan("t"), condition), groups: [column(0)], aggregates: calls, output: output)
        let found = try executor.rows(plan, catalog)
        // Of each piece what groups and what is compared, of one the squares, of none the last column.
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 3 + 3 + 1)
        let wanted = [2, 0, 1].map { group -> [Scalar] in
            let members = (5..<30).filter { $0 % 3 == group }
            func number(_ values: [Int]) -> Scalar { .numeric(Int128(values.reduce(0, +)), scale: 0) }
            let squares = members.filter { $0 > 24 }.map { $0 * $0 }
            return [.integer(Int64(group)), number(members), number(squares), number(members), .null]
        }
        #expect(found == wanted)
        let inPieces: any QueryEngine = LocalEngine(clock: SimulatedClock(), chunkRowsMax: 4)
        for engine in [sharing, inPieces] {
            let others = try engine.rows(plan, catalog)
            #expect(others == wanted)
        }
    }

    @Test func percentilesAreExact() throws {
        #expect(
            try answer(ordered(.percentileContinuous([0.5], asArray: false), .integer, .double), .integer, numbers)
                == .double(4.5))
        #expect(
            try answer(ordered(.percentileDiscrete([0.5], asArray: false), .integer, .integer), .integer, numbers)
                == .integer(4))
        let several = AggregateFunction.percentileDiscrete([0, 0.9, 1], asArray: true)
        #expect(
            try answer(ordered(several, .integer, .array(.integer)), .integer, numbers)
                == .array([.integer(2), .integer(9), .integer(9)]))
        #expect(
            try answer(
                ordered(.percentileDiscrete([0.25], asArray: false), .integer, .integer, descending: true), .integer,
                numbers)
                == .integer(7))
        #expect(throws: QueryError.self) {
            try answer(ordered(.percentileDiscrete([1.5], asArray: false), .integer, .integer), .integer, numbers)
        }
    }

    /// Within 0.54 % of the exact value at every rank, over nine orders of magnitude and both signs.
    @Test(arguments: 1...20)
    func approximatePercentilesStayWithinTheirError(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let values: [Scalar] = (0..<500).map { _ in
            let magnitude = Int64.random(in: 0...30, using: &generator)
            let value = Int64.random(in: 0...(1 << magnitude), using: &generator)
            return .integer(Bool.random(using: &generator) ? value : -value)
        }
        for fraction in [0, 0.01, 0.5, 0.95, 0.99, 1] {
            let exact = try answer(
                ordered(.percentileDiscrete([fraction], asArray: false), .integer, .integer), .integer, values,
                morselRows: 90)
            let found = try answer(
                call(.approximatePercentile([fraction], asArray: false), .integer, .double), .integer, values,
                morselRows: 90)
            guard case .integer(let wanted) = exact, case .double(let shown) = found else {
                Issue.record("seed \(seed): \(exact) \(found)")
                continue
            }
            #expect(abs(shown - Double(wanted)) <= abs(Double(wanted)) * 0.0055, "seed \(seed), fraction \(fraction)")
        }
    }

    @Test func moneyPercentilesAreInDollars() throws {
        let values: [Scalar] = [.numeric(20_000_000_000, scale: 12)]
        #expect(
            try answer(
                call(.approximatePercentile([0.5], asArray: false), .numeric(scale: 12), .double), .numeric(scale: 12),
                values)
                == .double(0.02))
    }

    @Test func listsKeepTheirOrder() throws {
        let texts: [Scalar] = [.text("b"), .null, .text("a"), .text("c"), .text("a")]
        #expect(
            try answer(call(.stringAggregate(separator: .text("-")), .text, .text), .text, texts) == .text("b-a-c-a"))
        #expect(try answer(call(.arrayAggregate, .text, .array(.text)), .text, texts) == .array(texts))
        var sorted = call(.stringAggregate(separator: .text(",")), .text, .text)
        sorted.order = [SortKey(expression: .column(0, .text), isDescending: true, nullsFirst: false)]
        #expect(try answer(sorted, .text, texts) == .text("c,b,a,a"))
        var distinct = call(.stringAggregate(separator: .text(",")), .text, .text)
        distinct.isDistinct = true
        #expect(try answer(distinct, .text, texts) == .text("a,b,c"))
    }

    @Test func doublesLoseNothingInLongSums() throws {
        let values: [Scalar] = [.double(1e16)] + Array(repeating: .double(1), count: 1000) + [.double(-1e16)]
        #expect(try answer(call(.sum, .double, .double), .double, values, morselRows: 100) == .double(1000))
    }

    /// Many groups of text keys, met by two threads, keep the order in which they came.
    @Test func manyGroups() throws {
        let rows = 60_000
        let pieces = (0..<6).map { piece -> [Vector] in
            let texts: [Scalar] = (0..<10_000).map { .text("c-\((piece * 10_000 + $0) % 45_000)") }
            return [
                Vector(type: .text, scalars: texts),
                Vector(type: .integer, scalars: (0..<10_000).map { .integer(Int64($0)) }),
            ]
        }
        let table = MemoryTable(
            "t", [TableColumn(name: "k", type: .text), TableColumn(name: "v", type: .integer)], pieces: pieces)
        let catalog = MemoryCatalog(tables: [table])
        let plan = Plan.aggregate(
            catalog.scan("t"), groups: [.column(0, .text)],
            aggregates: [AggregateCall(function: .countRows, arguments: [], type: .integer)],
            output: [TableColumn(name: "k", type: .text), TableColumn(name: "n", type: .integer)])
        let found = try sharing.rows(plan, catalog)
        #expect(found.count == 45_000)
        for (index, row) in found.enumerated() {
            let count: Int64 = index < rows - 45_000 ? 2 : 1
            let expected: [Scalar] = [.text("c-\(index)"), .integer(count)]
            if row != expected { Issue.record("group \(index) is \(row)") }
        }
    }
}
