import Columnar
import Plans

/// A column that a query's FROM makes visible.
struct ScopeColumn {
    /// The table or alias it belongs to.
    var relation: String
    var name: String
    var type: ColumnType
    /// Its place in the output of the FROM plan.
    var index: Int
    /// The second copy of a column that USING merged: seen only when asked for by its relation.
    var isMerged = false
}

/// What names mean inside one SELECT.
struct Scope {
    /// In the order that `*` shows them.
    var columns: [ScopeColumn] = []
    var relations: [String] = []

    init() {}

    init(relation: String, columns: [TableColumn]) {
        relations = [relation]
        self.columns = columns.enumerated().map {
            ScopeColumn(relation: relation, name: $0.element.name, type: $0.element.type, index: $0.offset)
        }
    }

    /// This scope with another one's columns beside it, whose plan stands `offset` columns further right.
    func joined(with right: Scope, offset: Int) -> Scope {
        var both = self
        both.relations += right.relations
        both.columns += right.shifted(by: offset).columns
        return both
    }

    /// The scope over a plan that has `count` columns before these.
    func shifted(by count: Int) -> Scope {
        var moved = self
        for place in moved.columns.indices { moved.columns[place].index += count }
        return moved
    }

    /// What `*` means.
    var starColumns: [ScopeColumn] { columns.filter { !$0.isMerged } }

    func columns(of relation: String) -> [ScopeColumn] { columns.filter { $0.relation == relation } }

    /// Columns that an unqualified name may mean.
    func columns(named name: String) -> [ScopeColumn] { columns.filter { $0.name == name && !$0.isMerged } }
}

/// The names that subqueries and common table expressions see around them.
struct OuterScope {
    /// Common table expressions in sight, the innermost last.
    var tables: [CommonTable] = []
    /// Scopes of the queries around this one: only to say that a correlated name is not supported.
    var outerScopes: [Scope] = []

    func table(named name: String) -> CommonTable? { tables.last { $0.name == name } }
}

/// A bound `WITH` query, used as often as it is named.
struct CommonTable {
    var name: String
    var query: BoundQuery
    /// Tables it reads, counted again at each use.
    var relationCount: Int
}

/// A query with the columns that it shows.
struct BoundQuery {
    var plan: Plan
    /// Outputs whose type is still open: bare texts in quotes and NULLs, which a UNION around may type.
    var unknownColumns: Set<Int> = []

    var columns: [TableColumn] { plan.output }
}
