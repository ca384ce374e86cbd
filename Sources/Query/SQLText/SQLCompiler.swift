package import Columnar
package import Plans
import PostgresParsing

/// SQL text → typed plan: PostgreSQL's grammar parses, the binder resolves and types, the rewrites prepare for the
/// engine.
///
/// Pure: the same text over the same catalog gives the same plan. `now()` is the catalog's `now`, once for a statement.
package struct SQLCompiler: Sendable {
    private let catalog: any TableCatalog
    private let timeZone: String
    private let now: Int64
    private let options: QueryOptions

    /// - Parameters:
    ///   - timeZone: IANA name in which times without offset are meant.
    ///   - now: ns since 1970; nil takes the catalog's.
    ///   - options: when the question has to end, where that has begun, and what it may hold: compiling is booked
    ///     there while it lasts. Nothing else of them is read.
    package init(
        catalog: any TableCatalog, timeZone: String = "UTC", now: Int64? = nil,
        within options: QueryOptions = QueryOptions()
    ) {
        self.catalog = catalog
        self.timeZone = timeZone
        self.options = options
        self.now = now ?? catalog.now
    }

    /// - Throws: a `QueryError` and, where one place is at fault, its 1-based character position. Its kind is what
    ///   PostgreSQL would say: see `QueryError.Kind.sqlState`; `.cancelled`, `.deadlineExceeded` and
    ///   `.memoryExceeded` by the options.
    /// - Complexity: O(length), apart from the rewrites (see ``Plan/rewritten(timeZone:)``).
    package func compile(_ sql: String) throws(QueryError) -> CompiledStatement {
        let script = try compiled(sql)
        if let first = script.settings.first {
            let refusal = QueryError(
                .notSupported, "SET \(first.name) before a query is not supported here", hint: "Send the query alone.")
            throw placed(refusal, SourceText(sql), from: 0)
        }
        return script.statement
    }

    /// As ``compile(_:)``, for a text that may set what holds for its one question: `SET plimsoll.rollups = off; select
    /// …`.
    /// - Parameter kept: has it where the same was compiled before, and keeps it; nil: nobody does.
    package func compileScript(
        _ sql: String, keeping kept: KeptStatements? = nil
    ) throws(QueryError) -> CompiledScript {
        if let known = kept?.script(sql, timeZone: timeZone, over: catalog) {
            try options.check()
            return known
        }
        let script = try compiled(sql)
        return kept?.keep(script, of: sql, timeZone: timeZone) ?? script
    }

    private func compiled(_ sql: String) throws(QueryError) -> CompiledScript {
        try TextLimits.check(sql)
        let memory = StatementMemory(options)
        defer { memory.release() }
        try options.check()
        let tree = try parse(sql, memory)
        try options.check()
        let statements = tree.list("stmts").compactMap { $0["stmt"] }
        guard let statement = statements.last else {
            throw QueryError(.syntax, "the query is empty", hint: "Ask for example: select count(*) from events")
        }
        var settings: [StatementSetting] = []
        var zone = timeZone
        let starts = tree.list("stmts").filter { $0["stmt"] != nil }.map { $0.integer("stmt_location") }
        let source = SourceText(sql)
        let reads = CatalogReads(catalog, now: now)
        func binder(_ zone: String) -> Binder {
            Binder(catalog: reads, timeZone: zone, source: source, within: options)
        }
        for (index, statement) in statements.dropLast().enumerated() {
            try options.check()
            guard statement.body(of: "VariableSetStmt") != nil,
                case .set(let name, let value) = try compile(statement, binder(timeZone), from: starts[index])
            else {
                let refusal = QueryError(
                    .notSupported, "more than one statement at a time is not supported",
                    hint: "Only SET may stand before a query.")
                throw placed(refusal, source, from: starts[index + 1])
            }
            settings.append(StatementSetting(name: name, value: value))
            if name == "timezone" { zone = value ?? timeZone }
        }
        let last = try compile(statement, binder(zone), from: starts.last ?? 0)
        return CompiledScript(settings: settings, statement: last, basis: reads.basis)
    }

    private func compile(
        _ statement: SyntaxNode, _ binder: Binder, from start: Int
    ) throws(QueryError) -> CompiledStatement {
        do throws(QueryError) {
            return try StatementKinds.compile(statement, binder)
        } catch {
            throw placed(error, binder.source, from: start)
        }
    }

    /// A refusal has a place: where nothing in the statement has one, the statement's own.
    private func placed(_ error: QueryError, _ source: SourceText, from start: Int) -> QueryError {
        guard error.kind == .notSupported, error.position == nil else { return error }
        var placed = error
        placed.position = source.characterPosition(byteOffset: source.startOfToken(from: start))
        return placed
    }

    private func parse(_ sql: String, _ memory: StatementMemory) throws(QueryError) -> SyntaxNode {
        try memory.hold(TextLimits.bytesOfParsing(sql))
        let text: String
        do throws(PostgresSyntaxError) {
            text = try PostgresSyntax.parse(sql)
        } catch {
            let isTooComplex =
                error.isTooComplex || error.message.hasPrefix("memory exhausted")
                || error.message.hasPrefix("stack depth")
            throw QueryError(
                isTooComplex ? .queryTooComplex : .syntax, error.message,
                hint: error.isTooComplex ? "Put blanks between operators, and line ends between comments." : nil,
                position: error.position > 0 ? error.position : nil)
        }
        try memory.hold(max(TextLimits.bytesOfParsing(sql), TextLimits.bytesOfCompiling(tree: text)))
        return try SyntaxTreeReader.read(text)
    }
}
