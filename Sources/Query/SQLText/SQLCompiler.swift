package import Columnar
package import Plans
import PostgresParsing

/// SQL text → typed plan: PostgreSQL's grammar parses, the binder resolves and types, the rewrites prepare for the engine.
///
/// Pure: the same text over the same catalog gives the same plan. `now()` is the catalog's `now`, once for a statement.
package struct SQLCompiler: Sendable {
    private let catalog: any TableCatalog
    private let timeZone: String
    private let now: Int64

    /// - Parameters:
    ///   - timeZone: IANA name in which times without offset are meant.
    ///   - now: ns since 1970; nil takes the catalog's.
    package init(catalog: any TableCatalog, timeZone: String = "UTC", now: Int64? = nil) {
        self.catalog = catalog
        self.timeZone = timeZone
        self.now = now ?? catalog.now
    }

    /// - Throws: a `QueryError` with PostgreSQL's SQLSTATE and, where one place is at fault, its 1-based character position:
    ///   `42601` syntax, `42703` unknown column, `42P01` unknown table, `42883` unknown function or operator, `42804` types that do
    ///   not match, `42803` misused aggregates, `0A000` not supported, `54001` too long or too deep.
    /// - Complexity: O(length), apart from the rewrites (see ``Plan/rewritten(timeZone:)``).
    package func compile(_ sql: String) throws(QueryError) -> CompiledStatement {
        let (settings, statement) = try compileScript(sql)
        if let first = settings.first {
            throw QueryError(
                sqlState: "0A000", message: "SET \(first.name) before a query is not supported here", hint: "Send the query alone.")
        }
        return statement
    }

    /// As ``compile(_:)``, for a text that may set what holds for its one question: `SET plimsoll.rollups = off; select …`.
    /// - Returns: the settings in order, a nil value for the default, and the last statement.
    package func compileScript(_ sql: String) throws(QueryError) -> (settings: [StatementSetting], statement: CompiledStatement) {
        try TextLimits.check(sql)
        let tree = try parse(sql)
        let statements = tree.list("stmts").compactMap { $0["stmt"] }
        guard let statement = statements.last else {
            throw QueryError(sqlState: "42601", message: "the query is empty", hint: "Ask for example: select count(*) from events")
        }
        var settings: [StatementSetting] = []
        var zone = timeZone
        for (index, statement) in statements.dropLast().enumerated() {
            let binder = Binder(catalog: catalog, timeZone: timeZone, now: now, text: sql)
            guard statement.body(of: "VariableSetStmt") != nil,
                case .set(let name, let value) = try StatementKinds.compile(statement, binder, timeZone: timeZone)
            else {
                let next = tree.list("stmts")[index + 1].integer("stmt_location")
                throw QueryError(
                    sqlState: "0A000", message: "more than one statement at a time is not supported",
                    hint: "Only SET may stand before a query.", position: SourceText(sql).characterPosition(byteOffset: next))
            }
            settings.append(StatementSetting(name: name, value: value))
            if name == "timezone" { zone = value ?? timeZone }
        }
        let binder = Binder(catalog: catalog, timeZone: zone, now: now, text: sql)
        return (settings, try StatementKinds.compile(statement, binder, timeZone: zone))
    }

    private func parse(_ sql: String) throws(QueryError) -> SyntaxNode {
        let text: String
        do throws(PostgresSyntaxError) {
            text = try PostgresSyntax.parse(sql)
        } catch {
            let state = error.message.hasPrefix("memory exhausted") || error.message.hasPrefix("stack depth") ? "54001" : "42601"
            throw QueryError(sqlState: state, message: error.message, position: error.position > 0 ? error.position : nil)
        }
        return try SyntaxTreeReader.read(text)
    }
}
