import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Where pieces of a table come as one that tells what is known of all of them, answers are the same, and what that
/// answers is not looked at piece by piece.
@Suite struct JoinedPieceTests {
    private static let columns: [(String, ColumnType)] = [("k", .integer), ("t", .timestamptz), ("row", .integer)]
    private let output = [TableColumn(name: "v", type: .integer)]

    private func plan(_ function: AggregateFunction, _ column: Int, _ type: ColumnType, of input: Plan) -> Plan {
        .aggregate(
            input, groups: [],
            aggregates: [AggregateCall(function: function, arguments: [.column(column, type)], type: type)],
            output: output)
    }

    /// Of forty pieces in four joined ones none is read for the last time, and for the last rows one whole and the time
    /// of no other.
    @Test func whatIsKnownOfManyPiecesIsNotAskedOfEach() throws {
        let base = MemoryTable(
            "t", Self.columns,
            rows: (0..<2_000).map { [.integer(Int64($0 % 7)), .timestamptz(Int64($0)), .integer(Int64($0))] },
            morselRows: 50)
        let catalog = OneTableCatalog(table: JoiningTable(base: base, perJoin: 10))
        let last = try executor.run(
            plan(.maximum, 1, .timestamptz, of: catalog.scan), catalog: catalog, options: QueryOptions())
        #expect(last.rows == [[.timestamptz(1_999)]])
        #expect(catalog.table.taken.pagesRead.load(ordering: .relaxed) == 0)
        #expect(base.reads.pagesRead.load(ordering: .relaxed) == 0)
        let key = SortKey(expression: .column(1, .timestamptz), isDescending: true, nullsFirst: true)
        let rows = try executor.run(
            .sort(catalog.scan, [key], limit: 2), catalog: catalog, options: QueryOptions()
        ).rows
        let expected: [[Scalar]] = [
            [.integer(1_999 % 7), .timestamptz(1_999), .integer(1_999)],
            [.integer(1_998 % 7), .timestamptz(1_998), .integer(1_998)],
        ]
        #expect(rows == expected)
        // One joined piece was taken apart; of its parts one was read: the key, then all three columns.
        #expect(catalog.table.taken.pagesRead.load(ordering: .relaxed) == 1)
        #expect(base.reads.pagesRead.load(ordering: .relaxed) == 1 + 3)
    }

    @Test func answersAreTheSame() throws {
        var random = SeededGenerator(seed: 5)
        for round in 0..<200 {
            let rows = (0..<Int.random(in: 0..<120, using: &random)).map { row -> [Scalar] in
                let value = Int64.random(in: -6..<6, using: &random)
                return [row % 6 == 1 ? .null : .integer(value), .timestamptz(Int64(row / 4)), .integer(Int64(row))]
            }
            let base = MemoryTable(
                "t", Self.columns, rows: rows, morselRows: Int.random(in: 1..<9, using: &random),
                hasSummaries: round % 5 != 0)
            let plain = MemoryCatalog(tables: [base])
            let joined = OneTableCatalog(
                table: JoiningTable(base: base, perJoin: Int.random(in: 1..<6, using: &random)))
            var input = joined.scan
            if Bool.random(using: &random) {
                let end = Expression.literal(.timestamptz(Int64.random(in: 0..<30, using: &random)), .timestamptz)
                input = .filter(input, .call(.less, [.column(1, .timestamptz), end], .boolean))
            }
            let byTime = Bool.random(using: &random)
            let key = SortKey(
                expression: byTime ? .column(1, .timestamptz) : .column(0, .integer),
                isDescending: Bool.random(using: &random), nullsFirst: Bool.random(using: &random))
            let plans: [Plan] = [
                plan(.maximum, 1, .timestamptz, of: input), plan(.minimum, 0, .integer, of: input),
                plan(.count, 0, .integer, of: input),
                .sort(input, [key], limit: Int.random(in: 1..<9, using: &random)),
                .limit(input, count: 3, offset: 2),
            ]
            for plan in plans {
                let expected = try executor.rows(plan, plain)
                for engine in [executor, sharing] {
                    let rows = try engine.run(plan, catalog: joined, options: QueryOptions()).rows
                    #expect(rows == expected, "round \(round): \(plan.shown)")
                }
            }
        }
    }
}

/// A table whose neighbouring pieces come as one where a question may do with that.
private struct JoiningTable: TableSource {
    let base: MemoryTable
    let perJoin: Int
    /// Counts as pages what was taken apart.
    let taken = ScanStatistics()

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }

    func morsels(for request: ScanRequest) -> [any Morsel] {
        guard request.mayJoin else { return base.morsels(for: request) }
        return stride(from: 0, to: base.pieces.count, by: perJoin).map { start -> any Morsel in
            let pieces = Array(base.pieces[start..<min(start + perJoin, base.pieces.count)])
            if pieces.count == 1 { return pieces[0] }
            return JoinedMorsel(pieces: pieces, taken: taken)
        }
    }
}

private struct JoinedMorsel: Morsel {
    let pieces: [MemoryMorsel]
    let taken: ScanStatistics

    var rowCount: Int { pieces.reduce(0) { $0 + $1.rowCount } }
    var pieceCount: Int { pieces.count }

    func parts() -> [any Morsel] {
        taken.add(pagesRead: 1)
        return pieces
    }

    func column(_ index: Int) -> Vector { preconditionFailure("its parts are read") }

    func summary(_ index: Int) -> ColumnSummary? {
        var rows = 0
        var merged: ColumnSummary? = ColumnSummary(minimum: .null, maximum: .null, nullCount: 0)
        for piece in pieces {
            merged = merged.flatMap { known in
                piece.summary(index).map { known.merged(rowCount: rows, with: $0, piece.rowCount) }
            }
            rows += piece.rowCount
        }
        return merged
    }
}
