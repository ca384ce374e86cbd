import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Where most rows of a column are null, conditions that no null meets look at the others alone, and answers are those
/// of a look at each row.
@Suite struct PresentRowsTests {
    private static let columns: [(String, ColumnType)] = [
        ("a", .text), ("n", .integer), ("d", .double), ("m", .numeric(scale: 4)), ("b", .boolean), ("row", .integer),
    ]

    /// One row in `every` has a value in each column, at a place of its own.
    private static func rows(_ count: Int, every: Int, _ random: inout SeededGenerator) -> [[Scalar]] {
        (0..<count).map { row in
            let number = Int64.random(in: -9...9, using: &random)
            let values: [Scalar] = [
                .text("error \(number)"), .integer(number), .double(Double(number) / 4),
                .numeric(Int128(number * 7), scale: 4), .boolean(number > 0),
            ]
            return values.map { Int.random(in: 0..<every, using: &random) == 0 ? $0 : .null } + [.integer(Int64(row))]
        }
    }

    private static func conditions() -> [Expression] {
        func column(_ place: Int) -> Expression { .column(place, columns[place].1) }
        func compared(_ function: ScalarFunction, _ place: Int, _ value: Scalar) -> Expression {
            .call(function, [column(place), .literal(value, columns[place].1)], .boolean)
        }
        let like = Expression.call(.like, [column(0), .literal(.text("%or -%"), .text)], .boolean)
        let isNull = Expression.call(.isNull, [column(1)], .boolean)
        return [
            like, .call(.not, [like], .boolean), compared(.equal, 0, .text("error 3")),
            compared(.greater, 1, .integer(2)), compared(.notEqual, 2, .double(0.5)),
            compared(.lessOrEqual, 3, .numeric(7, scale: 4)), column(4), .call(.isNotNull, [column(4)], .boolean),
            .oneOf(column(1), [.integer(3), .integer(-4), .null]),
            .call(.and, [compared(.greater, 1, .integer(-5)), compared(.less, 1, .integer(5))], .boolean),
            // Some of which null meets.
            isNull, .call(.or, [isNull, compared(.greater, 1, .integer(4))], .boolean),
            .call(.isDistinctFrom, [column(1), .literal(.integer(2), .integer)], .boolean),
            // Of two columns.
            .call(.or, [compared(.greater, 1, .integer(4)), like], .boolean),
        ]
    }

    @Test(arguments: [2, 5, 40, 1_000]) func answersAreTheSame(every: Int) throws {
        var random = SeededGenerator(seed: UInt64(every))
        let base = MemoryTable("t", Self.columns, rows: Self.rows(900, every: every, &random), morselRows: 130)
        let plain = MemoryCatalog(tables: [base])
        for form in PageForm.allCases {
            let paged = PagedCatalog(plain, as: form)
            for (number, condition) in Self.conditions().enumerated() {
                for second in [nil, Self.conditions()[Int.random(in: 0..<14, using: &random)]] {
                    var plan = Plan.filter(plain.scan("t"), condition)
                    if let second { plan = .filter(plan, second) }
                    let expected = try executor.rows(plan, plain)
                    for engine in [executor, sharing] {
                        let found = try engine.run(plan, catalog: paged, options: QueryOptions()).rows
                        #expect(found == expected, "\(form), condition \(number)")
                    }
                }
            }
        }
    }

    /// Of ten pieces with three values each the column is not laid out once, and others are read where a row is left.
    @Test func rowsWithoutAValueAreNotLaidOut() throws {
        let rows = (0..<1_000).map { row -> [Scalar] in
            let text: Scalar = row % 100 < 3 ? .text(row < 300 ? "timeout" : "refused") : .null
            return [text, .integer(Int64(row))]
        }
        let base = MemoryTable("t", [("a", .text), ("v", .integer)], rows: rows, morselRows: 100)
        let catalog = OneTableCatalog(table: SparseTable(base: base))
        let like = Expression.call(.like, [.column(0, .text), .literal(.text("%time%"), .text)], .boolean)
        let sum = AggregateCall(function: .sum, arguments: [.column(1, .integer)], type: .numeric(scale: 0))
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        let plan = Plan.aggregate(
            .filter(catalog.scan, like), groups: [], aggregates: [count, sum],
            output: [count, sum].map { TableColumn(name: "c", type: $0.type) })
        let answer = try executor.run(plan, catalog: catalog, options: QueryOptions())
        #expect(answer.rows == [[.integer(9), .numeric(3 + 303 + 603, scale: 0)]])
        #expect(catalog.table.asked.count.load(ordering: .relaxed) == 10)
        // The other column, of the three pieces that have a row.
        #expect(base.reads.pagesRead.load(ordering: .relaxed) == 3)
    }
}

/// A table that gives values without the rows that have none.
private struct SparseTable: TableSource {
    final class Asked: Sendable { let count = Atomic<Int>(0) }

    let base: MemoryTable
    /// How often values alone were asked for.
    let asked = Asked()

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }
    func morsels(for request: ScanRequest) -> [any Morsel] { base.pieces.map { SparseMorsel(base: $0, asked: asked) } }
}

private struct SparseMorsel: Morsel {
    let base: MemoryMorsel
    let asked: SparseTable.Asked

    var rowCount: Int { base.rowCount }
    func column(_ index: Int) -> Vector { base.column(index) }
    func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }

    func present(_ index: Int) throws -> PresentValues? {
        asked.count.add(1, ordering: .relaxed)
        let page = PageEncoder.encode(base.vectors[index])
        return try PageDecoder.present(page.header, payload: page.payload[...], type: base.vectors[index].type)
    }
}
