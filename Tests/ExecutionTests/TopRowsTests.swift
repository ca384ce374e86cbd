import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// The first rows in an order are those of a whole sort, whatever was left unread to find them.
@Suite struct TopRowsTests {
    private func key(_ index: Int, _ type: ColumnType, descending: Bool = true, nullsFirst: Bool = true) -> SortKey {
        SortKey(expression: .column(index, type), isDescending: descending, nullsFirst: nullsFirst)
    }

    /// Of forty morsels the last one's key is read, and the rest of its rows: four pages of a hundred and twenty.
    @Test func whatComesTooLateIsNotRead() throws {
        let table = MemoryTable(
            "t", [("k", .timestamptz), ("a", .integer), ("b", .text)],
            rows: (0..<2_000).map { [.timestamptz(Int64($0)), .integer(Int64($0 % 7)), .text("row \($0)")] },
            morselRows: 50)
        let catalog = MemoryCatalog(tables: [table])
        let plan = Plan.sort(catalog.scan("t"), [key(0, .timestamptz)], limit: 3)
        let answer = try executor.run(plan, catalog: catalog, options: QueryOptions())
        let rows = answer.rows
        // The morsel tells where the last three stand: of the others not even the key is looked at.
        #expect(answer.statistics.rowsScanned == 3)
        let expected: [[Scalar]] = (0..<3).map { back in
            let number = 1_999 - back
            return [.timestamptz(Int64(number)), .integer(Int64(number % 7)), .text("row \(number)")]
        }
        #expect(rows == expected)
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 4)
        // Nothing is known of a key that is computed: all keys are read, and still only one morsel whole.
        let zero = Expression.literal(.integer(0), .integer)
        let computed = Expression.call(.coalesce, [.column(1, .integer), zero], .integer)
        let by = SortKey(expression: computed, isDescending: true, nullsFirst: false)
        _ = try executor.rows(.sort(catalog.scan("t"), [by], limit: 3), catalog)
        #expect(table.reads.pagesRead.load(ordering: .relaxed) == 4 + 40 + 3)
    }

    /// Of forty morsels, the first of which has the greatest values, the other keys are read in that one alone.
    @Test func furtherKeysAreReadOfRowsThatTheFirstLeaves() throws {
        let table = MemoryTable(
            "t", [("k", .integer), ("a", .integer), ("b", .text)],
            rows: (0..<2_000).map { row in
                let key = row < 50 ? 5_000 + row / 4 : row * 7_919 % 2_000
                return [row % 50 == 9 ? .null : .integer(Int64(key)), .integer(Int64(row % 3)), .text("row \(row)")]
            },
            morselRows: 50, hasSummaries: false)
        let catalog = MemoryCatalog(tables: [table])
        let keys = [
            key(0, .integer, nullsFirst: false), key(1, .integer, descending: false), key(2, .text, descending: false),
        ]
        let whole = try executor.rows(.sort(catalog.scan("t"), keys, limit: nil), catalog)
        let before = table.reads.pagesRead.load(ordering: .relaxed)
        let first = try executor.rows(.sort(catalog.scan("t"), keys, limit: 3), catalog)
        #expect(first == Array(whole.prefix(3)))
        #expect(table.reads.pagesRead.load(ordering: .relaxed) - before == 40 + 2 + 3)
    }

    @Test(arguments: [true, false]) func theyAreThoseOfAWholeSort(hasSummaries: Bool) throws {
        var random = SeededGenerator(seed: hasSummaries ? 91 : 92)
        for round in 0..<150 {
            let rows = (0..<random.below(90)).map { row -> [Scalar] in
                [
                    random.below(6) == 0 ? .null : .integer(Int64(random.below(12)) - 6),
                    random.below(6) == 0 ? .null : .text(String(repeating: "é", count: random.below(4))),
                    random.below(6) == 0 ? .null : .double([0, -0.0, 1.5, .nan, -.infinity][random.below(5)]),
                    .integer(Int64(row)),
                ]
            }
            let table = MemoryTable(
                "t", [("i", .integer), ("s", .text), ("d", .double), ("row", .integer)], rows: rows,
                morselRows: 1 + random.below(9), hasSummaries: hasSummaries)
            let catalog = MemoryCatalog(tables: [table])
            let types: [ColumnType] = [.integer, .text, .double]
            let keys = (0..<1 + random.below(2)).map { _ in
                let column = random.below(3)
                return key(
                    column, types[column], descending: random.below(2) == 0, nullsFirst: random.below(2) == 0)
            }
            var input = catalog.scan("t")
            if random.below(2) == 0 {
                let end = Expression.literal(.integer(Int64(random.below(90))), .integer)
                input = .filter(input, .call(.less, [.column(3, .integer), end], .boolean))
            }
            if random.below(2) == 0 {
                let columns = catalog.tables[0].columns
                let expressions = columns.enumerated().map { Expression.column($0.offset, $0.element.type) }
                input = .project(input, expressions, output: columns)
            }
            let wanted = 1 + random.below(12)
            let whole = try executor.rows(.sort(input, keys, limit: nil), catalog)
            for engine in [executor, sharing] {
                let first = try engine.rows(.sort(input, keys, limit: wanted), catalog)
                #expect("\(first)" == "\(Array(whole.prefix(wanted)))", "round \(round): \(keys)")
            }
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
