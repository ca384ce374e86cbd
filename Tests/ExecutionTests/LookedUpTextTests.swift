import Columnar
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// Conditions that name texts of a column that finds them by itself: no piece is read that has none of them.
@Suite struct LookedUpTextTests {
    /// Finds rows by their texts, as a column with a filter does.
    private struct SearchedMorsel: Morsel {
        let base: MemoryMorsel
        var rowCount: Int { base.rowCount }
        func column(_ index: Int) -> Vector { base.column(index) }
        func summary(_ index: Int) -> ColumnSummary? { nil }
        func rows(_ index: Int, ofTexts texts: [[UInt8]]) -> [UInt32]? {
            let wanted = texts.map { Scalar.text(String(decoding: $0, as: UTF8.self)) }
            return (0..<UInt32(rowCount)).filter { wanted.contains(base.vectors[index].scalar(at: Int($0))) }
        }
    }

    private struct SearchedTable: TableSource {
        let base: MemoryTable
        var name: String { base.name }
        var columns: [TableColumn] { base.columns }
        func morsels(for request: ScanRequest) -> [any Morsel] { base.pieces.map { SearchedMorsel(base: $0) } }
    }

    /// Ten pieces of seven rows; in the third `c2` and null, in the ninth `c8`.
    private static func catalog() -> OneTableCatalog<SearchedTable> {
        let rows = (0..<70).map { row -> [Scalar] in
            [row % 7 == 3 ? .null : .text("c\(row / 7)"), .integer(Int64(row))]
        }
        let table = MemoryTable("t", [("name", .text), ("number", .integer)], rows: rows, hasSummaries: false)
        return OneTableCatalog(table: SearchedTable(base: table))
    }

    private static func numbers(_ catalog: OneTableCatalog<SearchedTable>, oneOf values: [Scalar]) throws -> [Int64] {
        let table = catalog.table.base
        let scan = Plan.scan(table: "t", columns: [0, 1], output: table.columns, predicates: [])
        let plan = Plan.filter(scan, .oneOf(.column(0, .text), values))
        let result = try executor.run(plan, catalog: catalog, options: QueryOptions())
        return result.chunks.flatMap { chunk in
            (0..<chunk.rowCount).compactMap { row in
                if case .integer(let number) = chunk.columns[1].scalar(at: row) { number } else { nil }
            }
        }
    }

    private static let wanted: [Int64] = [14, 15, 16, 18, 19, 20, 56, 57, 58, 60, 61, 62]

    @Test func onlyPiecesThatHaveOneAreRead() throws {
        let catalog = Self.catalog()
        let found = try Self.numbers(catalog, oneOf: [.text("c8"), .null, .text("c2"), .text("c8"), .text("no")])
        #expect(found == Self.wanted)
        // Both columns of two pieces.
        #expect(catalog.table.base.reads.pagesRead.load(ordering: .relaxed) == 4)
    }

    @Test func manyTextsAreComparedRowByRow() throws {
        let catalog = Self.catalog()
        let others = (100..<120).map { Scalar.text("c\($0)") }
        #expect(try Self.numbers(catalog, oneOf: [.text("c2"), .text("c8")] + others) == Self.wanted)
        #expect(catalog.table.base.reads.pagesRead.load(ordering: .relaxed) >= 10)
    }
}
