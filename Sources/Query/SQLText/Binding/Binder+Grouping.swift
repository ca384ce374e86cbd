import Columnar
import Plans

/// GROUP BY and ORDER BY items: positions, result names, expressions.
extension Binder {
    func bindGroups(_ nodes: [SyntaxNode], _ targets: [Target], _ level: SelectLevel) throws(QueryError) -> [Expression]
    {
        level.clause = .group
        var groups: [Expression] = []
        var seen: Set<Expression> = []
        for node in nodes {
            try options.check()
            let value = try bindGroup(node, targets, level)
            if value.expression.readsAggregates {
                throw QueryError(
                    .misusedAggregate, "aggregate functions are not allowed in GROUP BY", position: value.position)
            }
            if value.expression.readsWindows {
                throw QueryError(
                    .misusedWindow, "window functions are not allowed in GROUP BY", position: value.position)
            }
            let expression = try coercion.read(value, as: .text).expression
            if seen.insert(expression).inserted { groups.append(expression) }
        }
        return groups
    }

    private func bindGroup(_ node: SyntaxNode, _ targets: [Target], _ level: SelectLevel) throws(QueryError) -> Bound {
        if let set = node.body(of: "GroupingSet") { throw unsupported("GROUPING SETS, ROLLUP or CUBE is", at: set) }
        if let target = try position(of: node, "GROUP BY", targets) { return targets[target].value }
        if let name = plainName(node), level.scope.columns(named: name).isEmpty {
            let named = targets.filter { $0.name == name }
            if let first = named.first {
                guard named.allSatisfy({ $0.value.expression == first.value.expression }) else {
                    throw fail(.ambiguousColumn, "GROUP BY \"\(name)\" is ambiguous", at: node.unwrapped?.body)
                }
                return first.value
            }
        }
        return try bind(node, level)
    }

    func bindOrder(_ nodes: [SyntaxNode], _ targets: [Target], _ level: SelectLevel) throws(QueryError) -> [OrderKey] {
        var keys: [OrderKey] = []
        for node in nodes {
            try options.check()
            guard let body = node.body(of: "SortBy"), let item = body["node"] else {
                throw unsupported("this ORDER BY is")
            }
            if let target = try position(of: item, "ORDER BY", targets) {
                keys.append(
                    OrderKey(expression: targets[target].value.expression, target: target, node: body, position: nil))
                continue
            }
            if let name = plainName(item), let first = targets.firstIndex(where: { $0.name == name }) {
                let others = targets.filter { $0.name == name }
                guard others.allSatisfy({ $0.value.expression == targets[first].value.expression }) else {
                    throw fail(.ambiguousColumn, "ORDER BY \"\(name)\" is ambiguous", at: item.unwrapped?.body)
                }
                keys.append(
                    OrderKey(expression: targets[first].value.expression, target: first, node: body, position: nil))
                continue
            }
            let value = try bind(item, level)
            let expression = try coercion.read(value, as: .text).expression
            let target = targets.firstIndex { !$0.value.isUnknown && $0.value.expression == expression }
            keys.append(OrderKey(expression: expression, target: target, node: body, position: value.position))
        }
        return keys
    }

    /// The index that a bare number in GROUP BY or ORDER BY names; nil for anything else.
    private func position(of node: SyntaxNode, _ clause: String, _ targets: [Target]) throws(QueryError) -> Int? {
        guard let constant = node.body(of: "A_Const") else { return nil }
        guard let number = constant["ival"] else {
            throw fail(
                .syntax, "non-integer constant in \(clause)", at: constant,
                hint: "Use a position, a result name or an expression.")
        }
        let place = number.integer("ival")
        guard place >= 1, place <= targets.count else {
            throw fail(.invalidReference, "\(clause) position \(place) is not in select list", at: constant)
        }
        return place - 1
    }

    private func plainName(_ node: SyntaxNode) -> String? {
        guard let fields = node.body(of: "ColumnRef")?.list("fields"), fields.count == 1 else { return nil }
        return fields[0].stringValue
    }
}

/// One item of ORDER BY: the result column that it names, or an expression of its own.
struct OrderKey {
    var expression: Expression
    var target: Int?
    var node: SyntaxNode
    var position: Int?

    func rewritten(_ grouping: Grouping) throws(QueryError) -> OrderKey {
        var key = self
        key.expression = try grouping.rewrite(expression)
        return key
    }
}

/// The aggregate node of a SELECT, and what its expressions become above it.
struct Grouping {
    private let groups: [Expression]
    private let places: [Expression: Int]
    private let level: SelectLevel
    private let options: QueryOptions

    /// - Parameter groups: each once.
    init(groups: [Expression], level: SelectLevel, options: QueryOptions) {
        self.groups = groups
        self.level = level
        self.options = options
        places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($0.element, $0.offset) })
    }

    func plan(names targets: [Target]) -> Plan {
        let names = Dictionary(targets.map { ($0.value.expression, $0.name) }) { first, _ in first }
        let groupColumns = groups.enumerated().map { place, group in
            TableColumn(name: names[group] ?? columnName(group) ?? "group\(place + 1)", type: group.type)
        }
        let input = level.plan.output
        let callColumns = level.aggregates.map { call in
            TableColumn(name: names[level.place(call)] ?? call.text(over: input), type: call.type)
        }
        return .aggregate(level.plan, groups: groups, aggregates: level.aggregates, output: groupColumns + callColumns)
    }

    /// The expression over the aggregate's output: here, and nowhere else, placeholders become columns.
    /// - Throws: `.misusedAggregate` for a column that is neither grouped nor aggregated; `.cancelled` and
    ///   `.deadlineExceeded`.
    func rewrite(_ expression: Expression) throws(QueryError) -> Expression {
        try options.check()
        // A constant is the same above the groups, even where it happens to be one of them.
        if expression.constant != nil { return expression }
        if let place = places[expression] { return .column(place, expression.type) }
        switch expression {
        case .placeholder(.aggregate(let place), let type):
            return .column(groups.count + place, type)
        case .placeholder(.window, _), .placeholder(.outer, _):
            return expression
        case .column(let index, _):
            let use = level.columnUses.first { $0.index == index }
            let column = level.scope.columns.first { $0.index == index }
            let name = column.map { "\($0.relation).\($0.name)" } ?? use?.name ?? "?"
            throw QueryError(
                .misusedAggregate,
                "column \"\(name)\" must appear in the GROUP BY clause or be used in an aggregate function",
                position: use?.position)
        case .literal, .call, .cast, .conditional, .oneOf, .scalarSubquery:
            return try expression.mapChildren { child throws(QueryError) in try rewrite(child) }
        }
    }

    private func columnName(_ expression: Expression) -> String? {
        guard case .column(let index, _) = expression else { return nil }
        return level.scope.columns.first { $0.index == index }?.name
    }
}
