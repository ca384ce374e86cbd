import Columnar
import Plans

/// How a subquery hangs together with the query around it: columns of that one in its WHERE, each beside an expression
/// of its own. So it is answered once for all rows around, by these expressions, and joined by them.
final class Correlation {
    /// What is asked of the subquery.
    enum Purpose { case existence, value, membership }

    /// An expression of the query around, and one of the subquery that has to equal it.
    struct Key {
        var outer: Expression
        var inner: Expression
    }

    let purpose: Purpose
    /// Of the query around.
    let scope: Scope
    /// Whether columns of the query around may stand where the subquery is bound.
    var isOpen = false
    private(set) var keys: [Key] = []
    /// Where the first column of the query around stands, and its name.
    private(set) var firstUse: ColumnUse?
    /// Where the last one does.
    private(set) var lastUse: ColumnUse?
    /// Of a value: what it is, over the aggregates of the subquery.
    var value: Expression?
    /// Those aggregates: of no rows, a count is zero.
    var aggregates: [AggregateCall] = []

    init(_ purpose: Purpose, scope: Scope) {
        self.purpose = purpose
        self.scope = scope
    }

    /// Whether the subquery reads a column of the query around.
    var isUsed: Bool { firstUse != nil }

    /// The column of the query around that a name means where the subquery has none; nil where none may be meant.
    func column(_ names: [String], beside own: Scope) -> ScopeColumn? {
        guard isOpen, let name = names.last else { return nil }
        if names.count == 1 {
            let found = scope.columns(named: name)
            let isOwn = !own.columns(named: name).isEmpty || own.relations.contains(name)
            return isOwn || found.count != 1 ? nil : found[0]
        }
        let relation = names[names.count - 2]
        if own.relations.contains(relation) { return nil }
        let found = scope.columns.filter { $0.name == name && $0.relation == relation }
        return found.count == 1 ? found[0] : nil
    }

    func note(_ use: ColumnUse) {
        if firstUse == nil { firstUse = use }
        lastUse = use
    }

    /// Takes an equality between the two queries as a key.
    /// - Returns: false for any other condition.
    func take(_ condition: Expression) -> Bool {
        guard case .call(.equal, let sides, _) = condition, sides.count == 2 else { return false }
        for (outer, inner) in [(sides[0], sides[1]), (sides[1], sides[0])]
        where outer.readsOuter && outer.columnsRead.isEmpty && !inner.readsOuter && !inner.columnsRead.isEmpty {
            keys.append(Key(outer: outer.overOuter, inner: inner))
            return true
        }
        return false
    }

    /// What stands above the join with the subquery's groups: what the aggregates say of rows without a partner is what
    /// they say of no rows.
    /// - Parameter first: the column of the first aggregate.
    func value(fromColumn first: Int) -> Expression? {
        value?.substituting(
            aggregates.enumerated().map { place, call in
                let column = Expression.column(first + place, call.type)
                guard [.countRows, .count].contains(call.function) else { return column }
                return .call(.coalesce, [column, .literal(.integer(0), .integer)], .integer)
            })
    }
}

extension Expression {
    /// Whether a column of the query around occurs.
    var readsOuter: Bool {
        if case .placeholder(.outer, _) = self { return true }
        return children.contains(where: \.readsOuter)
    }

    /// The same over the columns of the query around.
    fileprivate var overOuter: Expression {
        if case .placeholder(.outer(let column), let type) = self { return .column(column, type) }
        return mapChildren { $0.overOuter }
    }
}
