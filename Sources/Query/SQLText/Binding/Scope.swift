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
    /// How many columns the output of the FROM plan has.
    private(set) var width = 0

    init() {}

    init(relation: String, columns: [TableColumn]) {
        relations = [relation]
        width = columns.count
        self.columns = columns.enumerated().map {
            ScopeColumn(relation: relation, name: $0.element.name, type: $0.element.type, index: $0.offset)
        }
    }

    /// Takes another scope's columns in, whose places are those of the common plan already.
    /// - Complexity: O(columns of the other).
    mutating func append(_ other: Scope) {
        relations += other.relations
        columns += other.columns
        width += other.width
    }

    /// Makes this the scope over a plan that has `count` columns before these.
    mutating func shift(by count: Int) {
        if count == 0 { return }
        for place in columns.indices { columns[place].index += count }
    }

    /// What `*` means.
    var starColumns: [ScopeColumn] { columns.filter { !$0.isMerged } }

    /// The columns that unqualified names may mean, for many names at once.
    var columnsByName: [String: [ScopeColumn]] { Dictionary(grouping: starColumns, by: \.name) }

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
    /// Of the subquery that is bound next, where its WHERE may read the query around.
    var correlation: Correlation?

    func table(named name: String) -> CommonTable? { tables.last { $0.name == name } }
}

/// A bound `WITH` query, used as often as it is named.
struct CommonTable {
    var name: String
    var query: BoundQuery
    /// Tables it reads, counted again at each use.
    var relationCount: Int
    /// Columns and expressions in it, counted again at each use.
    var weight: Int
}

/// A query with the columns that it shows.
struct BoundQuery {
    var plan: Plan
    /// Outputs whose type is still open: bare texts in quotes and NULLs, which a UNION around may type.
    var unknownColumns: Set<Int> = []

    var columns: [TableColumn] { plan.output }
}
