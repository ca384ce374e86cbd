import Columnar
import Plans

/// Subqueries as values: one value, EXISTS, IN.
extension Binder {
    func bindSubquery(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        guard let select = node["subselect"]?.body(of: "SelectStmt") else {
            throw unsupported("this subquery is", at: node)
        }
        let place = position(node)
        switch node.text("subLinkType") ?? "" {
        case "EXPR_SUBLINK":
            let correlation = Correlation(.value, scope: level.scope)
            let query = settled(try bindQuery(select, level.inner(correlation)))
            if correlation.isUsed {
                let first = try join(correlation, query.plan, level, at: node) + correlation.keys.count
                guard let value = correlation.value(fromColumn: first) else {
                    throw unsupported("this subquery is", at: node)
                }
                return Bound(coercion.folding.fold(value), position: place)
            }
            guard query.columns.count == 1 else {
                throw fail(.syntax, "subquery must return only one column", at: node)
            }
            return Bound(.scalarSubquery(query.plan, query.columns[0].type), position: place)
        case "EXISTS_SUBLINK":
            let correlation = Correlation(.existence, scope: level.scope)
            let query = settled(try bindQuery(select, level.inner(correlation)))
            if correlation.isUsed {
                let mark = try join(correlation, marked(query.plan), level, at: node) + correlation.keys.count
                return call(.isNotNull, [.column(mark, .boolean)], .boolean, at: place)
            }
            return call(
                .greater, [rowCount(of: .limit(query.plan, count: 1, offset: 0)), .literal(.integer(0), .integer)],
                .boolean, at: place)
        case "ANY_SUBLINK":
            if let name = node.names("operName").last, name != "=" {
                throw unsupported(
                    "\(name) ANY (subquery) is", at: node, hint: "Compare with (SELECT min(...) ...) or max.")
            }
            return try bindMembership(node, select, level)
        default:
            throw unsupported("this form of subquery is", at: node, hint: "A subquery as one value, EXISTS and IN are.")
        }
    }

    /// With a column that says of rows that have a partner that they have one.
    private func marked(_ plan: Plan) -> Plan {
        let columns = plan.output
        return .project(
            plan,
            columns.enumerated().map { .column($0.offset, $0.element.type) } + [.literal(.boolean(true), .boolean)],
            output: columns + [TableColumn(name: "matched", type: .boolean)])
    }

    private func rowCount(of plan: Plan) -> Expression {
        .scalarSubquery(
            .aggregate(
                plan, groups: [], aggregates: [AggregateCall(function: .countRows, arguments: [], type: .integer)],
                output: [TableColumn(name: "count", type: .integer)]),
            .integer)
    }

    /// `x IN (SELECT …)`: the distinct values are joined on the left of everything else; a column that marks the match
    /// and the subquery's count of rows and NULLs decide between true, false and NULL.
    private func bindMembership(_ node: SyntaxNode, _ select: SyntaxNode, _ level: SelectLevel) throws(QueryError)
        -> Bound
    {
        guard [.select, .filter, .aggregateFilter].contains(level.clause), let test = node["testexpr"] else {
            throw unsupported("IN (subquery) in \(level.clause.rawValue) is", at: node, hint: "Move it to WHERE.")
        }
        let value = try bind(test, level)
        if value.expression.readsAggregates { throw unsupported("IN (subquery) over an aggregate is", at: node) }
        if value.expression.readsWindows {
            throw unsupported(
                "IN (subquery) over a window function is", at: node, hint: "Compute the function in a subquery.")
        }
        let query = settled(try bindQuery(select, level.inner))
        guard query.columns.count == 1 else { throw fail(.syntax, "subquery has too many columns", at: node) }
        let inner = Bound(.column(0, query.columns[0].type))
        guard let type = Coercion.common([value.type, inner.type]) else {
            throw operatorMissing("=", value, inner, at: position(node))
        }
        let key = try coercion.convert(value, to: type)
        let column = TableColumn(name: query.columns[0].name, type: type)
        let members = Plan.project(query.plan, [try coercion.convert(inner, to: type)], output: [column])
        let width = level.plan.outputCount
        level.plan = .join(
            left: level.plan, right: marked(.distinct(members)), kind: .left, leftKeys: [key],
            rightKeys: [.column(0, type)], residual: nil)
        level.noteJoined(by: [key], from: width, at: position(node))
        let mark = Expression.column(width + 1, .boolean)
        let nulls = rowCount(of: .filter(members, .call(.isNull, [.column(0, type)], .boolean)))
        let rows = rowCount(of: .limit(members, count: 1, offset: 0))
        let zero = Expression.literal(.integer(0), .integer)
        let branches = [
            ConditionalBranch(
                condition: .call(.isNotNull, [mark], .boolean), value: .literal(.boolean(true), .boolean)),
            ConditionalBranch(
                condition: .call(.equal, [rows, zero], .boolean), value: .literal(.boolean(false), .boolean)),
            ConditionalBranch(
                condition: .call(
                    .or, [.call(.isNull, [key], .boolean), .call(.greater, [nulls, zero], .boolean)], .boolean),
                value: .literal(.null, .boolean)),
        ]
        return Bound(
            .conditional(branches, otherwise: .literal(.boolean(false), .boolean), .boolean), position: position(node))
    }

    /// WHERE `x IN (SELECT …)` as one of several conditions that all must hold: an inner join keeps the rows, nothing
    /// else is needed. Says whether the condition was of this form.
    func bindSemiJoin(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bool {
        guard let body = node.body(of: "SubLink"), body.text("subLinkType") == "ANY_SUBLINK",
            body.names("operName").last ?? "=" == "=",
            let test = body["testexpr"], let select = body["subselect"]?.body(of: "SelectStmt")
        else { return false }
        let value = try bind(test, level)
        let correlation = Correlation(.membership, scope: level.scope)
        let query = settled(try bindQuery(select, level.inner(correlation)))
        let place = correlation.keys.count
        if query.columns.count != place + 1 { throw fail(.syntax, "subquery has too many columns", at: body) }
        let inner = Bound(.column(place, query.columns[place].type))
        guard let type = Coercion.common([value.type, inner.type]) else {
            throw operatorMissing("=", value, inner, at: position(body))
        }
        // Beside the keys of a correlation the member is one of them.
        var columns = query.columns
        columns[place] = TableColumn(name: columns[place].name, type: type)
        let keys = correlation.keys.enumerated().map { Expression.column($0.offset, $0.element.inner.type) }
        let members = Plan.distinct(
            .project(query.plan, keys + [try coercion.convert(inner, to: type)], output: columns))
        level.plan = .join(
            left: level.plan, right: members, kind: .inner,
            leftKeys: correlation.keys.map(\.outer) + [try coercion.convert(value, to: type)],
            rightKeys: columns.enumerated().map { .column($0.offset, $0.element.type) }, residual: nil)
        return true
    }
}

extension Expression {
    /// Whether an aggregate's placeholder occurs.
    var readsAggregates: Bool {
        if case .placeholder(.aggregate, _) = self { return true }
        return children.contains(where: \.readsAggregates)
    }

    /// Whether a window function's placeholder occurs.
    var readsWindows: Bool {
        if case .placeholder(.window, _) = self { return true }
        return children.contains(where: \.readsWindows)
    }
}
