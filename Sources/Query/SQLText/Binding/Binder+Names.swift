import Columnar
import JSONTexts
import Plans

/// Columns by name.
extension Binder {
    func bindColumn(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> Bound {
        let fields = node.list("fields")
        if fields.contains(where: { $0.body(of: "A_Star") != nil }) {
            throw unsupported("a row as a value is", at: node, hint: "Name the columns.")
        }
        let names = fields.compactMap(\.stringValue)
        guard let name = names.last, names.count <= 3 else { throw unsupported("this column reference is", at: node) }
        if let column = level.correlation?.column(names, beside: level.scope) {
            level.correlation?.note(
                ColumnUse(index: column.index, name: names.joined(separator: "."), position: position(node)))
            return Bound(.placeholder(.outer(column.index), column.type), position: position(node))
        }
        let column =
            try names.count == 1
            ? resolve(name, level, node) : resolve(name, of: names[names.count - 2], level, node)
        if !level.isInsideAggregate {
            level.columnUses.append(
                ColumnUse(index: column.index, name: names.joined(separator: "."), position: position(node)))
        }
        return Bound(.column(column.index, column.type), position: position(node))
    }

    private func resolve(_ name: String, _ level: SelectLevel, _ node: SyntaxNode) throws(QueryError) -> ScopeColumn {
        let found = level.scope.columns(named: name)
        if found.count > 1 {
            let relations = found.map(\.relation)
            throw fail(
                .ambiguousColumn, "column reference \"\(name)\" is ambiguous", at: node,
                hint: "It could be \(relations.map { "\($0).\(name)" }.joined(separator: " or ")).")
        }
        if let column = found.first { return column }
        if level.scope.relations.contains(name) {
            throw unsupported("a whole row as a value is", at: node, hint: "Name the columns.")
        }
        try refuseCorrelation(level, node, name) { !$0.columns(named: name).isEmpty }
        throw unknownColumn(name, names: level.scope.starColumns.map(\.name), node)
    }

    private func resolve(_ name: String, of relation: String, _ level: SelectLevel, _ node: SyntaxNode)
        throws(QueryError) -> ScopeColumn
    {
        guard level.scope.relations.contains(relation) else {
            try refuseCorrelation(level, node, "\(relation).\(name)") { $0.relations.contains(relation) }
            let near = nearestName(to: relation, among: level.scope.relations)
            throw fail(
                .undefinedTable, "missing FROM-clause entry for table \"\(relation)\"", at: node,
                hint: near.map { "Did you mean \"\($0)\"?" })
        }
        let found = level.scope.columns.filter { $0.name == name && $0.relation == relation }
        if found.count > 1 {
            throw fail(.ambiguousColumn, "column reference \"\(relation).\(name)\" is ambiguous", at: node)
        }
        guard let column = found.first else {
            let names = level.scope.columns(of: relation).map(\.name)
            throw unknownColumn("\(relation).\(name)", plain: name, names: names, node)
        }
        return column
    }

    private func refuseCorrelation(
        _ level: SelectLevel, _ node: SyntaxNode, _ name: String, _ test: (Scope) -> Bool
    ) throws(QueryError) {
        guard level.surroundings.outerScopes.contains(where: test) else { return }
        throw unsupported(
            "a subquery that uses a column of the query around it (\"\(name)\") is", at: node,
            hint: "In the WHERE of a value, EXISTS or IN, as one side of an equality, it is; else join the subquery.")
    }

    private func unknownColumn(_ shown: String, plain: String? = nil, names: [String], _ node: SyntaxNode) -> QueryError
    {
        let near = nearestName(to: plain ?? shown, among: names)
        let quoted = plain == nil ? "\"\(shown)\"" : shown
        let hint = near.map { "Did you mean \"\($0)\"?" } ?? Self.listing(names)
        return fail(.undefinedColumn, "column \(quoted) does not exist", at: node, hint: hint)
    }

    /// The columns that there are, as a hint; nil where there are none.
    private static func listing(_ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let shownMax = 60
        let rest = names.count > shownMax ? " and \(names.count - shownMax) more" : ""
        return "The columns are \(names.prefix(shownMax).joined(separator: ", "))\(rest)."
    }
}

/// The names that PostgreSQL gives to unnamed results.
enum ResultName {
    static func of(_ node: SyntaxNode) -> String { guess(node).name ?? "?column?" }

    /// A strong name also serves the expression around it; a weak one gives way to that one's own.
    private static func guess(_ node: SyntaxNode?) -> (name: String?, isStrong: Bool) {
        guard let (kind, body) = node?.unwrapped else { return (nil, false) }
        switch kind {
        case "ColumnRef": return (body.list("fields").compactMap(\.stringValue).last, true)
        case "FuncCall": return (body.names("funcname").last, true)
        case "CoalesceExpr": return ("coalesce", true)
        case "MinMaxExpr": return (body.text("op") == "IS_LEAST" ? "least" : "greatest", true)
        case "A_ArrayExpr": return ("array", true)
        case "SQLValueFunction": return (valueFunctionName(body.text("op") ?? ""), true)
        case "A_Expr" where body.text("kind") == "AEXPR_NULLIF": return ("nullif", true)
        case "A_Indirection":
            return guess(body["arg"])
        case "TypeCast":
            let inner = guess(body["arg"])
            return inner.isStrong ? inner : (body["typeName"]?.names("names").last ?? inner.name, false)
        case "CaseExpr":
            let inner = guess(body["defresult"])
            return inner.isStrong ? inner : ("case", false)
        case "SubLink":
            switch body.text("subLinkType") {
            case "EXISTS_SUBLINK": return ("exists", true)
            case "EXPR_SUBLINK":
                let select = body["subselect"]?.body(of: "SelectStmt")
                guard let target = select?.list("targetList").first?.body(of: "ResTarget") else { return (nil, false) }
                return (target.text("name") ?? guess(target["val"]).name, true)
            default: return (nil, false)
            }
        default: return (nil, false)
        }
    }

    private static func valueFunctionName(_ operation: String) -> String {
        var name = operation.lowercased()
        if name.hasPrefix("svfop_") { name.removeFirst(6) }
        if name.hasSuffix("_n") { name.removeLast(2) }
        return name
    }
}
