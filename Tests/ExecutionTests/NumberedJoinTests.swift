import Columnar
import Execution
import Plans
import Platform
import Testing

/// Where rows pair up by an only key that comes with kept numbers, the pairs are those of the texts.
@Suite struct NumberedJoinTests {
    private static let money = ColumnType.numeric(scale: 12)
    private static let (id, reason) = (Expression.column(0, .text), Expression.column(1, .text))
    private static let cost = Expression.column(1, money)

    /// Rows of ids, of which some are null.
    private static func ids(_ rows: Int, below count: Int, from first: Int, _ random: inout SeededGenerator) -> Vector {
        let scalars = (0..<rows).map { row -> Scalar in
            if Int.random(in: 0..<30, using: &random) == 0 { return .null }
            return .text("conversation-\(first + Int.random(in: 0..<count, using: &random))")
        }
        return Vector(type: .text, scalars: scalars)
    }

    private static func reasons(_ rows: Int, _ random: inout SeededGenerator) -> Vector {
        let scalars = (0..<rows).map { _ -> Scalar in
            let number = Int.random(in: 0..<6, using: &random)
            return number == 0 ? .null : .text(["open", "completed", "handed_over", "expired", "zu", "Ende"][number])
        }
        return Vector(type: .text, scalars: scalars)
    }

    private static func costs(_ rows: Int, _ random: inout SeededGenerator) -> Vector {
        let scalars = (0..<rows).map { _ -> Scalar in
            Int.random(in: 0..<3, using: &random) == 0
                ? .null : .numeric(Int128.random(in: -9...1_000_000_000, using: &random), scale: 12)
        }
        return Vector(type: money, scalars: scalars)
    }

    private static func grouped(
        _ input: Plan, by key: Expression, _ calls: [(AggregateFunction, [Expression], ColumnType)]
    ) -> Plan {
        .aggregate(
            input, groups: [key],
            aggregates: calls.map { AggregateCall(function: $0.0, arguments: $0.1, type: $0.2) },
            output: [TableColumn(name: "k", type: key.type)] + calls.map { TableColumn(name: "a", type: $0.2) })
    }

    /// What is asked of both tables: of groups, of rows, and of both.
    private static func questions(_ closed: Plan, _ calls: Plan) -> [Plan] {
        let outcomes = grouped(closed, by: id, [(.maximum, [reason], .text), (.minimum, [reason], .text)])
        let spent = grouped(calls, by: id, [(.sum, [cost], money)])
        func joined(_ left: Plan, _ right: Plan, _ kind: JoinKind) -> Plan {
            .join(left: left, right: right, kind: kind, leftKeys: [id], rightKeys: [id], residual: nil)
        }
        var plans: [Plan] = []
        for kind in [JoinKind.inner, .left] {
            let spentAt = Expression.column(4, money)
            plans.append(
                grouped(
                    joined(outcomes, spent, kind), by: .column(1, .text),
                    [(.countRows, [], .integer), (.sum, [spentAt], money), (.count, [spentAt], .integer)]))
            plans.append(
                grouped(
                    joined(outcomes, spent, kind), by: .column(2, .text),
                    [(.count, [.column(3, .text)], .integer)]))
            plans.append(
                grouped(
                    joined(calls, outcomes, kind), by: .column(3, .text),
                    [(.countRows, [], .integer), (.sum, [cost], money)]))
            plans.append(
                grouped(joined(spent, closed, kind), by: .column(3, .text), [(.sum, [cost], money)]))
            plans.append(joined(calls, outcomes, kind))
        }
        return plans
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func pairsAreThoseOfTheTexts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // The second table has ids that the first has not, and the other way round.
        let ids = [
            Self.ids(700, below: 500, from: 0, &random), Self.ids(600, below: 400, from: 300, &random),
            Self.ids(900, below: 400, from: 100, &random), Self.ids(800, below: 500, from: 400, &random),
        ]
        let numbered = try NumberedTexts.columns(ids)
        let values = [
            Self.reasons(700, &random), Self.reasons(600, &random), Self.costs(900, &random), Self.costs(800, &random),
        ]
        func catalog(_ forms: [Vector], _ others: [Vector]) -> MemoryCatalog {
            MemoryCatalog(tables: [
                MemoryTable(
                    "closed", [TableColumn(name: "id", type: .text), TableColumn(name: "reason", type: .text)],
                    pieces: [[forms[0], values[0]], [forms[1], values[1]]]),
                MemoryTable(
                    "calls", [TableColumn(name: "id", type: .text), TableColumn(name: "cost", type: Self.money)],
                    pieces: [[others[2], values[2]], [others[3], values[3]]]),
            ])
        }
        let plain = catalog(ids, ids)
        let inPieces: any QueryEngine = LocalEngine(clock: SimulatedClock(), chunkRowsMax: 90)
        for (number, plan) in Self.questions(plain.scan("closed"), plain.scan("calls")).enumerated() {
            let expected = try executor.rows(plan, plain)
            #expect(!expected.isEmpty)
            // Both with numbers, or one of them.
            for (form, other) in [(numbered, numbered), (ids, numbered), (numbered, ids)] {
                let catalog = catalog(form, other)
                for engine in [executor, sharing, inPieces] {
                    let isSame = try engine.rows(plan, catalog) == expected
                    #expect(isSame, "seed \(seed), question \(number)")
                }
            }
        }
    }
}
