import Columnar
import Execution
import Plans
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
