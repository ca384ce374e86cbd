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
        try TextLimits.check(sql)
        let tree = try parse(sql)
        let statements = tree.list("stmts").compactMap { $0["stmt"] }
        guard let statement = statements.first else {
            throw QueryError(sqlState: "42601", message: "the query is empty", hint: "Ask for example: select count(*) from events")
        }
        guard statements.count == 1 else {
            let second = tree.list("stmts")[1].integer("stmt_location")
            throw QueryError(
                sqlState: "0A000", message: "more than one statement at a time is not supported",
                position: SourceText(sql).characterPosition(byteOffset: second))
        }
        let binder = Binder(catalog: catalog, timeZone: timeZone, now: now, text: sql)
        return try StatementKinds.compile(statement, binder, timeZone: timeZone)
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
