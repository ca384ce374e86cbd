import Columnar
import Plans

/// Subqueries that read columns of the query around them: their rows by these columns, joined to it.
extension Binder {
    /// A condition of WHERE; what equates the two queries is a key of the correlation, and nothing is left of it.
    func bindCorrelated(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> [Expression] {
        guard let correlation = level.correlation else { return [try bindCondition(node, level)] }
        correlation.isOpen = true
        defer { correlation.isOpen = false }
        var rest: [Expression] = []
        for condition in try bindCondition(node, level).conjuncts {
            if !condition.readsOuter {
                rest.append(condition)
            } else if !correlation.take(condition) {
                throw correlated(correlation.lastUse)
            }
        }
        return rest
    }

    private func correlated(_ use: ColumnUse?, hint: String? = nil) -> QueryError {
        QueryError(
            .notSupported,
            "a subquery that uses a column of the query around it (\"\(use?.name ?? "?")\") like this is not supported",
            hint: hint
                ?? "In its WHERE, as one side of an equality beside columns of its own, it is; else join the subquery.",
            position: use?.position)
    }

    /// The rest of a SELECT whose WHERE is bound and reads columns of the query around: its rows by the keys.
    func bindKeyed(
        _ node: SyntaxNode, _ level: SelectLevel, _ correlation: Correlation
    ) throws(QueryError) -> BoundQuery {
        level.columnUses = []
        level.clause = .select
        let targets = try bindTargets(node.list("targetList"), level)
        let isCut = node["limitCount"] != nil || node["limitOffset"] != nil
        if isCut || node["havingClause"] != nil || !node.list("groupClause").isEmpty || !level.windowUses.isEmpty {
            throw correlated(
                correlation.firstUse,
                hint: "GROUP BY, HAVING, LIMIT, OFFSET and functions over windows are not in such a subquery: join it.")
        }
        // Conditions that come to a constant leave none.
        if correlation.keys.isEmpty { throw correlated(correlation.firstUse) }
        let keys = correlation.keys.map(\.inner)
        let keyColumns = keys.enumerated().map { TableColumn(name: "key\($0.offset + 1)", type: $0.element.type) }
        if correlation.purpose == .value {
            guard targets.count == 1 else { throw fail(.syntax, "subquery must return only one column", at: node) }
            guard !level.aggregates.isEmpty else {
                throw correlated(
                    correlation.firstUse, hint: "It may have several rows: select an aggregate, such as max(…).")
            }
            correlation.value = try Grouping(groups: [], level: level, options: options).rewrite(
                coercion.read(targets[0].value, as: .text).expression)
            correlation.aggregates = level.aggregates
            let input = level.plan.output
            let columns = level.aggregates.map { TableColumn(name: $0.text(over: input), type: $0.type) }
            return BoundQuery(
                plan: .aggregate(
                    level.plan, groups: keys, aggregates: level.aggregates, output: keyColumns + columns))
        }
        guard level.aggregates.isEmpty else {
            throw correlated(correlation.firstUse, hint: "Without an aggregate it is.")
        }
        if correlation.purpose == .existence {
            return BoundQuery(plan: .distinct(.project(level.plan, keys, output: keyColumns)))
        }
        guard targets.count == 1 else { throw fail(.syntax, "subquery has too many columns", at: node) }
        let member = try coercion.read(targets[0].value, as: .text).expression
        return BoundQuery(
            plan: .project(
                level.plan, keys + [member], output: keyColumns + [TableColumn(name: "member", type: member.type)]))
    }

    /// Joins the rows of a subquery by its keys, each of which it has once, to those of the query around.
    /// - Returns: the first column of the subquery.
    func join(_ correlation: Correlation, _ subquery: Plan, _ level: SelectLevel, at node: SyntaxNode)
        throws(QueryError) -> Int
    {
        guard [.select, .filter, .aggregateFilter].contains(level.clause) else {
            throw correlated(correlation.firstUse, hint: "In SELECT and WHERE it is.")
        }
        let width = level.plan.outputCount
        level.plan = .join(
            left: level.plan, right: subquery, kind: .left, leftKeys: correlation.keys.map(\.outer),
            rightKeys: correlation.keys.enumerated().map { .column($0.offset, $0.element.inner.type) }, residual: nil)
        level.noteJoined(by: correlation.keys.map(\.outer), from: width, at: position(node))
        return width
    }
}
