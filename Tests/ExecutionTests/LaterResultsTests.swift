import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// Where few of many groups by ids are wanted, results that decide nothing are made of the rows of these alone, and are
/// those of a sort of all.
@Suite struct LaterResultsTests {
    private static let money = ColumnType.numeric(scale: 4)
    private static let columns: [(String, ColumnType)] = [
        ("id", .text), ("kind", .text), ("v", .integer), ("w", money), ("b", .boolean), ("d", .double),
    ]
    private static let value = Expression.column(2, .integer)

    /// Pieces of rows of two thousand ids: each has some of its own, and some that are in all of them.
    private static func rows(_ random: inout SeededGenerator, hasNulls: Bool) -> [[Scalar]] {
        (0..<6 * 700).map { row in
            let isOfAll = Int.random(in: 0..<4, using: &random) == 0
            let id =
                isOfAll
                ? Int.random(in: 0..<200, using: &random) / Int.random(in: 1..<40, using: &random)
                : 200 + row / 700 * 400 + Int.random(in: 0..<400, using: &random)
            let isAbsent = hasNulls && Int.random(in: 0..<50, using: &random) == 0
            let number = Int64.random(in: -40..<40, using: &random)
            return [
                isAbsent ? .null : .text("conversation-\(id)"),
                row % 11 == 3 ? .null : .text(["web", "mail", "voice"][Int.random(in: 0..<3, using: &random)]),
                row % 7 == 1 ? .null : .integer(number), row % 5 == 1 ? .null : .numeric(Int128(number * 37), scale: 4),
                .boolean(number % 2 == 0), .double(Double(number) / 8),
            ]
        }
    }

    /// Each with a type for its result.
    private static let calls: [AggregateCall] = {
        let (kind, cost) = (Expression.column(1, .text), Expression.column(3, money))
        let isSmall = Expression.call(.less, [value, .literal(.integer(5), .integer)], .boolean)
        func call(
            _ function: AggregateFunction, _ argument: Expression?, _ type: ColumnType, isDistinct: Bool = false,
            filter: Expression? = nil
        ) -> AggregateCall {
            AggregateCall(
                function: function, arguments: argument.map { [$0] } ?? [], isDistinct: isDistinct, filter: filter,
                type: type)
        }
        return [
            call(.countRows, nil, .integer), call(.count, value, .integer), call(.minimum, value, .integer),
            call(.maximum, cost, money), call(.sum, value, .numeric(scale: 0)),
            call(.average, cost, .numeric(scale: 16)),
            call(.count, kind, .integer, isDistinct: true), call(.countRows, nil, .integer, filter: isSmall),
            call(.sum, cost, money, filter: isSmall), call(.booleanOr, .column(4, .boolean), .boolean),
            call(.percentileDiscrete([0.5], asArray: false), value, .integer),
            call(.approximatePercentile([0.5, 0.9], asArray: true), value, .array(.double)),
            call(.maximum, kind, .text), call(.sum, .column(5, .double), .double),
            call(.variance, value, .numeric(scale: 16)),
        ]
    }()

    private static func compared(_ function: ScalarFunction, _ left: Expression, _ value: Scalar) -> Expression {
        .call(function, [left, .literal(value, left.type)], .boolean)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func theyAreThoseOfASortOfAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rows = Self.rows(&random, hasNulls: seed % 3 != 0)
        let base = MemoryTable("t", Self.columns, rows: rows, morselRows: 700, hasSummaries: seed % 4 != 0)
        let plain = MemoryCatalog(tables: [base])
        let numbered = OneTableCatalog(
            table: try NumberedTable(base, knowsTexts: seed % 2 == 0, plainPieces: seed % 5 == 0 ? [5] : []))
        for round in 0..<12 {
            var input = numbered.scan
            if Bool.random(using: &random) {
                input = .filter(input, Self.compared(.greater, Self.value, .integer(-20)))
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                input = .filter(input, .call(.isNotNull, [.column(0, .text)], .boolean))
            }
            var groups: [Expression] = [.column(0, .text)]
            if Int.random(in: 0..<3, using: &random) == 0 {
                groups.insert(.column(1, .text), at: Int.random(in: 0...1, using: &random))
            }
            let calls = (0..<Int.random(in: 2..<6, using: &random)).map { _ in
                Self.calls[Int.random(in: 0..<Self.calls.count, using: &random)]
            }
            let types = groups.map(\.type) + calls.map(\.type)
            let columns = types.enumerated().map { TableColumn(name: "c\($0.offset)", type: $0.element) }
            var all = Plan.aggregate(input, groups: groups, aggregates: calls, output: columns)
            if calls[0].type == .integer, Bool.random(using: &random) {
                all = .filter(all, Self.compared(.greater, .column(groups.count, .integer), .integer(1)))
            }
            if Bool.random(using: &random) {
                // The same columns from last to first.
                all = .project(
                    all, columns.enumerated().reversed().map { .column($0.offset, $0.element.type) },
                    output: Array(columns.reversed()))
            }
            let places = all.output.indices.filter { all.output[$0].name == "c\(groups.count)" }
            let seconds = all.output.indices.filter { _ in Bool.random(using: &random) }
            let keys = (places + seconds).map { place in
                SortKey(
                    expression: .column(place, all.output[place].type), isDescending: Bool.random(using: &random),
                    nullsFirst: Bool.random(using: &random))
            }
            let whole = try executor.rows(.sort(all, keys, limit: nil), plain)
            let inPieces: any QueryEngine = LocalEngine(clock: SimulatedClock(), chunkRowsMax: 300, sharedRowsMin: 0)
            for limit in [1, 7, 30] {
                for engine in [sharing, inPieces] {
                    let found = try engine.run(
                        .sort(all, keys, limit: limit), catalog: numbered, options: QueryOptions()
                    ).rows
                    let isSame = "\(found)" == "\(whole.prefix(limit))"
                    #expect(isSame, "seed \(seed), round \(round), \(limit) rows: \(all.shown)")
                }
            }
        }
    }

    /// Twenty pieces of a hundred ids each, three of which have more rows: for these alone another column is read, in
    /// the two pieces that have them; of the others not even the ids are looked at again where pieces know which they
    /// have.
    @Test(arguments: [true, false]) func whatDecidesNothingIsReadOfFewRows(knowsTexts: Bool) throws {
        let rows = (0..<20 * 700).map { row -> [Scalar] in
            let (piece, place) = (row / 700, row % 700)
            var id = piece * 100 + place % 100
            // One id has twenty rows more, two others of another piece nineteen and eighteen.
            if piece == 3, (100..<120).contains(place) { id = 399 }
            if piece == 11, (100..<119).contains(place) { id = 1_199 }
            if piece == 11, (200..<218).contains(place) { id = 1_150 }
            return [.text("conversation-\(id)"), .text("kind-\(row % 3)"), .integer(Int64(row)), .null, .null, .null]
        }
        let base = MemoryTable("t", Self.columns, rows: rows, morselRows: 700)
        let catalog = OneTableCatalog(table: try NumberedTable(base, knowsTexts: knowsTexts, plainPieces: []))
        let calls = [Self.calls[0], Self.calls[2], Self.calls[4], Self.calls[6]]
        let types = [ColumnType.text] + calls.map(\.type)
        let all = Plan.aggregate(
            catalog.scan, groups: [.column(0, .text)], aggregates: calls,
            output: types.map { TableColumn(name: "c", type: $0) })
        let key = SortKey(expression: .column(1, .integer), isDescending: true, nullsFirst: true)
        let engine: any QueryEngine = LocalEngine(clock: SimulatedClock(), sharedRowsMin: 0)
        let answer = try engine.run(.sort(all, [key], limit: 3), catalog: catalog, options: QueryOptions())
        let read = base.reads.pagesRead.load(ordering: .relaxed)
        let expected = try executor.rows(.sort(all, [key], limit: 3), MemoryCatalog(tables: [base]))
        #expect(answer.rows == expected)
        let counts = expected.map { row in if case .integer(let count) = row[1] { Int(count) } else { 0 } }
        // The ids: of one piece to know them, of all to count them, of those that are looked through for them again.
        #expect(read == 1 + 20 + (knowsTexts ? 2 : 20) + 2 * 2)
        #expect(answer.statistics.rowsScanned == rows.count + counts.reduce(0, +))
    }

    /// What may be refused of a group that nobody wants is made of all.
    @Test func whatMayBeRefusedIsMadeOfAll() throws {
        var random = SeededGenerator(seed: 77)
        var rows = Self.rows(&random, hasNulls: false)
        // A sum that no number holds, of an id that is in one row more than none.
        let most = Scalar.numeric(.max, scale: 0)
        let wide: [(String, ColumnType)] = [("id", .text), ("w", .numeric(scale: 0))]
        rows = rows.map { [$0[0], .numeric(1, scale: 0)] } + (0..<2).map { _ in [.text("conversation-9999"), most] }
        rows += (0..<698).map { [.text("conversation-\($0)"), .numeric(1, scale: 0)] }
        let base = MemoryTable("t", wide, rows: rows, morselRows: 700)
        let catalog = OneTableCatalog(table: try NumberedTable(base, knowsTexts: false, plainPieces: []))
        let sum = AggregateCall(
            function: .sum, arguments: [.column(1, .numeric(scale: 0))], type: .numeric(scale: 0))
        let all = Plan.aggregate(
            catalog.scan, groups: [.column(0, .text)], aggregates: [Self.calls[0], sum],
            output: [.text, .integer, .numeric(scale: 0)].map { TableColumn(name: "c", type: $0) })
        let key = SortKey(expression: .column(1, .integer), isDescending: true, nullsFirst: true)
        for engine in [executor, sharing] {
            #expect(throws: QueryError.self) {
                try engine.run(.sort(all, [key], limit: 3), catalog: catalog, options: QueryOptions())
            }
        }
    }
}

/// A table whose first column, texts, comes with kept numbers.
private struct NumberedTable: TableSource {
    let base: MemoryTable
    private let pieces: [NumberedMorsel]

    /// - Parameters:
    ///   - knowsTexts: whether pieces say which texts they have.
    ///   - plainPieces: those whose texts have dictionaries of their own, as the newest rows'.
    init(_ base: MemoryTable, knowsTexts: Bool, plainPieces: Set<Int>) throws {
        self.base = base
        let columns = try NumberedTexts.columns(base.pieces.map { $0.vectors[0] })
        pieces = base.pieces.enumerated().map { number, piece in
            var vectors = piece.vectors
            if !plainPieces.contains(number) { vectors[0] = columns[number] }
            return NumberedMorsel(
                base: MemoryMorsel(
                    rowCount: piece.rowCount, vectors: vectors, hasSummaries: piece.hasSummaries, reads: piece.reads),
                knowsTexts: knowsTexts && !plainPieces.contains(number))
        }
    }

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }
    func morsels(for request: ScanRequest) -> [any Morsel] { pieces }
}

private struct NumberedMorsel: Morsel {
    let base: MemoryMorsel
    let knowsTexts: Bool

    var rowCount: Int { base.rowCount }
    func column(_ index: Int) -> Vector { base.column(index) }
    func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }

    func texts(_ index: Int) -> Vector? {
        guard knowsTexts, index == 0, case .text(let codes, let dictionary) = base.vectors[0].storage else {
            return nil
        }
        var isThere = [Bool](repeating: false, count: dictionary.count)
        for row in codes.indices where !base.vectors[0].isNull(row) { isThere[Int(codes[row])] = true }
        let found = isThere.indices.filter { isThere[$0] }.map { UInt32($0) }
        return Vector(type: .text, count: found.count, storage: .text(codes: found, dictionary: dictionary))
    }
}
