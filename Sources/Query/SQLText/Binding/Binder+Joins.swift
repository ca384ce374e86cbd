import Columnar
import JSONTexts
import Plans

/// Joins: keys are taken out of the condition, the rest stays as a residual.
extension Binder {
    func bindJoin(_ body: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> (plan: Plan, scope: Scope) {
        guard let leftNode = body["larg"], let rightNode = body["rarg"] else { throw unsupported("this join is") }
        let type = body.text("jointype") ?? ""
        guard ["JOIN_INNER", "JOIN_LEFT", "JOIN_RIGHT"].contains(type) else {
            throw unsupported(
                "FULL JOIN is", keyword: "full", before: rightNode, hint: "UNION ALL of two left joins says the same.")
        }
        if body["alias"] != nil { throw unsupported("an alias of a whole join is") }
        let left = try bindFrom([leftNode], surroundings)
        let right = try bindFrom([rightNode], surroundings)
        try checkRelations(left.scope, right.scope)
        let isRight = type == "JOIN_RIGHT"
        let first = isRight ? right : left
        let second = isRight ? left : right
        var (leftScope, rightScope) = (left.scope, right.scope)
        if isRight { leftScope.shift(by: rightScope.width) } else { rightScope.shift(by: leftScope.width) }
        var scope = leftScope
        scope.append(rightScope)
        try checkScope(scope)

        var using = body.names("usingClause")
        if body.flag("isNatural") {
            let names = Set(right.scope.starColumns.map(\.name))
            using = left.scope.starColumns.map(\.name).filter { names.contains($0) }
        }
        var conditions: [Expression] = []
        if !using.isEmpty {
            conditions = try mergeColumns(using, leftScope, rightScope, keepsRight: isRight, into: &scope)
        } else if let quals = body["quals"] {
            let level = SelectLevel(plan: first.plan, scope: scope, surroundings: surroundings)
            level.clause = .joinCondition
            conditions = try bindCondition(quals, level).conjuncts
        }
        let isInner = type == "JOIN_INNER"
        let kind: JoinKind = isInner ? (conditions.isEmpty ? .cross : .inner) : .left
        let plan = joinPlan(first.plan, second.plan, kind, conditions)
        return (plan, scope)
    }

    /// The join with the equalities between its sides as keys.
    private func joinPlan(_ first: Plan, _ second: Plan, _ kind: JoinKind, _ conditions: [Expression]) -> Plan {
        let plan = Plan.join(
            left: first, right: second, kind: kind, leftKeys: [], rightKeys: [],
            residual: Expression.conjunction(conditions))
        return plan.takingJoinKeys()
    }

    private func mergeColumns(
        _ names: [String], _ left: Scope, _ right: Scope, keepsRight: Bool, into scope: inout Scope
    ) throws(QueryError) -> [Expression] {
        var conditions: [Expression] = []
        let (leftColumns, rightColumns) = (left.columnsByName, right.columnsByName)
        var hidden: Set<Int> = []
        for name in names {
            try options.check()
            let a = try mergeSide(name, leftColumns[name] ?? [], left, "left")
            let b = try mergeSide(name, rightColumns[name] ?? [], right, "right")
            guard let common = Coercion.common([a.type, b.type]) else {
                throw QueryError(
                    .typeMismatch, "JOIN/USING types \(a.type.sqlName) and \(b.type.sqlName) cannot be matched")
            }
            let sides = [
                try coercion.convert(Bound(.column(a.index, a.type)), to: common),
                try coercion.convert(Bound(.column(b.index, b.type)), to: common),
            ]
            conditions.append(.call(.equal, sides, .boolean))
            hidden.insert(keepsRight ? a.index : b.index)
        }
        for place in scope.columns.indices where hidden.contains(scope.columns[place].index) {
            scope.columns[place].isMerged = true
        }
        let shown = scope.columnsByName
        let merged = names.compactMap { shown[$0]?.first }
        let mergedIndices = Set(merged.map(\.index))
        scope.columns = merged + scope.columns.filter { !mergedIndices.contains($0.index) }
        return conditions
    }

    /// - Parameter found: the columns of the side that are named so.
    private func mergeSide(_ name: String, _ found: [ScopeColumn], _ scope: Scope, _ side: String) throws(QueryError)
        -> ScopeColumn
    {
        guard let column = found.first else {
            throw QueryError(
                .undefinedColumn, "column \"\(name)\" specified in USING clause does not exist in \(side) table",
                hint: nearestName(to: name, among: scope.starColumns.map(\.name)).map { "Did you mean \"\($0)\"?" })
        }
        if found.count > 1 {
            throw QueryError(
                .ambiguousColumn, "common column name \"\(name)\" appears more than once in \(side) table")
        }
        return column
    }
}
