import Columnar
import JSONTexts
import Plans

/// One column of a SELECT list.
struct Target {
    var value: Bound
    var name: String
}

/// SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT.
extension Binder {
    /// - Parameter correlation: with the query around, where WHERE may read that.
    func bindSelect(
        _ node: SyntaxNode, _ surroundings: OuterScope, _ correlation: Correlation?
    ) throws(QueryError) -> BoundQuery {
        let (plan, scope) = try bindFrom(node.list("fromClause"), surroundings)
        let level = SelectLevel(plan: plan, scope: scope, surroundings: surroundings)
        level.correlation = correlation
        try bindWhere(node, level)
        if let correlation, correlation.isUsed { return try bindKeyed(node, level, correlation) }
        level.columnUses = []
        level.clause = .select
        try bindWindowClause(node.list("windowClause"), level)
        var targets = try bindTargets(node.list("targetList"), level)
        let uses = level.columnUses
        let groups = try bindGroups(node.list("groupClause"), targets, level)
        level.columnUses = uses
        level.clause = .having
        let having = try node["havingClause"].map { item throws(QueryError) in try bindCondition(item, level) }
        level.clause = .order
        var order = try bindOrder(node.list("sortClause"), targets, level)

        var input = level.plan
        var windows = level.windowUses
        if !groups.isEmpty || !level.aggregates.isEmpty || having != nil || node["groupClause"] != nil {
            let grouping = Grouping(groups: groups + level.columns(following: groups), level: level, options: options)
            input = grouping.plan(names: targets)
            if let having { input = .filter(input, try grouping.rewrite(having)) }
            for place in targets.indices {
                targets[place].value.expression = try grouping.rewrite(targets[place].value.expression)
            }
            order = try order.map { key throws(QueryError) in try key.rewritten(grouping) }
            windows = try windows.map { use throws(QueryError) in
                try use.mapExpressions { expression throws(QueryError) in try grouping.rewrite(expression) }
            }
        }
        if !windows.isEmpty {
            let names = Dictionary(targets.map { ($0.value.expression, $0.name) }) { first, _ in first }
            let windowing = Windowing(windows, over: input, names: names)
            input = windowing.plan
            for place in targets.indices {
                targets[place].value.expression = windowing.rewrite(targets[place].value.expression)
            }
            for place in order.indices { order[place].expression = windowing.rewrite(order[place].expression) }
        }
        return try project(targets, order, over: input, node, surroundings)
    }

    private func bindWhere(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) {
        guard let clause = node["whereClause"] else { return }
        level.clause = .filter
        var nodes = [clause]
        if let logic = clause.body(of: "BoolExpr"), logic.text("boolop") == "AND_EXPR" { nodes = logic.list("args") }
        var conditions: [Expression] = []
        for item in nodes where try !bindSemiJoin(item, level) { conditions += try bindCorrelated(item, level) }
        if let all = Expression.conjunction(conditions) { level.plan = .filter(level.plan, coercion.folding.fold(all)) }
    }

    func bindTargets(_ nodes: [SyntaxNode], _ level: SelectLevel) throws(QueryError) -> [Target] {
        var targets: [Target] = []
        for node in nodes {
            guard let body = node.body(of: "ResTarget"), let value = body["val"] else {
                throw unsupported("this result column is")
            }
            if let reference = value.body(of: "ColumnRef"), let fields = starFields(reference) {
                targets += try bindStar(fields, reference, level)
            } else {
                targets.append(Target(value: try bind(value, level), name: body.text("name") ?? ResultName.of(value)))
            }
            try checkWidth(targets.count, at: value.unwrapped?.body)
        }
        try countParts(targets.count)
        return targets
    }

    /// The qualifiers of `*` or `t.*`; nil for another reference.
    private func starFields(_ reference: SyntaxNode) -> [String]? {
        let fields = reference.list("fields")
        guard let last = fields.last, last.body(of: "A_Star") != nil else { return nil }
        return fields.dropLast().compactMap(\.stringValue)
    }

    private func bindStar(_ qualifiers: [String], _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError)
        -> [Target]
    {
        let columns: [ScopeColumn]
        if let relation = qualifiers.last {
            guard level.scope.relations.contains(relation) else {
                let near = nearestName(to: relation, among: level.scope.relations)
                throw fail(
                    .undefinedTable, "missing FROM-clause entry for table \"\(relation)\"", at: node,
                    hint: near.map { "Did you mean \"\($0)\"?" })
            }
            columns = level.scope.columns(of: relation)
        } else {
            if level.scope.relations.isEmpty {
                throw fail(.syntax, "SELECT * with no tables specified is not valid", at: node)
            }
            columns = level.scope.starColumns
        }
        let place = position(node)
        return columns.map { column in
            level.columnUses.append(ColumnUse(index: column.index, name: column.name, position: place))
            return Target(value: Bound(.column(column.index, column.type), position: place), name: column.name)
        }
    }

    /// The result: targets, then columns that only ORDER BY needs, which a last projection drops.
    private func project(
        _ targets: [Target], _ order: [OrderKey], over input: Plan, _ node: SyntaxNode, _ surroundings: OuterScope
    ) throws(QueryError) -> BoundQuery {
        var expressions: [Expression] = []
        var columns: [TableColumn] = []
        var unknown: Set<Int> = []
        for (place, target) in targets.enumerated() {
            let settled = try settledValue(target.value)
            if target.value.isUnknown { unknown.insert(place) }
            expressions.append(settled)
            columns.append(TableColumn(name: target.name, type: settled.type))
        }
        let shown = columns
        let isDistinct = node["distinctClause"] != nil
        if isDistinct, node.list("distinctClause").contains(where: { $0.unwrapped != nil }) {
            throw unsupported("DISTINCT ON is", at: node.list("distinctClause").first?.unwrapped?.body)
        }
        var keys: [SortKey] = []
        for key in order {
            try options.check()
            let place: Int
            if let known = key.target ?? expressions.firstIndex(of: key.expression) {
                place = known
            } else {
                if isDistinct {
                    throw QueryError(
                        .invalidReference, "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
                        position: key.position)
                }
                place = expressions.count
                expressions.append(key.expression)
                columns.append(TableColumn(name: "order\(place - shown.count + 1)", type: key.expression.type))
            }
            keys.append(try sortKey(.column(place, columns[place].type), key.node))
        }
        var plan = Plan.project(input, expressions, output: columns)
        if isDistinct { plan = .distinct(plan) }
        if !keys.isEmpty { plan = .sort(plan, keys, limit: nil) }
        plan = try limited(plan, node, surroundings)
        if columns.count > shown.count {
            plan = .project(plan, shown.enumerated().map { .column($0.offset, $0.element.type) }, output: shown)
        }
        return BoundQuery(plan: plan, unknownColumns: unknown)
    }
}
