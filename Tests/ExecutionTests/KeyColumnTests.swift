import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Columns of texts by which rows are only grouped or counted are read as such, all others with their texts; answers
/// are the same.
@Suite struct KeyColumnTests {
    private static let columns: [(String, ColumnType)] = [("id", .text), ("user", .text), ("n", .integer)]
    private static let id = Expression.column(0, .text)
    private static let user = Expression.column(1, .text)

    private static func rows(_ count: Int, _ random: inout SeededGenerator) -> [[Scalar]] {
        (0..<count).map { row in
            let id = Int.random(in: 0..<40, using: &random)
            let user = Int.random(in: 0..<7, using: &random)
            return [
                id == 0 ? .null : .text("c-\(id)"), user == 0 ? .null : .text("c-\(user)"), .integer(Int64(row % 9)),
            ]
        }
    }

    private static func aggregate(
        _ input: Plan, by groups: [Expression], _ calls: [AggregateCall]
    ) -> Plan {
        let output = groups.map { TableColumn(name: "g", type: $0.type) }
        return .aggregate(
            input, groups: groups, aggregates: calls,
            output: output + calls.map { TableColumn(name: "a", type: $0.type) })
    }

    private static func count(
        _ argument: Expression? = nil, isDistinct: Bool = false, filter: Expression? = nil
    ) -> AggregateCall {
        AggregateCall(
            function: argument == nil ? .countRows : .count, arguments: argument.map { [$0] } ?? [],
            isDistinct: isDistinct, filter: filter, type: .integer)
    }

    private static func greatest(_ argument: Expression) -> AggregateCall {
        AggregateCall(function: .maximum, arguments: [argument], type: .text)
    }

    /// What is asked of a table, and which of its columns are keys then.
    private static func questions(_ scan: Plan) -> [(plan: Plan, keys: Set<Int>)] {
        let hasUser = Expression.call(.isNotNull, [user], .boolean)
        let isUser = Expression.call(.equal, [user, .literal(.text("c-3"), .text)], .boolean)
        let upper = Expression.call(.upper, [id], .text)
        let pairs = aggregate(scan, by: [id, user], [count()])
        func joined(
            _ right: Plan, _ kind: JoinKind = .inner, on keys: (Expression, Expression)? = nil,
            residual: Expression? = nil
        ) -> Plan {
            .join(
                left: scan, right: right, kind: kind, leftKeys: [keys?.0 ?? id], rightKeys: [keys?.1 ?? user],
                residual: residual)
        }
        let (number, rightUser) = (Expression.column(2, .integer), Expression.column(4, .text))
        let members = Plan.distinct(.project(scan, [user], output: [TableColumn(name: "u", type: .text)]))
        let first = Expression.column(0, .text)
        let isMember = Expression.call(.isNotNull, [.column(3, .text)], .boolean)
        let isLater = Expression.call(.greater, [.column(5, .integer), number], .boolean)
        let isOther = Expression.call(.notEqual, [user, .column(3, .text)], .boolean)
        let renamed = Plan.project(
            joined(scan), [number, id],
            output: [TableColumn(name: "n", type: .integer), TableColumn(name: "i", type: .text)])
        let areMany = Expression.call(.greater, [.column(2, .integer), .literal(.integer(1), .integer)], .boolean)
        return [
            (aggregate(scan, by: [id], [count()]), [0]),
            (aggregate(scan, by: [id, user], [count()]), [0, 1]),
            (aggregate(scan, by: [.column(2, .integer)], [count(id, isDistinct: true), count(user)]), [0, 1]),
            (aggregate(scan, by: [], [count(id, isDistinct: true)]), [0]),
            (aggregate(.filter(scan, hasUser), by: [id], [count(user, isDistinct: true)]), [0, 1]),
            (aggregate(.filter(scan, isUser), by: [id, user], [count()]), [0]),
            (aggregate(scan, by: [id], [count(filter: isUser), count(user)]), [0]),
            (aggregate(scan, by: [id], [greatest(id)]), []),
            (aggregate(scan, by: [upper], [count(user)]), [1]),
            (aggregate(scan, by: [id, upper], [count()]), []),
            (aggregate(aggregate(scan, by: [id], [count()]), by: [.column(1, .integer)], [count()]), [0]),
            // Of the keys below nobody looks at any, at the second, at the first, at both.
            (aggregate(pairs, by: [], [count(filter: areMany)]), [0, 1]),
            (aggregate(pairs, by: [user], [count(.column(2, .integer))]), [0, 1]),
            (aggregate(pairs, by: [.column(2, .integer)], [count(id, isDistinct: true)]), [0, 1]),
            (aggregate(pairs, by: [user], [greatest(id), count(filter: isUser)]), [0, 1]),
            // Rows pair up by keys that nobody looks at, or only groups by, or are shown.
            (aggregate(joined(scan), by: [number], [count()]), [0, 1]),
            (aggregate(joined(scan, .left), by: [number], [count(.column(5, .integer))]), [0, 1]),
            (aggregate(joined(members, on: (id, first)), by: [number], [count()]), [0, 1]),
            (aggregate(joined(members, .left, on: (user, first)), by: [number], [count(filter: isMember)]), []),
            (aggregate(joined(scan), by: [id], [count()]), [0, 1]),
            (aggregate(joined(scan), by: [rightUser], [count()]), []),
            (aggregate(joined(scan), by: [number], [greatest(id)]), []),
            (aggregate(joined(scan, on: (.call(.upper, [id], .text), user)), by: [number], [count()]), []),
            (aggregate(joined(scan, .left, residual: isLater), by: [number], [count()]), [0, 1]),
            (aggregate(joined(scan, residual: isOther), by: [number], [count()]), [0, 1]),
            (aggregate(.filter(joined(scan), isLater), by: [number], [count()]), [0, 1]),
            (aggregate(renamed, by: [.column(1, .text)], [count(.column(0, .integer))]), [0, 1]),
            (aggregate(joined(joined(scan), on: (id, user)), by: [number], [count()]), [0, 1]),
        ]
    }

    @Test func answersAreTheSame() throws {
        var random = SeededGenerator(seed: 8)
        for round in 0..<20 {
            let base = MemoryTable(
                "t", Self.columns, rows: Self.rows(Int.random(in: 0..<300, using: &random), &random),
                morselRows: Int.random(in: 1..<90, using: &random))
            let plain = MemoryCatalog(tables: [base])
            let catalog = OneTableCatalog(table: KeyedTable(base: base))
            for (number, question) in Self.questions(catalog.scan).enumerated() {
                let expected = try executor.rows(question.plan, plain)
                for engine in [executor, sharing] {
                    catalog.table.asked.columns.withLock { $0 = [] }
                    let rows = try engine.run(question.plan, catalog: catalog, options: QueryOptions()).rows
                    #expect(rows == expected, "round \(round), question \(number)")
                    let asked = catalog.table.asked.columns.withLock { $0 }
                    #expect(asked.isSubset(of: question.keys), "round \(round), question \(number)")
                    // Of few rows that a filter leaves single values are read, and of pieces of few the keys may be
                    // told by headers.
                    if base.pieces.contains(where: { $0.rowCount >= 9 }), number != 4, number != 5 {
                        #expect(asked == question.keys, "round \(round), question \(number)")
                    }
                }
            }
        }
    }
}

extension KeyColumnTests {
    /// Where it is known which texts the rows have, and no condition is left to be tried, no row is looked at to count
    /// them, or the groups that they make; unless something else is asked, too, that headers do not tell.
    @Test func textsThatAreKnownAreCountedWithoutRows() throws {
        var random = SeededGenerator(seed: 9)
        for round in 0..<12 {
            let base = MemoryTable(
                "t", Self.columns, rows: Self.rows(Int.random(in: 1..<300, using: &random), &random),
                morselRows: Int.random(in: 1..<90, using: &random))
            let plain = MemoryCatalog(tables: [base])
            let catalog = OneTableCatalog(table: KeyedTable(base: base, knowsTexts: true))
            let few = Expression.call(.less, [.column(2, .integer), .literal(.integer(4), .integer)], .boolean)
            let all = Expression.call(.less, [.column(2, .integer), .literal(.integer(90), .integer)], .boolean)
            let ids = Self.count(Self.id, isDistinct: true)
            let groups = Self.aggregate(catalog.scan, by: [Self.id], [])
            for (number, plan) in [
                Self.aggregate(catalog.scan, by: [], [ids]), Self.aggregate(.filter(catalog.scan, all), by: [], [ids]),
                Self.aggregate(catalog.scan, by: [], [ids, Self.count()]),
                Self.aggregate(groups, by: [], [Self.count()]),
                Self.aggregate(.filter(catalog.scan, few), by: [], [ids]),
                Self.aggregate(catalog.scan, by: [], [ids, Self.count(Self.user, isDistinct: true)]),
                Self.aggregate(catalog.scan, by: [Self.user], [ids]),
                Self.aggregate(catalog.scan, by: [], [Self.count(Self.id)]),
            ].enumerated() {
                let expected = try executor.rows(plan, plain)
                let before = base.reads.pagesRead.load(ordering: .relaxed)
                for engine in [executor, sharing] {
                    let rows = try engine.run(plan, catalog: catalog, options: QueryOptions()).rows
                    #expect(rows == expected, "round \(round), question \(number)")
                }
                let pages = base.reads.pagesRead.load(ordering: .relaxed) - before
                if number < 4 { #expect(pages == 0, "round \(round), question \(number)") }
            }
        }
    }
}

/// A table whose keys come with a dictionary that has far more texts than the rows.
private struct KeyedTable: TableSource {
    final class Asked: Sendable { let columns = Mutex<Set<Int>>([]) }

    let base: MemoryTable
    /// The columns that were asked for as keys.
    let asked = Asked()
    /// Whether it is known which texts a piece has.
    var knowsTexts = false

    var name: String { base.name }
    var columns: [TableColumn] { base.columns }
    func morsels(for request: ScanRequest) -> [any Morsel] {
        base.morsels(for: request).map { KeyedMorsel(base: $0, asked: asked, knowsTexts: knowsTexts) }
    }
}

private struct KeyedMorsel: Morsel {
    let base: any Morsel
    let asked: KeyedTable.Asked
    let knowsTexts: Bool

    var rowCount: Int { base.rowCount }
    func column(_ index: Int) throws -> Vector { try base.column(index) }
    func summary(_ index: Int) -> ColumnSummary? { base.summary(index) }

    func texts(_ index: Int) throws -> Vector? {
        guard knowsTexts, let base = base as? MemoryMorsel else { return nil }
        let column = base.vectors[index]
        let texts = Set((0..<column.count).map { column.scalar(at: $0) }).filter { !$0.isNull }
        // order: none is promised.
        return Vector(type: .text, scalars: Array(texts))
    }

    func keys(_ index: Int) throws -> Vector {
        asked.columns.withLock { _ = $0.insert(index) }
        let column = try base.column(index)
        let all = TextDictionary((0..<200).map { "c-\(199 - $0)" })
        var validity = Validity(count: column.count, allValid: true)
        let codes = (0..<column.count).map { row -> UInt32 in
            guard case .text(let text) = column.scalar(at: row), let number = UInt32(text.dropFirst(2)) else {
                validity[row] = false
                return 0
            }
            return 199 - number
        }
        return Vector(
            type: .text, count: column.count, storage: .text(codes: codes, dictionary: all), validity: validity)
    }
}
