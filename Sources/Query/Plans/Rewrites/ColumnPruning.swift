import Columnar

extension Plan {
    // tests: each rewrite is held against the plan by itself.
    /// The plan with scans, projections and aggregates reduced to what the nodes above read. Names, types and order of
    /// the whole plan's output stay.
    package func pruningColumns(within options: QueryOptions = QueryOptions()) -> Plan {
        // A SELECT of nothing has rows without columns: what else its nodes carry is taken off.
        exactly(Array(output.indices), options).mapSubqueries { $0.pruningColumns(within: options) }
    }

    /// A plan that yields at least the wanted columns (ascending), and where each of them stands in its output. At the
    /// root all columns are wanted, so the order stays.
    private func pruned(to wanted: [Int], _ options: QueryOptions) -> (plan: Plan, place: ColumnPlaces) {
        if options.isOver { return (self, places(Array(output.indices))) }
        switch self {
        case .scan(let table, let columns, let output, let predicates):
            return (
                .scan(
                    table: table, columns: wanted.map { columns[$0] }, output: wanted.map { output[$0] },
                    predicates: predicates),
                places(wanted)
            )
        case .values(let rows, let output):
            return (
                .values(rows: rows.map { row in wanted.map { row[$0] } }, output: wanted.map { output[$0] }),
                places(wanted)
            )
        case .filter(let input, let condition):
            if let firsts = input.prunedFirsts(condition, wanted, options) { return firsts }
            let (below, place) = input.pruned(to: columns(wanted, [condition]), options)
            return (.filter(below, condition.renumbered { place[$0] }), place)
        case .project(let input, let expressions, let output):
            let kept = wanted.map { expressions[$0] }
            let (below, place) = input.pruned(to: columns([], kept), options)
            if kept.isEmpty { return (below, places([])) }
            return (
                .project(below, kept.map { $0.renumbered { place[$0] } }, output: wanted.map { output[$0] }),
                places(wanted)
            )
        case .aggregate(let input, let groups, let aggregates, let output):
            return prunedAggregate(input, groups, aggregates, output, wanted, options)
        case .window(let input, let partition, let order, let calls, let output):
            return prunedWindow(input, partition, order, calls, output, wanted, options)
        case .distinct(let input):
            let (below, place) = input.pruned(to: Array(input.output.indices), options)
            return (.distinct(below), place)
        case .sort(let input, let keys, let limit):
            let (below, place) = input.pruned(to: columns(wanted, keys.map(\.expression)), options)
            return (.sort(below, keys.map { $0.mapExpression { $0.renumbered { place[$0] } } }, limit: limit), place)
        case .limit(let input, let count, let offset):
            let (below, place) = input.pruned(to: wanted, options)
            return (.limit(below, count: count, offset: offset), place)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            return prunedJoin(left, right, kind, leftKeys, rightKeys, residual, wanted, options)
        case .union(let inputs):
            return (.union(inputs.map { $0.exactly(wanted, options) }), places(wanted))
        }
    }

    /// Pruned to precisely these columns, in this order.
    private func exactly(_ wanted: [Int], _ options: QueryOptions) -> Plan {
        let (below, place) = pruned(to: wanted, options)
        let available = below.output
        if wanted.count == available.count, wanted.enumerated().allSatisfy({ place[$0.element] == $0.offset }) {
            return below
        }
        return .project(
            below, wanted.map { .column(place[$0], available[place[$0]].type) },
            output: wanted.map { available[place[$0]] })
    }

    private func prunedAggregate(
        _ input: Plan, _ groups: [Expression], _ aggregates: [AggregateCall], _ output: [TableColumn], _ wanted: [Int],
        _ options: QueryOptions
    ) -> (plan: Plan, place: ColumnPlaces) {
        let calls = wanted.filter { $0 >= groups.count }.map { aggregates[$0 - groups.count] }
        let kept = Array(groups.indices) + wanted.filter { $0 >= groups.count }
        let (below, place) = input.pruned(to: columns([], groups + calls.flatMap(\.expressions)), options)
        let plan = Plan.aggregate(
            below, groups: groups.map { $0.renumbered { place[$0] } },
            aggregates: calls.map { $0.mapExpressions { $0.renumbered { place[$0] } } }, output: kept.map { output[$0] }
        )
        return (plan, places(kept))
    }

    private func prunedWindow(
        _ input: Plan, _ partition: [Expression], _ order: [SortKey], _ calls: [WindowCall], _ output: [TableColumn],
        _ wanted: [Int], _ options: QueryOptions
    ) -> (plan: Plan, place: ColumnPlaces) {
        let inputCount = input.outputCount
        let kept = wanted.filter { $0 >= inputCount }
        let passed = wanted.filter { $0 < inputCount }
        // Rows pass a window one by one: without its functions nothing is left of it.
        if kept.isEmpty { return input.pruned(to: passed, options) }
        let keptCalls = kept.map { calls[$0 - inputCount] }
        let read = partition + order.map(\.expression) + keptCalls.flatMap(\.expressions)
        let (below, inputPlace) = input.pruned(to: columns(passed, read), options)
        let available = below.output
        var place = ColumnPlaces()
        for column in passed { place[column] = inputPlace[column] }
        for (number, column) in kept.enumerated() { place[column] = available.count + number }
        let plan = Plan.window(
            below, partition: partition.map { $0.renumbered { inputPlace[$0] } },
            order: order.map { $0.mapExpression { $0.renumbered { inputPlace[$0] } } },
            calls: keptCalls.map { $0.mapExpressions { $0.renumbered { inputPlace[$0] } } },
            output: available + kept.map { output[$0] })
        return (plan, place)
    }

    /// The rows of a window that come first in their partitions, where nobody asks which they are: one for each
    /// partition, whatever the order. nil for other conditions over other plans.
    private func prunedFirsts(
        _ condition: Expression, _ wanted: [Int], _ options: QueryOptions
    ) -> (plan: Plan, place: ColumnPlaces)? {
        guard case .window(let input, let partition, let order, let calls, let output) = self,
            let (column, most) = condition.upperBound, most == 1, wanted.allSatisfy({ $0 == column }),
            calls.count == output.count - input.outputCount, column >= input.outputCount,
            calls[column - input.outputCount].function == .rowNumber,
            !order.contains(where: \.expression.mayFail)
        else { return nil }
        let (below, place) = input.pruned(to: columns([], partition), options)
        let groups = partition.map { $0.renumbered { place[$0] } }
        var plan = Plan.limit(below, count: 1, offset: 0)
        if !groups.isEmpty {
            let names = groups.map { TableColumn(name: "partition", type: $0.type) }
            plan = .aggregate(below, groups: groups, aggregates: [], output: names)
        }
        if wanted.isEmpty { return (plan, places([])) }
        return (.project(plan, [.literal(.integer(1), .integer)], output: [output[column]]), places(wanted))
    }

    private func prunedJoin(
        _ left: Plan, _ right: Plan, _ kind: JoinKind, _ leftKeys: [Expression], _ rightKeys: [Expression],
        _ residual: Expression?,
        _ wanted: [Int], _ options: QueryOptions
    ) -> (plan: Plan, place: ColumnPlaces) {
        let leftCount = left.outputCount
        let both = columns(wanted, residual.map { [$0] } ?? [])
        let (leftBelow, leftPlace) = left.pruned(to: columns(both.filter { $0 < leftCount }, leftKeys), options)
        let (rightBelow, rightPlace) = right.pruned(
            to: columns(both.filter { $0 >= leftCount }.map { $0 - leftCount }, rightKeys), options)
        let newLeftCount = leftBelow.outputCount
        var place = ColumnPlaces()
        for index in both {
            place[index] = index < leftCount ? leftPlace[index] : newLeftCount + rightPlace[index - leftCount]
        }
        let plan = Plan.join(
            left: leftBelow, right: rightBelow, kind: kind, leftKeys: leftKeys.map { $0.renumbered { leftPlace[$0] } },
            rightKeys: rightKeys.map { $0.renumbered { rightPlace[$0] } },
            residual: residual.map { $0.renumbered { place[$0] } })
        return (plan, place)
    }
}

/// Where columns of the plan before stand in the pruned one.
private struct ColumnPlaces {
    private var places: [Int: Int] = [:]

    init(_ wanted: [Int] = []) {
        for (place, column) in wanted.enumerated() { places[column] = place }
    }

    /// - Precondition: the column was asked for.
    subscript(column: Int) -> Int {
        get {
            guard let place = places[column] else {
                preconditionFailure("column \(column) was pruned though it is read")
            }
            return place
        }
        set { places[column] = newValue }
    }
}

private func places(_ wanted: [Int]) -> ColumnPlaces { ColumnPlaces(wanted) }

/// The wanted columns and those the expressions read, ascending.
private func columns(_ wanted: [Int], _ expressions: [Expression]) -> [Int] {
    var columns = Set(wanted)
    for expression in expressions { expression.collectColumns(into: &columns) }
    return columns.sorted()
}
