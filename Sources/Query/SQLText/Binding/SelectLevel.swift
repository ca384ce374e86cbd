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
