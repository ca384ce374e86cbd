import Columnar
import Plans

/// Random windows, whose frames may be empty, begin behind their row or reach beyond their partition.
extension PlanGenerator {
    mutating func windows(over input: Plan) -> Plan {
        let partition = (0..<pick([0, 1, 1, 2])).map { _ in expression(pick([.text, .integer, .boolean]), 1) }
        let order = chance(80) ? sortKeys(Self.types) : []
        let calls = (0..<pick([1, 2, 4])).map { _ in windowCall(order) }
        let names = calls.enumerated().map { TableColumn(name: "c\($0.offset)", type: $0.element.type) }
        let all = Self.output + names
        let node = Plan.window(input, partition: partition, order: order, calls: calls, output: all)
        switch pick([0, 1, 2, 3]) {
        case 0:
            // Partitions that go as a whole, and rows that go one by one.
            return .filter(node, expression(.boolean, 1))
        case 1:
            return .project(node, names.indices.map { .column(Self.output.count + $0, names[$0].type) }, output: names)
        case 2: return .limit(node, count: pick([1, 4, 30]), offset: pick([0, 2]))
        default: return node
        }
    }

    /// Rows of the table whose number, or rank, is no greater than a few, among other conditions; all of their columns,
    /// some, or how many they are.
    mutating func firstRows() -> Plan {
        let partition = (0..<pick([0, 1, 1, 2])).map { _ in expression(pick([.text, .integer, .boolean]), 1) }
        let calls = (0..<pick([1, 1, 2])).map { _ in
            WindowCall(function: pick([.rowNumber, .rank, .denseRank]), type: .integer)
        }
        let names = calls.indices.map { TableColumn(name: "c\($0)", type: .integer) }
        let table = Plan.scan(
            table: "t", columns: Array(Self.columns.indices), output: Self.output, predicates: [])
        let node = Plan.window(
            chance(30) ? .filter(table, expression(.boolean, 1)) : table, partition: partition,
            order: chance(85) ? sortKeys(Self.types) : [], calls: calls, output: Self.output + names)
        let number = Expression.column(Self.output.count + pick(Array(calls.indices)), .integer)
        let bound = Expression.literal(.integer(pick([0, 1, 1, 1, 2, 3, 16, 17])), .integer)
        var conditions = [Expression.call(pick([.equal, .less, .lessOrEqual]), [number, bound], .boolean)]
        if chance(30) { conditions.insert(expression(.boolean, 1), at: pick([0, 1])) }
        let rows = conditions.reduce(node) { .filter($0, $1) }
        let count = AggregateCall(function: .countRows, arguments: [], type: .integer)
        let shown = [TableColumn(name: "n", type: .integer)]
        switch pick([0, 0, 1, 2]) {
        case 0: return rows
        case 1: return .aggregate(rows, groups: [], aggregates: [count], output: shown)
        default: return .project(rows, [number], output: shown)
        }
    }

    private mutating func windowCall(_ order: [SortKey]) -> WindowCall {
        switch pick([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 9, 9, 9]) {
        case 0: return WindowCall(function: .rowNumber, type: .integer)
        case 1: return WindowCall(function: pick([.rank, .denseRank]), type: .integer)
        case 2: return WindowCall(function: .percentRank, type: .double)
        case 3: return WindowCall(function: .cumulativeDistribution, type: .double)
        case 4:
            let tiles = Expression.literal(chance(10) ? .null : .integer(pick([1, 2, 3, 50])), .integer)
            return WindowCall(function: .tile, arguments: [tiles], type: .integer)
        case 5, 6:
            let type = pick(Self.types)
            let distance = chance(70) ? Expression.literal(.integer(pick([-1, 0, 1, 2])), .integer) : column(.integer)
            var arguments = [expression(type, 1), distance]
            if chance(40) { arguments.append(expression(type, 1)) }
            return WindowCall(function: pick([.lag, .lead]), arguments: arguments, type: type)
        case 7:
            let type = pick(Self.types)
            return WindowCall(
                function: pick([.firstValue, .lastValue]), arguments: [expression(type, 1)], frame: frame(order),
                type: type)
        case 8:
            let place = Expression.literal(.integer(pick([1, 2, 5])), .integer)
            return WindowCall(
                function: .nthValue, arguments: [column(.text), place], frame: frame(order), type: .text)
        default: return aggregate(order)
        }
    }

    private mutating func aggregate(_ order: [SortKey]) -> WindowCall {
        var call = WindowCall(function: .aggregate(.countRows), frame: frame(order), type: .integer)
        if chance(30) { call.filter = expression(.boolean, 1) }
        switch pick([0, 1, 2, 3, 4, 5, 5, 6]) {
        case 0: break
        case 1: (call.function, call.arguments) = (.aggregate(.count), [expression(.text, 1)])
        case 2:
            (call.function, call.arguments) = (.aggregate(.sum), [expression(.integer, 1)])
            call.type = .numeric(scale: 0)
        case 3:
            (call.function, call.arguments) = (.aggregate(.sum), [column(.numeric(scale: 12))])
            call.type = .numeric(scale: 12)
        case 4:
            (call.function, call.arguments) = (.aggregate(.average), [expression(.integer, 1)])
            call.type = .numeric(scale: 16)
        case 5:
            call.type = pick([ColumnType.text, .integer, .timestamptz, .boolean, .numeric(scale: 12)])
            (call.function, call.arguments) = (.aggregate(pick([.minimum, .maximum])), [column(call.type)])
        default:
            (call.function, call.arguments) = (
                .aggregate(pick([.booleanAnd, .booleanOr])), [expression(.boolean, 1)]
            )
            call.type = .boolean
        }
        return call
    }

    private mutating func frame(_ order: [SortKey]) -> WindowFrame {
        if chance(25) { return .standard }
        var units: [WindowFrame.Unit] = [.rows, .range]
        if !order.isEmpty { units.append(.groups) }
        let unit = pick(units)
        return WindowFrame(
            unit, from: bound(unit, order, .unboundedPreceding), to: bound(unit, order, .unboundedFollowing))
    }

    private mutating func bound(
        _ unit: WindowFrame.Unit, _ order: [SortKey], _ unbounded: WindowFrame.Bound
    ) -> WindowFrame.Bound {
        if chance(30) { return unbounded }
        if chance(20) { return .currentRow }
        var offset = Scalar.integer(pick([0, 1, 2, 5]))
        if unit == .range {
            guard order.count == 1 else { return .currentRow }
            switch order[0].expression.type {
            case .integer: offset = .numeric(pick([0, 1, 3]), scale: 0)
            case .numeric: offset = .numeric(pick([0, 1, 2]) * 1_000_000_000_000_000_000_000, scale: 12)
            case .timestamptz: offset = .interval(Interval(nanoseconds: pick([0, 1, 3]) * 3_600_000_000_000))
            default: return .currentRow
            }
        }
        return chance(50) ? .preceding(offset) : .following(offset)
    }
}
