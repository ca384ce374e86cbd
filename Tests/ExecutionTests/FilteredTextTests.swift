import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// Rows that count by a text, or that a condition leaves by one, are found in the column as it is stored, where nothing
/// else looks at it.
@Suite struct FilteredTextTests {
    private static let columns: [(String, ColumnType)] = [
        ("status", .text), ("n", .integer), ("name", .text), ("time", .timestamptz),
    ]
    private static let status = Expression.column(0, .text)
    private static let number = Expression.column(1, .integer)

    /// A piece that finds the rows of a text, as a page does.
    private struct FindingMorsel: Morsel {
        let base: MemoryMorsel
        var rowCount: Int { base.rowCount }
        func column(_ index: Int) -> Vector { base.column(index) }
        func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }
        func rows(_ index: Int, within times: ClosedRange<Int64>) -> [UInt32]? { base.rows(index, within: times) }
        func rows(_ index: Int, withText text: [UInt8]) -> [UInt32]? {
            let wanted = Scalar.text(String(decoding: text, as: UTF8.self))
            return (0..<rowCount).filter { base.vectors[index].scalar(at: $0) == wanted }.map { UInt32($0) }
        }
    }

    private struct FindingTable: TableSource {
        let base: MemoryTable
        var name: String { base.name }
        var columns: [TableColumn] { base.columns }
        func morsels(for request: ScanRequest) -> [any Morsel] { base.pieces.map { FindingMorsel(base: $0) } }
    }

    private static func `is`(_ text: String, _ column: Expression = status) -> Expression {
        .call(.equal, [column, .literal(.text(text), .text)], .boolean)
    }

    private static func count(where filter: Expression?) -> AggregateCall {
        AggregateCall(function: .countRows, arguments: [], filter: filter, type: .integer)
    }

    private static func plan(_ input: Plan, by groups: [Expression] = [], _ calls: [AggregateCall]) -> Plan {
        .aggregate(
            input, groups: groups, aggregates: calls,
            output: (groups.map(\.type) + calls.map(\.type)).map { TableColumn(name: "c", type: $0) })
    }

    private static func table(rows count: Int, morselRows: Int) -> MemoryTable {
        let rows = (0..<count).map { row -> [Scalar] in
            let status: Scalar = row % 11 == 3 ? .null : .text(row / 7 % 5 == 0 ? "error" : "ok")
            return [status, .integer(Int64(row % 4)), .text("name \(row % 3)"), .timestamptz(Int64(row))]
        }
        return MemoryTable("t", columns, rows: rows, morselRows: morselRows)
    }

    @Test func columnsOfFiltersAreNotRead() throws {
        let base = Self.table(rows: 900, morselRows: 300)
        let catalog = OneTableCatalog(table: FindingTable(base: base))
        let plain = MemoryCatalog(tables: [base])
        let sum = AggregateCall(
            function: .sum, arguments: [Self.number], filter: Self.is("error"), type: .integer)
        let longest = AggregateCall(function: .maximum, arguments: [Self.status], type: .text)
        let isNotTwo = Expression.call(.notEqual, [Self.number, .literal(.integer(2), .integer)], .boolean)
        let isOther = Expression.call(.notEqual, [Self.status, .literal(.text("ok"), .text)], .boolean)
        let both = Expression.call(
            .and, [Self.is("error"), Self.is("name 1", .column(2, .text))], .boolean)
        // How many columns each of three pieces reads: none; what is added up; the key; what others look at, too, what
        // is asked otherwise, and of fewer rows than the piece has.
        let cases: [(Plan, Int)] = [
            (Self.plan(catalog.scan, [Self.count(where: Self.is("error")), Self.count(where: nil)]), 0),
            (Self.plan(catalog.scan, [Self.count(where: Self.is("nothing")), Self.count(where: nil)]), 0),
            (Self.plan(catalog.scan, [sum]), 1),
            (Self.plan(catalog.scan, by: [Self.number], [Self.count(where: Self.is("error"))]), 1),
            (Self.plan(catalog.scan, [Self.count(where: Self.is("error")), Self.count(where: Self.is("ok"))]), 1),
            (Self.plan(catalog.scan, [Self.count(where: Self.is("error")), longest]), 1),
            (Self.plan(catalog.scan, by: [Self.status], [Self.count(where: Self.is("error"))]), 1),
            (Self.plan(catalog.scan, [Self.count(where: isOther)]), 1),
            (Self.plan(catalog.scan, [Self.count(where: both)]), 2),
            (Self.plan(.filter(catalog.scan, isNotTwo), [Self.count(where: Self.is("error"))]), 2),
        ]
        for (question, (plan, read)) in cases.enumerated() {
            let expected = try executor.rows(plan, plain)
            for engine in [executor, sharing] {
                let before = base.reads.pagesRead.load(ordering: .relaxed)
                #expect(try engine.run(plan, catalog: catalog, options: QueryOptions()).rows == expected)
                #expect(base.reads.pagesRead.load(ordering: .relaxed) - before == 3 * read, "question \(question)")
            }
        }
    }

    private static func isBefore(_ time: Int) -> Expression {
        .call(
            .less, [.column(3, .timestamptz), .literal(.timestamptz(Int64(time)), .timestamptz)], .boolean)
    }

    @Test func columnsOfConditionsAreNotRead() throws {
        let base = Self.table(rows: 900, morselRows: 300)
        let catalog = OneTableCatalog(table: FindingTable(base: base))
        let sum = AggregateCall(function: .sum, arguments: [Self.number], type: .integer)
        let isNotTwo = Expression.call(.notEqual, [Self.number, .literal(.integer(2), .integer)], .boolean)
        let failed = Plan.filter(catalog.scan, Self.is("error"))
        let output = [TableColumn(name: "c", type: .text)]
        // How many columns three pieces read: none; what is added up; what was asked before; of the piece alone that
        // lies across the bound, the others being proved; of few rows those of the column, as ever.
        let cases: [(Plan, Int)] = [
            (Self.plan(failed, [Self.count(where: nil)]), 0),
            (.project(failed, [Self.status], output: output), 0),
            (Self.plan(failed, [sum]), 3),
            (Self.plan(failed, by: [Self.status], [Self.count(where: nil)]), 0),
            (Self.plan(.filter(.filter(catalog.scan, isNotTwo), Self.is("error")), [Self.count(where: nil)]), 3),
            (Self.plan(.filter(.filter(catalog.scan, Self.isBefore(500)), Self.is("error")), [sum]), 2),
            (Self.plan(.filter(.filter(catalog.scan, Self.isBefore(30)), Self.is("error")), [sum]), 2),
        ]
        for (question, (plan, read)) in cases.enumerated() {
            let expected = try executor.rows(plan, MemoryCatalog(tables: [base]))
            for engine in [executor, sharing] {
                let before = base.reads.pagesRead.load(ordering: .relaxed)
                #expect(try engine.run(plan, catalog: catalog, options: QueryOptions()).rows == expected)
                #expect(base.reads.pagesRead.load(ordering: .relaxed) - before == read, "question \(question)")
            }
        }
    }

    @Test func answersAreTheSame() throws {
        var random = SeededGenerator(seed: 16)
        for round in 0..<80 {
            let base = Self.table(
                rows: Int.random(in: 1..<900, using: &random), morselRows: Int.random(in: 20..<400, using: &random))
            let catalog = OneTableCatalog(table: FindingTable(base: base))
            let bound = Expression.literal(.integer(Int64(round % 5) - 1), .integer)
            let conditions = [
                Self.isBefore(Int.random(in: 0..<1_000, using: &random)),
                Self.is(["error", "ok", "nothing"][round % 3]),
                Expression.call(.lessOrEqual, [Self.number, bound], .boolean),
                Self.is("name \(round % 4)", .column(2, .text)),
            ].shuffled(using: &random)
            let input = conditions.prefix(1 + round % 4).reduce(catalog.scan) { .filter($0, $1) }
            let sum = AggregateCall(
                function: .sum, arguments: [Self.number], filter: Self.is("error"), type: .integer)
            let last = AggregateCall(function: .maximum, arguments: [Self.status], type: .text)
            for plan in [
                input, Self.plan(input, by: [Self.number], [sum, last]),
                Self.plan(input, by: [Self.status, .column(2, .text)], [Self.count(where: Self.is("ok"))]),
                .limit(input, count: 7, offset: 0),
            ] {
                let expected = try executor.rows(plan, MemoryCatalog(tables: [base]))
                for engine in [executor, sharing] {
                    let found = try engine.run(plan, catalog: catalog, options: QueryOptions()).rows
                    #expect(found == expected, "seed 16, round \(round)")
                }
            }
        }
    }
}
