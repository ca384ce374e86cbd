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
        let (catalog, reads) = (HollowCatalog(base: Self.base), Self.base.reads)
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

/// The table without its second column, which nobody may read.
private struct HollowCatalog: TableCatalog {
    let base: MemoryTable
    let position: Int64 = 1
    let watermark: Int64 = 0
    let now: Int64 = 0

    func table(named name: String) -> (any TableSource)? { name == "t" ? HollowTable(base: base) : nil }
    var tableNames: [String] { ["t"] }
    func userToken(_ userID: String) -> String { userID }
}

private struct HollowTable: TableSource {
    let base: MemoryTable

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }
    func morsels(for request: ScanRequest) -> [any Morsel] { base.pieces.map { HollowMorsel(base: $0) } }
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
