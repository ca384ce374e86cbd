import Columnar
import Execution
import Plans
import Platform
import Testing

/// Of many groups those are wanted that come first by an aggregate: they are those that a sort of all begins with.
@Suite struct FirstGroupsTests {
    private static let types: [ColumnType] = [
        .integer, .numeric(scale: 0), .integer, .numeric(scale: 16), .array(.double),
    ]
    private static let columns = [TableColumn(name: "id", type: .text)] + types.map { TableColumn(name: "a", type: $0) }

    /// Two thousand ids, some in many rows, some without a value.
    private static func catalog(_ random: inout SeededGenerator) -> MemoryCatalog {
        let rows = (0..<6_000).map { row -> [Scalar] in
            let most = row % 3 == 0 ? 50 : 2_000
            let id = row < 2_000 ? row : Int.random(in: 0..<most, using: &random)
            let value = Int64.random(in: -20..<20, using: &random)
            return [id == 7 ? .null : .text("c-\(id)"), id % 5 == 1 ? .null : .integer(value)]
        }
        return MemoryCatalog(tables: [
            MemoryTable("t", [("id", .text), ("v", .integer)], rows: rows, morselRows: 500)
        ])
    }

    private static func groups(_ scan: Plan) -> Plan {
        let value = Expression.column(1, .integer)
        let functions: [AggregateFunction] = [
            .countRows, .sum, .maximum, .average, .approximatePercentile([0.5, 0.9], asArray: true),
        ]
        let calls = zip(functions, types).map { function, type in
            AggregateCall(function: function, arguments: function == .countRows ? [] : [value], type: type)
        }
        return .aggregate(scan, groups: [.column(0, .text)], aggregates: calls, output: columns)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func theyAreThoseOfASortOfAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let catalog = Self.catalog(&random)
        let all = Self.groups(catalog.scan("t"))
        // The same columns from last to first.
        let turned = Plan.project(
            all, Self.columns.enumerated().reversed().map { .column($0.offset, $0.element.type) },
            output: Array(Self.columns.reversed()))
        for input in [all, turned] {
            for (index, column) in input.output.enumerated() {
                var keys = [
                    SortKey(
                        expression: .column(index, column.type), isDescending: Bool.random(using: &random),
                        nullsFirst: Bool.random(using: &random))
                ]
                if Bool.random(using: &random) {
                    let id = input.output.firstIndex { $0.type == .text } ?? 0
                    keys.append(SortKey(expression: .column(id, .text), isDescending: true, nullsFirst: true))
                }
                let whole = try executor.rows(.sort(input, keys, limit: nil), catalog)
                #expect(whole.count == 2_000)
                for limit in [1, 20, 200] {
                    for engine in [executor, sharing] {
                        let rows = try engine.rows(.sort(input, keys, limit: limit), catalog)
                        #expect(rows == Array(whole.prefix(limit)), "seed \(seed), column \(index), \(limit) rows")
                    }
                }
            }
        }
    }

    /// What is asked of groups beforehand leaves those to choose from.
    @Test(arguments: 11...14 as ClosedRange<UInt64>) func conditionsOfGroupsComeFirst(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let catalog = Self.catalog(&random)
        let all = Self.groups(catalog.scan("t"))
        func compared(_ function: ScalarFunction, _ column: Int, _ value: Scalar) -> Expression {
            let type = Self.columns[column].type
            return .call(function, [.column(column, type), .literal(value, type)], .boolean)
        }
        let conditions: [[Expression]] = [
            [compared(.greater, 1, .integer(1))], [compared(.lessOrEqual, 1, .integer(3))],
            [compared(.less, 2, .numeric(0, scale: 0)), compared(.greater, 1, .integer(2))],
            [compared(.greater, 3, .integer(15)), compared(.less, 3, .integer(18))],
            [.call(.isNotNull, [.column(4, .numeric(scale: 16))], .boolean)],
            // None, all, and by a key.
            [compared(.greater, 1, .integer(9_000))], [compared(.greaterOrEqual, 1, .integer(1))],
            [compared(.less, 0, .text("c-4")), compared(.greater, 1, .integer(1))],
        ]
        for (number, conditions) in conditions.enumerated() {
            let left = conditions.reduce(all) { .filter($0, $1) }
            let renamed = Plan.project(
                left, [.column(0, .text), .column(1, .integer)], output: Array(Self.columns.prefix(2)))
            for (input, column) in [(left, 1), (left, 3), (renamed, 1)] {
                let keys = [
                    SortKey(
                        expression: .column(column, .integer), isDescending: Bool.random(using: &random),
                        nullsFirst: Bool.random(using: &random)),
                    SortKey(expression: .column(0, .text), isDescending: false, nullsFirst: false),
                ]
                let whole = try executor.rows(.sort(input, keys, limit: nil), catalog)
                let inPieces: any QueryEngine = LocalEngine(clock: SimulatedClock(), chunkRowsMax: 300)
                for limit in [1, 20, 200] {
                    for engine in [executor, sharing, inPieces] {
                        let rows = try engine.rows(.sort(input, keys, limit: limit), catalog)
                        #expect(rows == Array(whole.prefix(limit)), "seed \(seed), conditions \(number), \(limit) rows")
                    }
                }
            }
        }
    }

    /// Of groups that conditions leave no more is made than of all others: what conditions look at, and the order.
    @Test func ofGroupsThatAreAskedNoMoreIsMade() throws {
        let groups = 20_000
        let rows = (0..<groups * 2).map { [.text("c-\($0 % groups)"), .integer(Int64($0))] as [Scalar] }
        let catalog = MemoryCatalog(tables: [
            MemoryTable("t", [("id", .text), ("v", .integer)], rows: rows, morselRows: 20_000)
        ])
        let least = AggregateCall(function: .minimum, arguments: [.column(1, .integer)], type: .integer)
        var greatest = least
        greatest.function = .maximum
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        let calls = [count, greatest] + Array(repeating: least, count: 6)
        let all = Plan.aggregate(
            catalog.scan("t"), groups: [.column(0, .text)], aggregates: calls,
            output: [TableColumn(name: "id", type: .text)] + calls.map { TableColumn(name: "a", type: $0.type) })
        let isMany = Expression.call(
            .greater, [.column(1, .integer), .literal(.integer(1), .integer)], .boolean)
        let key = SortKey(expression: .column(2, .integer), isDescending: true, nullsFirst: true)
        func peak(_ input: Plan) throws -> Int {
            let plan = Plan.sort(input, [key], limit: 3)
            return try executor.run(plan, catalog: catalog, options: QueryOptions()).statistics.memoryPeakBytes
        }
        let (plain, asked) = (try peak(all), try peak(.filter(all, isMany)))
        // A result takes sixteen bytes a group; eight of them were made.
        #expect(asked - plain < groups * 80, "\(plain) and \(asked)")
    }

    /// What cannot be computed of a group that is not wanted is refused all the same.
    @Test func whatFailsIsTriedOnAll() throws {
        var random = SeededGenerator(seed: 9)
        let catalog = Self.catalog(&random)
        // One id stands in one row at least.
        let less = Expression.call(
            .subtract, [.column(1, .integer), .literal(.integer(1), .integer)], .integer)
        let quotient = Expression.call(.divide, [.literal(.integer(1), .integer), less], .integer)
        let input = Plan.project(
            Self.groups(catalog.scan("t")), [.column(1, .integer), quotient],
            output: [TableColumn(name: "n", type: .integer), TableColumn(name: "q", type: .integer)])
        let key = SortKey(expression: .column(0, .integer), isDescending: true, nullsFirst: true)
        for limit in [nil, 3] {
            #expect(throws: QueryError.self) { try executor.rows(.sort(input, [key], limit: limit), catalog) }
        }
    }
}
