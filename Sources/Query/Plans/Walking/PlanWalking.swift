import Columnar

extension Plan {
    /// The plans directly below; subqueries inside expressions are not among them.
    package var inputs: [Plan] {
        switch self {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _, _), .aggregate(let input, _, _, _), .distinct(let input),
            .sort(let input, _, _), .limit(let input, _, _):
            [input]
        case .join(let left, let right, _, _, _, _): [left, right]
        case .union(let inputs): inputs
        }
    }

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
        case .distinct(let input):
            .distinct(try transform(input))
        case .sort(let input, let keys, let limit):
            .sort(try transform(input), keys, limit: limit)
        case .limit(let input, let count, let offset):
            .limit(try transform(input), count: count, offset: offset)
        case .join(let left, let right, let kind, let leftKeys, let rightKeys, let residual):
            .join(
                left: try transform(left), right: try transform(right), kind: kind, leftKeys: leftKeys, rightKeys: rightKeys,
                residual: residual)
        case .union(let inputs):
            .union(try mapAll(inputs, transform))
        }
    }

    /// The same node with each of its own expressions replaced; inputs are left alone.
    package func mapExpressions<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure) -> Plan {
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

    /// Every node rewritten from the leaves up, plans of scalar subqueries included.
    package func rewriteUp(_ transform: (Plan) -> Plan) -> Plan {
        let below = mapInputs { $0.rewriteUp(transform) }
        return transform(below.mapExpressions { $0.mapSubqueries { $0.rewriteUp(transform) } })
    }
}

extension Expression {
    /// The same expression with the plan of each scalar subquery replaced.
    package func mapSubqueries(_ transform: (Plan) -> Plan) -> Expression {
        if case .scalarSubquery(let plan, let type) = self { return .scalarSubquery(transform(plan), type) }
        return mapChildren { $0.mapSubqueries(transform) }
    }
}

extension SortKey {
    /// The same order of another expression.
    package func mapExpression<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure) -> SortKey {
        SortKey(expression: try transform(expression), isDescending: isDescending, nullsFirst: nullsFirst)
    }
}

extension AggregateCall {
    /// The same aggregate with arguments, filter and order replaced.
    package func mapExpressions<Failure: Error>(_ transform: (Expression) throws(Failure) -> Expression) throws(Failure) -> AggregateCall {
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
