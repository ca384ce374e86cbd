import Columnar

extension Plan {
    /// The plans directly below; subqueries inside expressions are not among them.
    var inputs: [Plan] {
        switch self {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _, _), .aggregate(let input, _, _, _), .distinct(let input),
            .window(let input, _, _, _, _),
            .sort(let input, _, _), .limit(let input, _, _):
            [input]
        case .join(let left, let right, _, _, _, _): [left, right]
        case .union(let inputs): inputs
        }
    }

    // tests: walks are tried by themselves, over nodes of every kind.
    /// The same node over other inputs.
    package func mapInputs<Failure: Error>(_ transform: (Plan) throws(Failure) -> Plan) throws(Failure) -> Plan {
        switch self {
        case .scan, .values:
            self
        case .filter(let input, let condition):
            .filter(try transform(input), condition)
        case .project(let input, let expressions, let output):
            .project(try transform(input), expressions, output: output)
        case .aggregate(let input, let groups, let aggregates, let output):
            .aggregate(try transform(input), groups: groups, aggregates: aggregates, output: output)
        case .window(let input, let partition, let order, let calls, let output):
            .window(try transform(input), partition: partition, order: order, calls: calls, output: output)
        case .distinct(let input):
            .distinct(try transform(input))
        case .sort(let input, let keys, let limit):
            .sort(try transform(input), keys, limit: limit)
        case .limit(let input, let count, let offset):
            .limit(try transform(input), count: count, offset: offset)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            .join(
                left: try transform(left), right: try transform(right), kind: kind, leftKeys: leftKeys,
                rightKeys: rightKeys,
                residual: residual)
        case .union(let inputs):
            .union(try mapAll(inputs, transform))
        }
    }

    /// The same node with each of its own expressions replaced; inputs are left alone.
    package func mapExpressions<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure)
        -> Plan
    {
        switch self {
        case .scan, .distinct, .limit, .union:
            return self
        case .values(let rows, let output):
            var mapped: [[Expression]] = []
            for row in rows { mapped.append(try mapAll(row, transform)) }
            return .values(rows: mapped, output: output)
        case .filter(let input, let condition):
            return .filter(input, try transform(condition))
        case .project(let input, let expressions, let output):
            return .project(input, try mapAll(expressions, transform), output: output)
        case .aggregate(let input, let groups, let aggregates, let output):
            var calls: [AggregateCall] = []
            for call in aggregates { calls.append(try call.mapExpressions(transform)) }
            return .aggregate(input, groups: try mapAll(groups, transform), aggregates: calls, output: output)
        case .window(let input, let partition, let order, let calls, let output):
            var keys: [SortKey] = []
            for key in order { keys.append(try key.mapExpression(transform)) }
            return .window(
                input, partition: try mapAll(partition, transform), order: keys,
                calls: try mapAll(calls) { call throws(Failure) in try call.mapExpressions(transform) }, output: output)
        case .sort(let input, let keys, let limit):
            var mapped: [SortKey] = []
            for key in keys { mapped.append(try key.mapExpression(transform)) }
            return .sort(input, mapped, limit: limit)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            var rest: Expression?
            if let residual { rest = try transform(residual) }
            return .join(
                left: left, right: right, kind: kind, leftKeys: try mapAll(leftKeys, transform),
                rightKeys: try mapAll(rightKeys, transform), residual: rest)
        }
    }

    // tests: walks are tried by themselves, over nodes of every kind.
    /// The same node with all that lies below replaced: its inputs, and the plans of scalar subqueries in its
    /// expressions.
    package func mapBelow(_ transform: (Plan) -> Plan) -> Plan {
        mapInputs(transform).mapExpressions { $0.mapSubqueries(transform) }
    }

    /// Every node rewritten from the leaves up, plans of scalar subqueries included.
    func rewriteUp(_ transform: (Plan) -> Plan) -> Plan {
        transform(mapBelow { $0.rewriteUp(transform) })
    }

    // tests: walks are tried by themselves, over nodes of every kind.
    /// Every node rewritten from the root down, plans of scalar subqueries included: each until the transform leaves it
    /// as it is, then what lies below.
    /// - Parameter transform: comes to an end, since each of its changes moves or removes something.
    package func rewriteDown(_ transform: (Plan) -> Plan) -> Plan {
        let here = transform(self)
        return here == self ? mapBelow { $0.rewriteDown(transform) } : here.rewriteDown(transform)
    }

    // tests: walks are tried by themselves, over nodes of every kind.
    /// The same plan with the plan of each scalar subquery replaced, at every depth but not inside subqueries
    /// themselves.
    package func mapSubqueries(_ transform: (Plan) -> Plan) -> Plan {
        mapInputs { $0.mapSubqueries(transform) }.mapExpressions { $0.mapSubqueries(transform) }
    }

    /// The node's own expressions; those of its inputs are not among them.
    package var expressions: [Expression] {
        switch self {
        case .scan, .distinct, .limit, .union: []
        case .values(let rows, _): rows.flatMap { $0 }
        case .filter(_, let condition): [condition]
        case .project(_, let expressions, _): expressions
        case .aggregate(_, let groups, let aggregates, _): groups + aggregates.flatMap(\.expressions)
        case .window(_, let partition, let order, let calls, _):
            partition + order.map(\.expression) + calls.flatMap(\.expressions)
        case .sort(_, let keys, _): keys.map(\.expression)
        case .join(_, _, _, let leftKeys, let rightKeys, let residual):
            leftKeys + rightKeys + (residual.map { [$0] } ?? [])
        }
    }

    /// Whether a placeholder is left anywhere, which no engine knows: a mistake of the binder.
    package var holdsPlaceholder: Bool {
        expressions.contains(where: \.holdsPlaceholder) || inputs.contains(where: \.holdsPlaceholder)
    }

    /// Whether a scalar subquery occurs anywhere.
    var holdsSubquery: Bool {
        expressions.contains(where: \.containsSubquery) || inputs.contains(where: \.holdsSubquery)
    }
}

extension Expression {
    // tests: walks are tried by themselves, over nodes of every kind.
    /// The same expression with the plan of each scalar subquery replaced.
    package func mapSubqueries(_ transform: (Plan) -> Plan) -> Expression {
        // Most have none and stay as they are; each rewrite of a plan asks each of its expressions.
        containsSubquery ? replacingSubqueries(transform) : self
    }

    private func replacingSubqueries(_ transform: (Plan) -> Plan) -> Expression {
        if case .scalarSubquery(let plan, let type) = self { return .scalarSubquery(transform(plan), type) }
        return mapChildren { $0.replacingSubqueries(transform) }
    }
}

extension SortKey {
    /// The same order of another expression.
    func mapExpression<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure)
        -> SortKey
    {
        SortKey(expression: try transform(expression), isDescending: isDescending, nullsFirst: nullsFirst)
    }
}

extension AggregateCall {
    /// The same aggregate with arguments, filter and order replaced.
    package func mapExpressions<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure)
        -> AggregateCall
    {
        var call = self
        call.arguments = try mapAll(arguments, transform)
        if let filter { call.filter = try transform(filter) }
        var keys: [SortKey] = []
        for key in order { keys.append(try key.mapExpression(transform)) }
        call.order = keys
        return call
    }

    /// Every expression the aggregate reads.
    package var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) + order.map(\.expression) }
}
