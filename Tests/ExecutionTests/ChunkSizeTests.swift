import Columnar
import Execution
import Plans
import Platform
import Testing

/// Whatever an operator answers, it hands it on in chunks of no more rows than a vector promises.
@Suite struct ChunkSizeTests {
    private static let rowCount = 70_000
    private let key = Expression.column(0, .integer)
    private let other = Expression.column(1, .integer)
    /// Of each row a number of its own.
    private static let keys = (0..<rowCount).map { Int64($0 * 3 % rowCount) }
    /// `k` is the key, `g` one of two numbers; the rows come in morsels of 1,000, in `whole` in a single one.
    private static let tables: MemoryCatalog = {
        let rows: [[Scalar]] = keys.enumerated().map { [.integer($0.element), .integer(Int64($0.offset % 2))] }
        let columns: [(String, ColumnType)] = [("k", .integer), ("g", .integer)]
        return MemoryCatalog(tables: [
            MemoryTable("many", columns, rows: rows, morselRows: 1000),
            MemoryTable("whole", columns, rows: rows, morselRows: 1 << 17),
            MemoryTable("few", columns, rows: [(5, 1), (6, 2), (7, 0)].map { [.integer($0.0), .integer($0.1)] }),
        ])
    }()
    private var catalog: MemoryCatalog { Self.tables }

    /// The rows of a plan, on one thread and on two.
    private func rows(_ plan: Plan, _ location: SourceLocation = #_sourceLocation) throws -> [[Scalar]] {
        let alone = try executor.run(plan, catalog: catalog)
        let shared = try sharing.run(plan, catalog: catalog)
        for result in [alone, shared] {
            let sizes = result.chunks.map(\.rowCount)
            #expect(sizes.allSatisfy { $0 > 0 && $0 <= 65_536 }, "\(sizes)", sourceLocation: location)
        }
        let isSame = alone.rows == shared.rows
        #expect(isSame, sourceLocation: location)
        return alone.rows
    }

    private func column(_ rows: [[Scalar]], _ index: Int = 0) -> [Scalar] { rows.map { $0[index] } }

    private var keysInOrderOfRows: [Scalar] { Self.keys.map { .integer($0) } }

    @Test func scansOfLargeMorsels() throws {
        let isSame = column(try rows(catalog.scan("whole"))) == keysInOrderOfRows
        #expect(isSame)
        let isPositive = Expression.call(.greaterOrEqual, [key, .literal(.integer(1), .integer)], .boolean)
        #expect(try rows(.filter(catalog.scan("whole"), isPositive)).count == Self.rowCount - 1)
    }

    /// More groups than a chunk has rows, in the order in which they were first seen, each with its own results.
    @Test func groups() throws {
        let named = [("k", ColumnType.integer), ("n", .integer), ("s", .numeric(scale: 0)), ("p", .integer)]
        let output = named.map { TableColumn(name: $0.0, type: $0.1) }
        let median = AggregateCall(
            function: .percentileDiscrete([0.5], asArray: false), arguments: [],
            order: [SortKey(expression: other, isDescending: false, nullsFirst: false)], type: .integer)
        let plan = Plan.aggregate(
            catalog.scan("many"), groups: [key],
            aggregates: [
                AggregateCall(function: .countRows, arguments: [], type: .integer),
                AggregateCall(function: .sum, arguments: [key], type: .numeric(scale: 0)), median,
            ], output: output)
        let found = try rows(plan)
        let expected: [[Scalar]] = Self.keys.enumerated().map { row, key in
            [.integer(key), .integer(1), .numeric(Int128(key), scale: 0), .integer(Int64(row % 2))]
        }
        let isSame = found == expected
        #expect(isSame)
        // Several units now stand above the groups: an aggregation of them sees each once.
        let total = Plan.aggregate(
            plan, groups: [], aggregates: [AggregateCall(function: .sum, arguments: [other], type: .numeric(scale: 0))],
            output: [TableColumn(name: "n", type: .numeric(scale: 0))])
        #expect(try rows(total) == [[.numeric(Int128(Self.rowCount), scale: 0)]])
        let keys = Plan.project(catalog.scan("many"), [key], output: [output[0]])
        let isDistinct = column(try rows(.distinct(keys))) == keysInOrderOfRows
        #expect(isDistinct)
    }

    /// Pieces of grouped rows have one dictionary: what stands above them joins no copies of it.
    @Test func groupsShareTheirTexts() throws {
        let texts = MemoryTable("texts", [("t", .text)], rows: ["a", "b", "c", "d", "e"].map { [.text($0)] })
        let catalog = MemoryCatalog(tables: [texts])
        let plan = Plan.aggregate(
            catalog.scan("texts"), groups: [.column(0, .text)],
            aggregates: [AggregateCall(function: .countRows, arguments: [], type: .integer)],
            output: [TableColumn(name: "t", type: .text), TableColumn(name: "n", type: .integer)])
        let result = try LocalEngine(clock: SimulatedClock(), chunkRowsMax: 2).run(plan, catalog: catalog)
        #expect(result.chunks.map(\.rowCount) == [2, 2, 1])
        #expect(column(result.rows) == ["a", "b", "c", "d", "e"].map { .text($0) })
        let dictionaries = result.chunks.compactMap { chunk -> ObjectIdentifier? in
            if case .text(_, let dictionary) = chunk.columns[0].storage { ObjectIdentifier(dictionary) } else { nil }
        }
        #expect(dictionaries.count == 3 && Set(dictionaries).count == 1)
    }

    @Test(arguments: [nil, 69_000])
    func sorts(limit: Int?) throws {
        let plan = Plan.sort(
            catalog.scan("many"), [SortKey(expression: key, isDescending: true, nullsFirst: false)], limit: limit)
        let expected = (0..<(limit ?? Self.rowCount)).map { Scalar.integer(Int64(Self.rowCount - 1 - $0)) }
        let isSorted = column(try rows(plan)) == expected
        #expect(isSorted)
        #expect(try rows(.limit(plan, count: 2, offset: 65_535)).count == 2)
    }

    /// Two of three left rows, each with 35,000 partners.
    @Test func joins() throws {
        func join(_ kind: JoinKind, _ keys: [Expression]) -> Plan {
            .join(
                left: catalog.scan("few"), right: catalog.scan("many"), kind: kind, leftKeys: keys, rightKeys: keys,
                residual: nil)
        }
        #expect(try rows(join(.inner, [other])).count == Self.rowCount)
        let found = try rows(join(.left, [other]))
        #expect(found.count == Self.rowCount + 1)
        #expect(found[Self.rowCount / 2] == [.integer(6), .integer(2), .null, .null])
        let crossed = keysInOrderOfRows + keysInOrderOfRows + keysInOrderOfRows
        let isCrossed = column(try rows(join(.cross, [])), 2) == crossed
        #expect(isCrossed)
    }

    /// Left rows each with one partner at most: every row has one, three have, and those without one stay.
    @Test(arguments: ["many", "whole"])
    func joinsOfSinglePartners(table: String) throws {
        func join(_ kind: JoinKind, _ column: Expression) -> Plan {
            .join(
                left: catalog.scan(table), right: catalog.scan("few"), kind: kind, leftKeys: [column],
                rightKeys: [column], residual: nil)
        }
        let every = try rows(join(.inner, other))
        let isEvery = column(every) == keysInOrderOfRows
        let isPaired = column(every, 2) == every.indices.map { Scalar.integer($0 % 2 == 0 ? 7 : 5) }
        #expect(isEvery && isPaired)
        let few = try rows(join(.inner, key))
        #expect(column(few) == [.integer(6), .integer(5), .integer(7)])
        #expect(column(few, 3) == [.integer(2), .integer(1), .integer(0)])
        let outer = try rows(join(.left, key))
        let isWhole = column(outer) == keysInOrderOfRows
        let isNullElsewhere =
            column(outer, 2) == Self.keys.map { (5...7).contains($0) ? Scalar.integer($0) : .null }
        #expect(isWhole && isNullElsewhere)
    }

    /// One left row's partners go out in several pieces: it is without a partner only when none of them has one.
    /// - Parameter row: of the right side, the one that the condition keeps; nil: none.
    @Test(arguments: [0, 65_535, 65_536, 69_999, nil])
    func outerJoinsAcrossPieces(row: Int?) throws {
        let wanted = row.map { Self.keys[$0] }
        let number = Expression.literal(.integer(wanted ?? -1), .integer)
        let isWanted = Expression.call(.equal, [.column(2, .integer), number], .boolean)
        // It speaks of both sides, so that it stays with the join.
        let isSmall = Expression.call(.less, [key, .literal(.integer(0), .integer)], .boolean)
        let plan = Plan.join(
            left: catalog.scan("few"), right: catalog.scan("many"), kind: .left, leftKeys: [], rightKeys: [],
            residual: .call(.or, [isWanted, isSmall], .boolean))
        let found = try rows(plan)
        #expect(column(found) == [.integer(5), .integer(6), .integer(7)])
        #expect(column(found, 2) == Array(repeating: wanted.map { .integer($0) } ?? .null, count: 3))
    }

    @Test func unionsAndValues() throws {
        let union = try rows(.union([catalog.scan("many"), catalog.scan("whole")]))
        let isUnion = column(union) == keysInOrderOfRows + keysInOrderOfRows
        #expect(isUnion)
        let values = Plan.values(
            rows: (0..<Self.rowCount).map { [.literal(.integer(Int64($0)), .integer)] },
            output: [TableColumn(name: "v", type: .integer)])
        let isSame = column(try rows(values)) == (0..<Self.rowCount).map { .integer(Int64($0)) }
        #expect(isSame)
    }
}
