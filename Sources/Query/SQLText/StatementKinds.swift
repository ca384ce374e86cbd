import Columnar
import Plans

/// The kinds of statement: questions are compiled, settings passed on, everything that would change data refused.
enum StatementKinds {
    /// What to do instead of writing through SQL.
    static let howEventsEnter =
        "The store is append-only: events enter through POST /v1/events, OTLP or plimsoll import; SQL reads them."

    static func compile(_ statement: SyntaxNode, _ binder: Binder) throws(QueryError) -> CompiledStatement {
        guard let (kind, body) = statement.unwrapped else { throw binder.unsupported("this statement is") }
        switch kind {
        case "SelectStmt":
            return .query(try plan(body, binder))
        case "ExplainStmt":
            guard let query = body["query"]?.body(of: "SelectStmt") else {
                throw binder.unsupported("EXPLAIN of anything but a query is", hint: howEventsEnter)
            }
            let analyze = try explainOptions(body, binder)
            return .explain(try plan(query, binder), analyze: analyze)
        case "VariableSetStmt":
            return try setting(body, binder)
        case "VariableShowStmt":
            return .show(name: (body.text("name") ?? "").lowercased())
        case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt", "CopyStmt":
            throw binder.unsupported("changing data through SQL is", at: body["relation"], hint: howEventsEnter)
        default:
            throw binder.unsupported("this statement (\(words(kind))) is", hint: howEventsEnter)
        }
    }

    private static func plan(_ body: SyntaxNode, _ binder: Binder) throws(QueryError) -> Plan {
        let query = binder.settled(try binder.bindQuery(body, OuterScope()))
        precondition(!query.plan.holdsPlaceholder, "a placeholder of the binder is left in the plan")
        // As far as the text alone tells. An engine rewrites again what tables, subqueries and rollups bring in.
        let plan = query.plan.rewritten(timeZone: binder.timeZone, within: binder.options)
        try binder.options.check()
        return plan
    }

    /// Whether ANALYZE is asked for. Options that only change PostgreSQL's display are taken and have no effect.
    private static func explainOptions(_ body: SyntaxNode, _ binder: Binder) throws(QueryError) -> Bool {
        var analyze = false
        for option in body.list("options") {
            guard let element = option.body(of: "DefElem"), let name = element.text("defname") else { continue }
            let value = optionText(element["arg"])
            switch name {
            case "analyze": analyze = value.map { InputText.boolean($0) ?? true } ?? true
            case "costs", "timing", "buffers", "summary", "verbose", "settings", "wal": break
            case "format" where value?.lowercased() == "text": break
            default: throw binder.unsupported("EXPLAIN option \(name.uppercased()) is", at: element)
            }
        }
        return analyze
    }

    private static func setting(_ body: SyntaxNode, _ binder: Binder) throws(QueryError) -> CompiledStatement {
        let name = (body.text("name") ?? "").lowercased()
        switch body.text("kind") ?? "" {
        case "VAR_SET_VALUE":
            let values = body.list("args").compactMap { optionText($0) }
            guard !values.isEmpty else { throw binder.unsupported("this value of SET is") }
            return .set(name: name, value: values.joined(separator: ", "))
        case "VAR_SET_DEFAULT", "VAR_RESET":
            return .set(name: name, value: nil)
        default:
            throw binder.unsupported("this form of SET is")
        }
    }

    /// The text of a setting's or option's value.
    private static func optionText(_ node: SyntaxNode?) -> String? {
        guard let node, let (kind, body) = node.unwrapped else { return nil }
        switch kind {
        case "String": return body.text("sval") ?? ""
        case "Integer": return String(body.integer("ival"))
        case "Boolean": return body.flag("boolval") ? "true" : "false"
        case "TypeCast": return optionText(body["arg"])
        case "A_Const":
            if let text = body["sval"] { return text.text("sval") ?? "" }
            if let number = body["ival"] { return String(number.integer("ival")) }
            if let number = body["fval"] { return number.text("fval") }
            if let flag = body["boolval"] { return flag.flag("boolval") ? "true" : "false" }
            return nil
        default: return nil
        }
    }

    /// `CreateTableAsStmt` → `create table as`.
    private static func words(_ kind: String) -> String {
        let name = kind.hasSuffix("Stmt") ? kind.dropLast(4) : kind[...]
        return name.reduce(into: "") { $0 += ($1.isUppercase && !$0.isEmpty ? " " : "") + $1.lowercased() }
    }
}
