import Columnar
import Execution
import Plans
import Platform
import Testing

/// A small generator whose every choice follows from the seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

@Suite struct RandomPlanTests {
    /// A case for each plan would hide what fails.
    static let plansTogether = 50

    /// Seeded data and plans: every engine and the plain reference must answer alike, row for row and in order, for
    /// morsels of any size, with and without page headers, on one thread and on two, whatever the size of chunks.
    @Test(arguments: 1...max(1, WantedSeeds.plans / plansTogether))
    func engineAnswersAsTheReference(part: Int) throws {
        for seed in (part - 1) * Self.plansTogether + 1...part * Self.plansTogether { try compare(seed: seed) }
    }

    private func compare(seed: Int) throws {
        var generator = PlanGenerator(seed: UInt64(seed))
        let data = generator.rows(generator.pick([0, 1, 5, 40, 200]))
        let plan = generator.plan()
        let reference = Reference(catalog: catalog(data, morselRows: 1000, hasSummaries: false))
        let expected = try reference.rows(plan)
        let cutting = LocalEngine(
            clock: SimulatedClock(), workers: ThreadWorkers(parallelism: 2), chunkRowsMax: 3, sharedRowsMin: 0)
        let engines: [(name: String, engine: any QueryEngine, chunkRowsMax: Int)] = [
            ("one thread", executor, Chunk.rowsMax), ("two threads", sharing, Chunk.rowsMax),
            ("small chunks", cutting, 3),
        ]
        for (morselRows, hasSummaries) in [(1, true), (3, false), (16, true), (1000, true)] {
            let catalog = catalog(data, morselRows: morselRows, hasSummaries: hasSummaries)
            for (name, engine, chunkRowsMax) in engines {
                let found = try engine.run(plan, catalog: catalog)
                let isSame = found.rows == expected
                #expect(isSame, "seed \(seed), morsels of \(morselRows), \(name)\n\(plan.shown)")
                let isCut = found.chunks.allSatisfy { (1...chunkRowsMax).contains($0.rowCount) }
                #expect(isCut, "seed \(seed), chunks of \(found.chunks.map(\.rowCount)), \(name)\n\(plan.shown)")
            }
        }
    }

    /// The same over pages, whatever their form.
    @Test(arguments: PageForm.allCases, 1...40)
    func everyFormOfPagesAnswersAsTheReference(form: PageForm, seed: Int) throws {
        var generator = PlanGenerator(seed: UInt64(1_000 + seed))
        let data = generator.rows(generator.pick([1, 5, 40, 200]))
        let plan = generator.plan()
        let whole = catalog(data, morselRows: 1000, hasSummaries: true)
        let expected = try Reference(catalog: whole).rows(plan)
        for catalog in [whole, catalog(data, morselRows: 16, hasSummaries: true)] {
            let found = try executor.run(plan, catalog: PagedCatalog(catalog, as: form)).rows
            let isSame = found == expected
            #expect(isSame, "seed \(seed), pages of the form \(form)\n\(plan.shown)")
        }
    }

    private func catalog(_ data: [[Scalar]], morselRows: Int, hasSummaries: Bool) -> MemoryCatalog {
        MemoryCatalog(tables: [
            MemoryTable("t", PlanGenerator.columns, rows: data, morselRows: morselRows, hasSummaries: hasSummaries),
            MemoryTable(
                "u", PlanGenerator.columns, rows: Array(data.prefix(12).reversed()), morselRows: morselRows,
                hasSummaries: hasSummaries),
        ])
    }
}

struct PlanGenerator {
    static let columns: [(String, ColumnType)] = [
        ("a", .integer), ("b", .integer), ("s", .text), ("t", .text), ("f", .boolean), ("w", .timestamptz),
        ("m", .numeric(scale: 12)),
    ]
    static let types = columns.map(\.1)
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func pick<Value>(_ options: [Value]) -> Value {
        options[Int.random(in: 0..<options.count, using: &generator)]
    }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func rows(_ count: Int) -> [[Scalar]] {
        let nullPercent = pick([0, 15, 60])
        return (0..<count).map { _ in Self.types.map { chance(nullPercent) ? .null : scalar($0) } }
    }

    private mutating func scalar(_ type: ColumnType) -> Scalar {
        switch type {
        case .integer: .integer(Int64.random(in: -5...9, using: &generator))
        case .text: .text(pick(["", "a", "b", "ab", "Grüße", "error", "ok", "zz"]))
        case .boolean: .boolean(chance(50))
        case .timestamptz: .timestamptz(Int64.random(in: 0...6, using: &generator) * 3_600_000_000_000)
        default:
            .numeric(Int128(Int64.random(in: -3...3, using: &generator)) * 1_000_000_000_000_000_000_000, scale: 12)
        }
    }

    mutating func column(_ type: ColumnType) -> Expression {
        let index = pick(Self.types.indices.filter { Self.types[$0] == type })
        return .column(index, type)
    }

    mutating func expression(_ type: ColumnType, _ depth: Int) -> Expression {
        if depth == 0 || chance(30) {
            return chance(75) ? column(type) : .literal(chance(10) ? .null : scalar(type), type)
        }
        if chance(15) {
            let branches = [
                ConditionalBranch(condition: expression(.boolean, depth - 1), value: expression(type, depth - 1))
            ]
            return .conditional(branches, otherwise: chance(50) ? expression(type, depth - 1) : nil, type)
        }
        if chance(15) { return .call(.coalesce, [expression(type, depth - 1), expression(type, depth - 1)], type) }
        switch type {
        case .integer:
            if chance(25) { return .call(.length, [expression(.text, depth - 1)], .integer) }
            if chance(20) {
                let divisor = Expression.literal(.integer(pick([-3, -1, 1, 2, 7])), .integer)
                return .call(pick([.divide, .modulo]), [expression(.integer, depth - 1), divisor], .integer)
            }
            if chance(15) { return .call(pick([.negate, .absolute]), [expression(.integer, depth - 1)], .integer) }
            return .call(
                pick([.add, .subtract, .multiply]), [expression(.integer, depth - 1), expression(.integer, depth - 1)],
                .integer)
        case .text: return text(depth)
        case .timestamptz:
            let unit = Expression.literal(.text(pick(["hour", "day"])), .text)
            return .call(.dateTrunc, [unit, column(.timestamptz)], .timestamptz)
        case .boolean: return condition(depth)
        default: return column(type)
        }
    }

    private mutating func text(_ depth: Int) -> Expression {
        let one = expression(.text, depth - 1)
        switch pick([0, 0, 1, 2, 3]) {
        case 0: return .call(.upper, [one], .text)
        case 1: return .call(.concatenate, [one, expression(.text, depth - 1)], .text)
        case 2: return .call(.left, [one, .literal(.integer(pick([0, 1, 3])), .integer)], .text)
        default: return .cast(expression(.integer, depth - 1), .text)
        }
    }

    private mutating func condition(_ depth: Int) -> Expression {
        switch pick([0, 1, 2, 3, 3, 3, 4, 5, 6, 7]) {
        case 7: return .call(.startsWith, [expression(.text, depth - 1), .literal(scalar(.text), .text)], .boolean)
        case 0:
            return .call(
                pick([.and, .or]), [expression(.boolean, depth - 1), expression(.boolean, depth - 1)], .boolean)
        case 1: return .call(.not, [expression(.boolean, depth - 1)], .boolean)
        case 2: return .call(pick([.isNull, .isNotNull]), [expression(pick([.integer, .text]), depth - 1)], .boolean)
        case 4:
            let type = pick([ColumnType.integer, .text])
            return .oneOf(expression(type, depth - 1), (0..<3).map { _ in chance(10) ? .null : scalar(type) })
        case 5:
            return .call(
                pick([.isTrue, .isFalse, .isNotTrue, .isNotFalse]), [expression(.boolean, depth - 1)], .boolean)
        case 6:
            let type = pick([ColumnType.integer, .text, .boolean, .numeric(scale: 12)])
            return .call(
                pick([.isDistinctFrom, .isNotDistinctFrom]), [operand(type, depth), operand(type, depth)], .boolean)
        default:
            let type = pick([ColumnType.integer, .text, .timestamptz, .numeric(scale: 12)])
            let function = pick([ScalarFunction.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
            return .call(function, [operand(type, depth), operand(type, depth)], .boolean)
        }
    }

    /// A side of a comparison; often of a form that headers of groups can speak to.
    private mutating func operand(_ type: ColumnType, _ depth: Int) -> Expression {
        switch pick([0, 1, 2, 3, 4]) {
        case 0: return column(type)
        case 1: return .literal(chance(10) ? .null : scalar(type), type)
        case 2: return .call(.coalesce, [column(type), .literal(chance(10) ? .null : scalar(type), type)], type)
        case 3: return .call(pick([.nullIf, .greatest, .least]), [column(type), .literal(scalar(type), type)], type)
        default: return expression(type, depth - 1)
        }
    }

    static let output = columns.map { TableColumn(name: $0.0, type: $0.1) }

    private func scan(_ name: String) -> Plan {
        .scan(table: name, columns: Array(Self.columns.indices), output: Self.output, predicates: [])
    }

    /// A source with the columns of the table.
    private mutating func source(_ depth: Int) -> Plan {
        switch depth == 0 ? 0 : pick([0, 1, 1, 1, 2, 3, 4, 4]) {
        case 4: return outerJoin(source(depth - 1))
        case 1: return .filter(source(depth - 1), expression(.boolean, 2))
        case 2: return .union([source(depth - 1), scan("u")])
        case 3: return .project(source(depth - 1), Self.types.map { expression($0, 1) }, output: Self.output)
        default: return scan("t")
        }
    }

    /// Rows with and without a partner, half of the columns from the other side.
    private mutating func outerJoin(_ left: Plan) -> Plan {
        let type = pick([ColumnType.integer, .text])
        let join = Plan.join(
            left: left, right: scan("u"), kind: .left, leftKeys: [column(type)], rightKeys: [column(type)],
            residual: nil)
        let picked = Self.types.indices.map { index -> Expression in
            .column(chance(50) ? index : index + Self.types.count, Self.types[index])
        }
        return .project(join, picked, output: Self.output)
    }

    mutating func sortKeys(_ types: [ColumnType]) -> [SortKey] {
        (0..<pick([1, 2, 3])).map { _ in
            let index = Int.random(in: 0..<types.count, using: &generator)
            return SortKey(expression: .column(index, types[index]), isDescending: chance(50), nullsFirst: chance(50))
        }
    }

    mutating func plan() -> Plan {
        let input = source(2)
        switch pick([0, 1, 1, 1, 2, 3, 4, 5, 6, 6]) {
        case 6: return windows(over: input)
        case 0: return input
        case 1: return aggregate(input)
        case 2: return .sort(input, sortKeys(Self.types), limit: chance(50) ? pick([0, 1, 3, 20]) : nil)
        case 3: return .limit(input, count: chance(80) ? pick([0, 1, 4, 30]) : nil, offset: pick([0, 2, 9]))
        case 4:
            return .distinct(
                .project(input, [column(.text), column(.boolean)], output: [Self.output[2], Self.output[4]]))
        default:
            let type = pick([ColumnType.integer, .text])
            let residual: Expression? =
                chance(30)
                ? .call(.less, [.column(0, .integer), .column(Self.columns.count + 1, .integer)], .boolean) : nil
            return .join(
                left: input, right: scan("u"), kind: pick([.inner, .left]), leftKeys: [column(type)],
                rightKeys: [column(type)],
                residual: residual)
        }
    }

    private mutating func aggregate(_ input: Plan) -> Plan {
        let groups = (0..<pick([0, 1, 2, 3])).map { _ in expression(pick([.text, .integer, .boolean, .timestamptz]), 1)
        }
        let calls = (0..<pick([1, 2, 4])).map { _ in call() }
        let output = (groups.map(\.type) + calls.map(\.type)).enumerated().map {
            TableColumn(name: "c\($0.offset)", type: $0.element)
        }
        return .aggregate(input, groups: groups, aggregates: calls, output: output)
    }

    private mutating func call() -> AggregateCall {
        let filter: Expression? = chance(30) ? expression(.boolean, 1) : nil
        switch pick([0, 1, 2, 3, 4, 5, 6, 7, 8]) {
        case 7:
            return AggregateCall(
                function: .average, arguments: [expression(.integer, 1)], filter: filter, type: .numeric(scale: 16))
        case 8:
            let own = column(.text)
            return AggregateCall(
                function: .stringAggregate(separator: .text("-")), arguments: [own], filter: filter,
                order: [SortKey(expression: own, isDescending: false, nullsFirst: false)], type: .text)
        case 0: return AggregateCall(function: .countRows, arguments: [], filter: filter, type: .integer)
        case 1:
            let type = pick([ColumnType.text, .integer])
            return AggregateCall(
                function: .count, arguments: [expression(type, 1)], isDistinct: chance(50), filter: filter,
                type: .integer)
        case 2:
            return AggregateCall(
                function: .sum, arguments: [expression(.integer, 1)], isDistinct: chance(30), filter: filter,
                type: .numeric(scale: 0))
        case 3:
            return AggregateCall(
                function: .sum, arguments: [column(.numeric(scale: 12))], filter: filter, type: .numeric(scale: 12))
        case 4:
            let type = pick([ColumnType.text, .integer, .timestamptz, .boolean])
            return AggregateCall(
                function: pick([.minimum, .maximum]), arguments: [column(type)], filter: filter, type: type)
        case 5:
            return AggregateCall(
                function: pick([.booleanAnd, .booleanOr]), arguments: [expression(.boolean, 1)], filter: filter,
                type: .boolean)
        default:
            let key = SortKey(expression: column(.integer), isDescending: false, nullsFirst: false)
            return AggregateCall(
                function: .percentileDiscrete([pick([0, 0.5, 0.95, 1])], asArray: false), arguments: [], filter: filter,
                order: [key],
                type: .integer)
        }
    }

}
