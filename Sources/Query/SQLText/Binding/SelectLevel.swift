import Columnar
import Plans

/// The clause an expression stands in: some allow aggregates, and messages name it.
enum Clause: String {
    case select = "SELECT", from = "FROM", joinCondition = "JOIN conditions", filter = "WHERE", group = "GROUP BY",
        having = "HAVING"
    case order = "ORDER BY", limit = "LIMIT", values = "VALUES", aggregateFilter = "FILTER", set = "SET"

    var allowsAggregates: Bool { self == .select || self == .having || self == .order }
    var allowsWindows: Bool { self == .select || self == .order }
}

/// A column that was read outside aggregates, for the message when it is not grouped.
struct ColumnUse {
    var index: Int
    var name: String
    var position: Int?
}

/// One SELECT while it is bound: its FROM plan and what its expressions collect.
final class SelectLevel {
    var plan: Plan
    var scope: Scope
    let surroundings: OuterScope
    /// With the query around, where WHERE may read that.
    var correlation: Correlation?
    var clause = Clause.select
    private(set) var aggregates: [AggregateCall] = []
    private var aggregatePlaces: [AggregateCall: Int] = [:]
    var columnUses: [ColumnUse] = []
    var isInsideAggregate = false
    /// The WINDOW clause, by name.
    var windows: [String: WindowDefinition] = [:]
    /// What of a window is bound.
    var windowPart = WindowPart.none
    private(set) var windowUses: [WindowUse] = []
    private var windowPlaces: [WindowUse: Int] = [:]
    /// Columns of subqueries that were joined for what is selected, and the expressions they were joined by.
    private var subqueries: [(keys: [Expression], columns: [Expression])] = []

    init(plan: Plan, scope: Scope, surroundings: OuterScope) {
        self.plan = plan
        self.scope = scope
        self.surroundings = surroundings
    }

    /// The surroundings of a subquery inside this SELECT that may read columns of it.
    func inner(_ correlation: Correlation) -> OuterScope {
        var inner = self.inner
        inner.correlation = correlation
        return inner
    }

    /// The surroundings of a subquery inside this SELECT.
    var inner: OuterScope {
        OuterScope(tables: surroundings.tables, outerScopes: surroundings.outerScopes + [scope])
    }

    /// Takes note of the columns from one on, which come of a subquery joined by expressions over the others.
    func noteJoined(by keys: [Expression], from first: Int, at position: Int?) {
        guard clause == .select, !isInsideAggregate else { return }
        let columns = plan.output.enumerated().dropFirst(first)
        // Above groups they have to follow from these.
        columnUses += columns.map { ColumnUse(index: $0.offset, name: "subquery", position: position) }
        subqueries.append((keys: keys, columns: columns.map { Expression.column($0.offset, $0.element.type) }))
    }

    /// Columns of subqueries that are the same in all rows of a group, as what they were joined by is: grouping by
    /// them, too, changes no group.
    func columns(following groups: [Expression]) -> [Expression] {
        let known = Set(groups)
        return subqueries.filter { $0.keys.allSatisfy { known.contains($0) || $0.follows(from: known) } }
            .flatMap(\.columns).filter { !known.contains($0) }
    }

    /// The placeholder of a window function; equal ones share one.
    func place(_ use: WindowUse) -> Expression {
        let place = windowPlaces[use] ?? windowUses.count
        if place == windowUses.count {
            windowUses.append(use)
            windowPlaces[use] = place
        }
        return .placeholder(.window(place), use.call.type)
    }

    /// The placeholder of an aggregate; equal calls share one.
    func place(_ call: AggregateCall) -> Expression {
        let place = aggregatePlaces[call] ?? aggregates.count
        if place == aggregates.count {
            aggregates.append(call)
            aggregatePlaces[call] = place
        }
        return .placeholder(.aggregate(place), call.type)
    }
}

extension Expression {
    /// Whether it is made of nothing but constants and groups whose equal values are the same in every way.
    fileprivate func follows(from groups: Set<Expression>) -> Bool {
        if groups.contains(self) { return type.areEqualsAlike }
        return switch self {
        case .literal: true
        case .column, .placeholder, .scalarSubquery: false
        case .call, .cast, .conditional, .oneOf: children.allSatisfy { $0.follows(from: groups) }
        }
    }
}
