import Columnar
import JSONTexts
import Plans

/// FROM: tables, subqueries, joins.
extension Binder {
    /// A FROM list: its items side by side.
    func bindFrom(_ items: [SyntaxNode], _ surroundings: OuterScope) throws(QueryError) -> (plan: Plan, scope: Scope) {
        guard let first = items.first else { return (.values(rows: [[]], output: []), Scope()) }
        var (plan, scope) = try bindFromItem(first, surroundings)
        for item in items.dropFirst() {
            let (right, rightScope) = try bindFromItem(item, surroundings)
            try checkRelations(scope, rightScope)
            var moved = rightScope
            moved.shift(by: scope.width)
            scope.append(moved)
            try checkScope(scope)
            plan = .join(left: plan, right: right, kind: .cross, leftKeys: [], rightKeys: [], residual: nil)
        }
        return (plan, scope)
    }

    private func bindFromItem(_ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> (
        plan: Plan, scope: Scope
    ) {
        try nested(at: node) { () throws(QueryError) in
            guard let (kind, body) = node.unwrapped else { throw unsupported("this FROM item is") }
            switch kind {
            case "RangeVar": return try bindTable(body, surroundings)
            case "RangeSubselect": return try bindDerivedTable(body, surroundings)
            case "JoinExpr": return try bindJoin(body, surroundings)
            case "RangeFunction":
                throw unsupported(
                    "a function in FROM is", at: firstLocated(body), hint: "Read a table, a subquery or VALUES.")
            case "RangeTableSample": throw unsupported("TABLESAMPLE is", at: body)
            case "RangeTableFunc": throw unsupported("XMLTABLE is", at: body)
            default: throw unsupported("\(kind) in FROM is")
            }
        }
    }

    private func firstLocated(_ body: SyntaxNode) -> SyntaxNode? {
        body.list("functions").first?.body(of: "List")?.list("items").first?.unwrapped?.body
    }

    private func bindTable(_ body: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> (
        plan: Plan, scope: Scope
    ) {
        let name = body.text("relname") ?? ""
        let schema = body.text("schemaname")
        let alias = body["alias"]?.text("aliasname") ?? name
        if schema == nil, let common = surroundings.table(named: name) {
            try countRelations(common.relationCount)
            try countParts(common.weight, at: body)
            let columns = try renamed(common.query.columns, body["alias"])
            return (renamedPlan(common.query.plan, columns), Scope(relation: alias, columns: columns))
        }
        guard schema == nil || schema == "public" || schema == "plimsoll", body.text("catalogname") == nil,
            let listed = catalog.columns(ofTable: name)
        else {
            let shown = schema.map { "\($0).\(name)" } ?? name
            let near = nearestName(to: name, among: catalog.tableNames + surroundings.tables.map(\.name))
            throw fail(
                .undefinedTable, "relation \"\(shown)\" does not exist", at: body,
                hint: near.map { "Did you mean \"\($0)\"?" } ?? "Tables: \(catalog.tableNames.joined(separator: ", "))."
            )
        }
        try countRelations(1)
        try countParts(listed.count, at: body)
        let columns = try renamed(listed, body["alias"])
        let plan = Plan.scan(table: name, columns: Array(columns.indices), output: columns, predicates: [])
        return (plan, Scope(relation: alias, columns: columns))
    }

    private func bindDerivedTable(_ body: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> (
        plan: Plan, scope: Scope
    ) {
        if body.flag("lateral") {
            throw unsupported(
                "LATERAL is", keyword: "lateral", before: body["subquery"] ?? body,
                hint: "Join a grouped subquery instead.")
        }
        guard let select = body["subquery"]?.body(of: "SelectStmt") else { throw unsupported("this subquery is") }
        guard let alias = body["alias"]?.text("aliasname") else {
            throw fail(.syntax, "subquery in FROM must have an alias", hint: "For example, FROM (SELECT ...) AS name.")
        }
        let query = try bindQuery(select, surroundings)
        let columns = try renamed(query.columns, body["alias"])
        return (renamedPlan(query.plan, columns), Scope(relation: alias, columns: columns))
    }

    /// Columns under the names that `AS alias(a, b)` gives them.
    private func renamed(_ columns: [TableColumn], _ alias: SyntaxNode?) throws(QueryError) -> [TableColumn] {
        let names = alias?.names("colnames") ?? []
        if names.count > columns.count {
            let name = alias?.text("aliasname") ?? ""
            throw QueryError(
                .invalidReference,
                "table \"\(name)\" has \(columns.count) columns available but \(names.count) columns specified")
        }
        return columns.enumerated().map {
            TableColumn(name: $0.offset < names.count ? names[$0.offset] : $0.element.name, type: $0.element.type)
        }
    }

    private func renamedPlan(_ plan: Plan, _ columns: [TableColumn]) -> Plan {
        if plan.output == columns { return plan }
        return .project(plan, columns.enumerated().map { .column($0.offset, $0.element.type) }, output: columns)
    }

    func checkRelations(_ left: Scope, _ right: Scope) throws(QueryError) {
        if let twice = right.relations.first(where: { left.relations.contains($0) }) {
            throw QueryError(
                .duplicateName, "table name \"\(twice)\" specified more than once", hint: "Give one of them an alias.")
        }
    }
}
