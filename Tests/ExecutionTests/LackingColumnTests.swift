import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Columns that a piece of a table lacks are null, and nobody reads them.
@Suite struct LackingColumnTests {
    private static let base = MemoryTable(
        "t", [("k", .integer), ("a", .text)], rows: (0..<90).map { [.integer(Int64($0)), .null] }, morselRows: 30)

    @Test func whatIsLackingIsNullAndNotRead() throws {
        let (catalog, reads) = (OneTableCatalog(table: HollowTable(base: Self.base)), Self.base.reads)
        let scan = Plan.scan(table: "t", columns: [0, 1], output: Self.base.columns, predicates: [])
        let key = SortKey(expression: .column(0, .integer), isDescending: true, nullsFirst: true)
        let few = Expression.call(.less, [.column(0, .integer), .literal(.integer(2), .integer)], .boolean)
        let absent = Expression.call(.isNull, [.column(1, .text)], .boolean)
        // Beside each plan: how often a column of a piece is read.
        let plans: [(plan: Plan, rows: [Int64], reads: Int)] = [
            (scan, Array(0..<90), 3), (.filter(scan, few), [0, 1], 1),
            (.filter(.filter(scan, absent), few), [0, 1], 1),
            (.sort(scan, [key], limit: 2), [89, 88], 2),
        ]
        for (plan, rows, count) in plans {
            let before = reads.pagesRead.load(ordering: .relaxed)
            let found = try executor.run(plan, catalog: catalog, options: QueryOptions()).rows
            #expect(found == rows.map { [.integer($0), .null] }, "\(plan.shown)")
            #expect(reads.pagesRead.load(ordering: .relaxed) - before == count, "\(plan.shown)")
        }
    }
}

/// A column in which a text was looked up has that text in the rows that were found: it is not read for them.
@Suite struct LookedUpColumnTests {
    @Test(arguments: [true, false]) func whatIsLookedUpIsNotRead(usesSummaries: Bool) throws {
        let base = MemoryTable(
            "t", [("c", .text), ("k", .integer)],
            rows: (0..<90).map { [$0 % 9 == 8 ? .null : .text("c-\($0 % 9)"), .integer(Int64($0))] }, morselRows: 30)
        let catalog = OneTableCatalog(table: HollowTable(base: base, isSearched: true))
        var options = QueryOptions()
        options.usesSummaries = usesSummaries
        let scan = Plan.scan(table: "t", columns: [0, 1], output: base.columns, predicates: [])
        for (text, first) in [("c-4", 4), ("c-8", nil)] as [(String, Int64?)] {
            let before = base.reads.pagesRead.load(ordering: .relaxed)
            let condition = Expression.call(.equal, [.column(0, .text), .literal(.text(text), .text)], .boolean)
            let found = try executor.run(.filter(scan, condition), catalog: catalog, options: options).rows
            let numbers = first.map { Array(stride(from: $0, to: 90, by: 9)) } ?? []
            #expect(found == numbers.map { [.text(text), .integer($0)] })
            let reads = base.reads.pagesRead.load(ordering: .relaxed) - before
            // Of each of three morsels the number, where there is a row.
            #expect(reads == (usesSummaries ? 0 : 3) + (first == nil ? 0 : 3), "\(text)")
        }
    }
}

/// The table without its second column, which nobody may read, or with a first one that is searched for texts.
private struct HollowTable: TableSource {
    let base: MemoryTable
    var isSearched = false

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }
    func morsels(for request: ScanRequest) -> [any Morsel] {
        base.pieces.map { piece -> any Morsel in
            isSearched ? SearchedMorsel(base: piece) : HollowMorsel(base: piece)
        }
    }
}

private struct HollowMorsel: Morsel {
    let base: MemoryMorsel

    var rowCount: Int { base.rowCount }
    func lacks(_ index: Int) -> Bool { index == 1 }
    func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }

    func column(_ index: Int) -> Vector {
        #expect(index == 0, "what is lacking is read")
        return base.column(index)
    }
}

private struct SearchedMorsel: Morsel {
    let base: MemoryMorsel

    var rowCount: Int { base.rowCount }
    func summary(_ index: Int) -> ColumnSummary? { nil }
    func column(_ index: Int) -> Vector { base.column(index) }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) -> [UInt32]? {
        guard index == 0 else { return nil }
        return (0..<UInt32(rowCount)).filter { row in
            guard case .text(let own) = base.vectors[0].scalar(at: Int(row)) else { return false }
            return texts.contains(Array(own.utf8))
        }
    }
}
