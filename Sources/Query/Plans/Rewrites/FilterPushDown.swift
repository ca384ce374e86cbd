import Columnar

extension Plan {
    // tests: each rewrite is held against the plan by itself.
    /// The plan with conditions moved as near to the scans as they may go: through projections, sorts and unions, onto
    /// the side of a join that they speak of; equalities between the two sides of a join become its keys.
    ///
    /// A condition that may fail on some row (a division) stays where it was written, below nothing that could have
    /// kept the row away.
    ///
    /// A condition that would become much longer by what the columns it reads are computed from stays, too: each level
    /// of subqueries could double it.
    package func pushingFiltersDown(within options: QueryOptions = QueryOptions()) -> Plan {
        rewriteDown { node in
            if options.isOver { return node }
            return switch node {
            case .filter(let input, let condition): input.accepting(condition.conjuncts, options)
            case .join(_, _, _, _, _, .some): node.accepting([], options)
            case .scan, .values, .project, .aggregate, .window, .distinct, .sort, .limit, .join, .union: node
            }
        }
    }

    /// A join with the equalities between its sides taken out of the residual as keys; any other plan as it is.
    package func takingJoinKeys() -> Plan {
        guard case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual?) = self else {
            return self
        }
        var conditions = JoinConditions(
            leftCount: left.outputCount, kind: kind, leftKeys: leftKeys, rightKeys: rightKeys)
        let rest = residual.conjuncts.filter { !conditions.takeKey($0) }
        return .join(
            left: left, right: right, kind: kind, leftKeys: conditions.leftKeys, rightKeys: conditions.rightKeys,
            residual: Expression.conjunction(rest))
    }

    /// This plan filtered by the conditions, each placed as low as it may go.
    private func accepting(_ conditions: [Expression], _ options: QueryOptions) -> Plan {
        if options.isOver { return filtered(conditions) }
        switch self {
        case .filter(let input, let condition):
            return input.accepting(condition.conjuncts + conditions, options)
        case .project(let input, let expressions, let output):
            var growth = SubstitutionGrowth(expressions)
            let (movable, staying) = split(conditions) { condition in
                !condition.mayFail && condition.columnsRead.allSatisfy { expressions[$0].isCheap }
                    && growth.admits(condition)
            }
            let below = movable.isEmpty ? input : input.accepting(movable.map { $0.substituting(expressions) }, options)
            return Plan.project(below, expressions, output: output).filtered(staying)
        case .sort(let input, let keys, nil):
            let (movable, staying) = split(conditions) { !$0.mayFail }
            return Plan.sort(movable.isEmpty ? input : input.accepting(movable, options), keys, limit: nil)
                .filtered(staying)
        case .distinct(let input):
            let (movable, staying) = split(conditions) { !$0.mayFail }
            return Plan.distinct(movable.isEmpty ? input : input.accepting(movable, options)).filtered(staying)
        case .union(let inputs):
            let (movable, staying) = split(conditions) { !$0.mayFail }
            return Plan.union(movable.isEmpty ? inputs : inputs.map { $0.accepting(movable, options) })
                .filtered(staying)
        case .aggregate(let input, let groups, let aggregates, let output):
            var growth = SubstitutionGrowth(groups)
            let (movable, staying) = split(conditions) { condition in
                let columns = condition.columnsRead
                return !condition.mayFail && !columns.isEmpty
                    && columns.allSatisfy { $0 < groups.count && groups[$0].isCheap } && growth.admits(condition)
            }
            let below = movable.isEmpty ? input : input.accepting(movable.map { $0.substituting(groups) }, options)
            return Plan.aggregate(below, groups: groups, aggregates: aggregates, output: output).filtered(staying)
        case .window(let input, let partition, let order, let calls, let output):
            // Whole partitions stay or go by what they are made by.
            let keys = Set(partition.compactMap(\.partingColumn))
            let (movable, staying) = split(conditions) { condition in
                let columns = condition.columnsRead
                return !condition.mayFail && !columns.isEmpty && columns.isSubset(of: keys)
            }
            let below = movable.isEmpty ? input : input.accepting(movable, options)
            return Plan.window(below, partition: partition, order: order, calls: calls, output: output)
                .filtered(staying)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            return JoinConditions(leftCount: left.outputCount, kind: kind, leftKeys: leftKeys, rightKeys: rightKeys)
                .placing(above: conditions, within: residual?.conjuncts ?? [], left: left, right: right, options)
        case .scan, .values, .sort, .limit:
            return filtered(conditions)
        }
    }

    fileprivate func acceptingAll(_ conditions: [Expression], _ options: QueryOptions) -> Plan {
        conditions.isEmpty ? self : accepting(conditions, options)
    }

    fileprivate func filtered(_ conditions: [Expression]) -> Plan {
        Expression.conjunction(conditions).map { .filter(self, $0) } ?? self
    }
}

/// Sorts the conditions around one join: keys, one side's filters, what both sides must be there for.
private struct JoinConditions {
    let leftCount: Int
    var kind: JoinKind
    var leftKeys: [Expression]
    var rightKeys: [Expression]

    func placing(
        above: [Expression], within: [Expression], left: Plan, right: Plan, _ options: QueryOptions
    ) -> Plan {
        var join = self
        var leftFilters: [Expression] = []
        var rightFilters: [Expression] = []
        var residual: [Expression] = []
        var stayingAbove: [Expression] = []
        let isOuter = kind == .left
        for condition in within {
            switch side(condition) {
            case .left where !isOuter && !condition.mayFail: leftFilters.append(condition)
            case .right where !condition.mayFail: rightFilters.append(condition.renumbered { $0 - leftCount })
            default: if !join.takeKey(condition) { residual.append(condition) }
            }
        }
        for condition in above {
            switch side(condition) {
            case .left where !condition.mayFail: leftFilters.append(condition)
            case .right where !isOuter && !condition.mayFail:
                rightFilters.append(condition.renumbered { $0 - leftCount })
            case .both where !isOuter && !condition.mayFail:
                if !join.takeKey(condition) { residual.append(condition) }
            default: stayingAbove.append(condition)
            }
        }
        if join.kind == .cross && !join.leftKeys.isEmpty { join.kind = .inner }
        return Plan.join(
            left: left.acceptingAll(leftFilters, options), right: right.acceptingAll(rightFilters, options),
            kind: join.kind, leftKeys: join.leftKeys,
            rightKeys: join.rightKeys, residual: Expression.conjunction(residual)
        ).filtered(stayingAbove)
    }

    private enum Side { case left, right, both, none }

    private func side(_ condition: Expression) -> Side {
        let columns = condition.columnsRead
        if columns.isEmpty { return .none }
        if columns.allSatisfy({ $0 < leftCount }) { return .left }
        return columns.allSatisfy { $0 >= leftCount } ? .right : .both
    }

    /// Takes `left expression = right expression` as a key pair.
    mutating func takeKey(_ condition: Expression) -> Bool {
        guard case .call(.equal, let sides, _) = condition, sides.count == 2, sides[0].type == sides[1].type else {
            return false
        }
        switch (side(sides[0]), side(sides[1])) {
        case (.left, .right):
            leftKeys.append(sides[0])
            rightKeys.append(sides[1].renumbered { $0 - leftCount })
        case (.right, .left):
            leftKeys.append(sides[1])
            rightKeys.append(sides[0].renumbered { $0 - leftCount })
        default: return false
        }
        return true
    }
}

extension Expression {
    /// The column whose values part rows, where those of one partition are the same in every way.
    fileprivate var partingColumn: Int? {
        if case .column(let column, let type) = self, type.areEqualsAlike { column } else { nil }
    }

    /// Worth computing twice, once in a filter below and once where it is shown.
    fileprivate var isCheap: Bool {
        switch self {
        case .column, .literal: true
        case .cast(let inner, _): inner.isCheap
        case .call(let function, let arguments, _):
            switch function {
            case .dateTrunc, .dateBin, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isNull,
                .isNotNull, .add, .subtract, .jsonText:
                arguments.allSatisfy(\.isCheap) && !mayFailForValues
            default: false
            }
        case .conditional, .oneOf, .scalarSubquery, .placeholder: false
        }
    }

    /// As `mayFail`, but truncating a time to a constant field is known to succeed.
    private var mayFailForValues: Bool {
        if case .call(.dateTrunc, let arguments, _) = self { return !arguments.dropFirst().allSatisfy { !$0.mayFail } }
        return mayFail
    }
}

private func split(_ conditions: [Expression], _ test: (Expression) -> Bool) -> (
    movable: [Expression], staying: [Expression]
) {
    var (movable, staying): ([Expression], [Expression]) = ([], [])
    for condition in conditions {
        if test(condition) { movable.append(condition) } else { staying.append(condition) }
    }
    return (movable, staying)
}
