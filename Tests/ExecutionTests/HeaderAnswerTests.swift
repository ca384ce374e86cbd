import Columnar
import Execution
import Plans
import Synchronization
import Testing

/// Aggregates that headers answer are computed of no row, group by group and each by itself; the others, and what they
/// come to together, are as without headers.
@Suite struct HeaderAnswerTests {
    private static let columns: [(String, ColumnType)] = [
        ("type", .text), ("time", .timestamptz), ("a", .integer), ("b", .integer), ("status", .text),
    ]
    private static let hour: Int64 = 3_600_000_000_000

    /// Forty pieces of ten rows, four of each type in turn; each lies in one hour.
    private static func table(hasSummaries: Bool = true) -> MemoryTable {
        let rows = (0..<400).map { row -> [Scalar] in
            let type: Scalar = row / 40 == 9 ? .null : .text("type \(row / 40 % 3)")
            return [
                type, .timestamptz(Int64(row / 10) / 3 * hour + Int64(row % 10)), .integer(Int64(row % 7)),
                row % 10 == 3 && row > 300 ? .null : .integer(Int64(row)), .text(row % 5 == 0 ? "error" : "ok"),
            ]
        }
        return MemoryTable("t", columns, rows: rows, morselRows: 10, hasSummaries: hasSummaries)
    }

    private static func call(
        _ function: AggregateFunction, _ argument: Expression? = nil, filter: Expression? = nil,
        as type: ColumnType
    ) -> AggregateCall {
        AggregateCall(function: function, arguments: argument.map { [$0] } ?? [], filter: filter, type: type)
    }

    private static func plan(_ input: Plan, by groups: [Expression], _ calls: [AggregateCall]) -> Plan {
        .aggregate(
            input, groups: groups, aggregates: calls,
            output: (groups.map(\.type) + calls.map(\.type)).map { TableColumn(name: "c", type: $0) })
    }

    private static let (kind, time) = (Expression.column(0, .text), Expression.column(1, .timestamptz))
    private static let (a, b) = (Expression.column(2, .integer), Expression.column(3, .integer))
    private static func times(_ factor: Int64, _ value: Expression) -> Expression {
        .call(.multiply, [value, .literal(.integer(factor), .integer)], .integer)
    }
    private static func equals(_ column: Expression, _ text: String) -> Expression {
        .call(.equal, [column, .literal(.text(text), .text)], .boolean)
    }
    private static let linear = Expression.call(.add, [times(3, a), times(-15, a)], .integer)
    private static let count = call(.countRows, as: .integer)

    /// How many pages a plan reads, whose rows are those that it gives without headers.
    private func pagesRead(_ plan: (Plan) -> Plan, _ options: QueryOptions = QueryOptions()) throws -> Int {
        let plain = MemoryCatalog(tables: [Self.table(hasSummaries: false)])
        let expected = try executor.rows(plan(plain.scan("t")), plain)
        let table = Self.table()
        let catalog = MemoryCatalog(tables: [table])
        #expect(try executor.rows(plan(catalog.scan("t")), catalog) == expected)
        let read = table.reads.pagesRead.load(ordering: .relaxed)
        #expect(try sharing.rows(plan(catalog.scan("t")), catalog) == expected)
        return read
    }

    @Test func groupsOfWholePiecesAreNotRead() throws {
        let calls = [
            Self.count, Self.call(.minimum, Self.time, as: .timestamptz), Self.call(.maximum, Self.b, as: .integer),
            Self.call(.sum, Self.b, as: .numeric(scale: 0)), Self.call(.average, Self.a, as: .numeric(scale: 16)),
            Self.call(.countRows, filter: Self.equals(Self.kind, "type 1"), as: .integer),
        ]
        #expect(try pagesRead { Self.plan($0, by: [Self.kind], calls) } == 0)
        #expect(try pagesRead { Self.plan($0, by: [Self.kind], []) } == 0)
        let upper = Expression.call(.upper, [Self.kind], .text)
        #expect(try pagesRead { Self.plan($0, by: [upper, Self.kind], [Self.count]) } == 0)
        let hours = Expression.call(.dateTrunc, [.literal(.text("hour"), .text), Self.time], .timestamptz)
        #expect(try pagesRead { Self.plan($0, by: [hours], [Self.count]) } == 0)
        #expect(try pagesRead { Self.plan($0, by: [Self.kind, hours], Array(calls[3...])) } == 0)
        // Who looks at the times themselves has them read.
        #expect(try pagesRead { Self.plan($0, by: [hours], [Self.call(.maximum, Self.time, as: .timestamptz)]) } == 40)
        // A key that differs from row to row is read, and what is added up beside it.
        #expect(try pagesRead { Self.plan($0, by: [Self.a], [Self.call(.sum, Self.b, as: .numeric(scale: 0))]) } == 80)
    }

    @Test func eachIsAnsweredByItself() throws {
        let greatest = Self.call(.maximum, .call(.add, [Self.a, Self.b], .integer), as: .integer)
        let sum = Self.call(.sum, Self.linear, as: .numeric(scale: 0))
        #expect(try pagesRead { Self.plan($0, by: [], [sum, Self.count]) } == 0)
        // The two columns of each piece.
        #expect(try pagesRead { Self.plan($0, by: [], [sum, greatest]) } == 80)
        #expect(try pagesRead { Self.plan($0, by: [Self.kind], [sum, greatest, Self.count]) } == 80)
        // Of conditions of which a header knows nothing its column alone, and of what is left.
        let failed = Self.equals(.column(4, .text), "error")
        #expect(try pagesRead { Self.plan(.filter($0, failed), by: [Self.kind], [Self.count]) } == 40)
        #expect(
            try pagesRead {
                Self.plan($0, by: [Self.kind], [Self.count, Self.call(.countRows, filter: failed, as: .integer)])
            } == 40)
        // Nulls of two columns need not be in the same rows.
        let both = Self.call(.sum, .call(.add, [Self.a, Self.b], .integer), as: .numeric(scale: 0))
        #expect(try pagesRead { Self.plan($0, by: [], [both]) } == 2 * 10)
    }

    @Test func durationsInSecondsAreAddedUpByHeaders() throws {
        let seconds = Expression.call(
            .divide,
            [.cast(Self.b, .numeric(scale: 0)), .literal(.numeric(10_000, scale: 1), .numeric(scale: 1))],
            .numeric(scale: 16))
        let mean = Self.call(.average, seconds, as: .numeric(scale: 16))
        #expect(try pagesRead { Self.plan($0, by: [], [mean, Self.call(.sum, seconds, as: .numeric(scale: 16))]) } == 0)
        #expect(try pagesRead { Self.plan($0, by: [Self.a], [mean]) } == 80)
        let some = Expression.call(.greater, [Self.a, .literal(.integer(2), .integer)], .boolean)
        #expect(try pagesRead { Self.plan(.filter($0, some), by: [Self.kind], [mean]) } == 80)
    }

    /// What is divided by less than one has no sum from which that of the quotients follows: they are computed.
    @Test func quotientsByLessThanOneAreNotAddedUpByHeaders() throws {
        let dividend = Expression.cast(Self.b, .numeric(scale: 0))
        for (mantissa, scale) in [(1, 3), (100, 4)] as [(Int128, Int)] {
            let divisor = Expression.literal(.numeric(mantissa, scale: scale), .numeric(scale: scale))
            let quotient = Expression.call(.divide, [dividend, divisor], .numeric(scale: 16))
            let calls = [
                Self.call(.sum, quotient, as: .numeric(scale: 16)),
                Self.call(.average, quotient, as: .numeric(scale: 16)), Self.count,
            ]
            #expect(try pagesRead { Self.plan($0, by: [], calls) } == 40)
            #expect(try pagesRead { Self.plan($0, by: [Self.kind], calls) } == 40)
        }
    }

    /// A key that cannot be computed of the text that all rows of a piece have is nobody's where no row is left.
    @Test func keysOfNoRowAreNotComputed() throws {
        let number = Expression.cast(Self.kind, .integer)
        let begins = Expression.call(.startsWith, [Self.kind, .literal(.text("x"), .text)], .boolean)
        #expect(try pagesRead { Self.plan(.filter($0, begins), by: [number], [Self.count]) } == 40)
        let catalog = MemoryCatalog(tables: [Self.table()])
        #expect(throws: QueryError.self) {
            try executor.rows(Self.plan(catalog.scan("t"), by: [number], [Self.count]), catalog)
        }
    }

    private static func expression(_ random: inout SeededGenerator, _ depth: Int) -> Expression {
        let edges: [Int64] = [.min, .max, -1, 0, 1, 2, 1 << 32, 3_037_000_500]
        switch depth == 0 ? Int.random(in: 0..<3, using: &random) : Int.random(in: 2..<8, using: &random) {
        case 0, 2: return a
        case 1: return b
        case 3: return .call(.negate, [expression(&random, depth - 1)], .integer)
        case 4, 5:
            return times(edges[Int.random(in: 0..<edges.count, using: &random)], expression(&random, depth - 1))
        case 6:
            let offset = Expression.literal(.integer(edges[Int.random(in: 0..<6, using: &random)]), .integer)
            return .call(.subtract, [offset, expression(&random, depth - 1)], .integer)
        default:
            let sides = [expression(&random, depth - 1), expression(&random, depth - 1)]
            return .call(Bool.random(using: &random) ? .add : .subtract, sides, .integer)
        }
    }

    /// Also where a row overflows: what headers say does not hide it.
    @Test func sumsOfMultiplesAreThoseOfTheRows() throws {
        var random = SeededGenerator(seed: 11)
        let edges: [Int64] = [.min, .max, 1 << 31, -1 << 40]
        var refused = 0
        for round in 0..<400 {
            let rows = (0..<Int.random(in: 1..<12, using: &random)).map { _ -> [Scalar] in
                let numbers = (0..<2).map { column -> Scalar in
                    switch Int.random(in: 0..<10, using: &random) {
                    case 0 where round % 3 == column: return .null
                    case 1 where round % 4 == 0: return .integer(edges[Int.random(in: 0..<4, using: &random)])
                    default: return .integer(Int64.random(in: -9..<10, using: &random))
                    }
                }
                return [.text("x"), .timestamptz(0), numbers[0], round % 5 == 0 ? .null : numbers[1], .null]
            }
            let value = Self.expression(&random, 3)
            let calls = [
                Self.call(.sum, value, as: .numeric(scale: 0)), Self.call(.count, value, as: .integer),
                Self.call(.average, value, as: .numeric(scale: 16)),
                Self.call(round % 2 == 0 ? .minimum : .maximum, value, as: .integer),
            ]
            let groups = round % 2 == 0 ? [] : [Self.kind]
            let answers = [false, true].map { hasSummaries -> [[Scalar]]? in
                let table = MemoryTable("t", Self.columns, rows: rows, morselRows: 4, hasSummaries: hasSummaries)
                let catalog = MemoryCatalog(tables: [table])
                return try? executor.rows(Self.plan(catalog.scan("t"), by: groups, calls), catalog)
            }
            refused += answers[0] == nil ? 1 : 0
            #expect(answers[0] == answers[1], "round \(round): \(value)")
        }
        #expect((1..<400).contains(refused))
    }
}
