import Columnar
import Plans

/// Turns the grammar's tree of one statement into a typed plan: resolves names, types every expression, makes casts
/// explicit.
///
/// Used for one statement by one thread; extensions hold one part of the grammar each.
final class Binder {
    let catalog: CatalogReads
    let source: SourceText
    /// IANA name of the zone in which times without offset are meant.
    let timeZone: String
    let coercion: Coercion
    /// When the question has to end.
    let options: QueryOptions
    private var nesting = 0
    /// Tables and subqueries read so far.
    var relationCount = 0
    /// Columns bound so far, of tables and of SELECT lists, and everything in the WITH queries that are used.
    private(set) var partCount = 0
    /// Expressions, FROM items and queries bound so far.
    private(set) var nodeCount = 0

    init(catalog: CatalogReads, timeZone: String, source: SourceText, within options: QueryOptions) {
        self.catalog = catalog
        self.options = options
        self.source = source
        self.timeZone = timeZone
        coercion = Coercion(timeZone: timeZone, catalog: catalog)
    }

    /// What `now()` answers, ns since 1970 UTC.
    var now: Int64 { catalog.now }

    /// Where a node stands: 1-based character position. The tree leaves a location of zero out.
    func position(_ node: SyntaxNode) -> Int? {
        source.characterPosition(byteOffset: node.integer("location"))
    }

    /// Where a node begins that may have no place of its own: at the first of the nodes in it.
    func start(_ node: SyntaxNode) -> Int? {
        node.integer("location") > 0
            ? position(node) : node.firstLocation.flatMap { source.characterPosition(byteOffset: $0) }
    }

    func fail(
        _ kind: QueryError.Kind, _ message: String, at node: SyntaxNode? = nil,
        hint: String? = nil
    ) -> QueryError {
        QueryError(kind, message, hint: hint, position: node.flatMap { position($0) })
    }

    /// `.notSupported`: part of SQL that is not supported.
    func unsupported(_ what: String, at node: SyntaxNode? = nil, hint: String? = nil) -> QueryError {
        fail(.notSupported, "\(what) not supported", at: node, hint: hint)
    }

    /// `.notSupported` at a keyword that the tree does not place: the last one before what stands behind it.
    func unsupported(_ what: String, keyword: String, before node: SyntaxNode, hint: String? = nil) -> QueryError {
        let end = node.firstLocation ?? source.bytes.count
        let word = source.words.last { $0.text == keyword && $0.offset < end }
        var refusal = unsupported(what, hint: hint)
        refusal.position = word.flatMap { source.characterPosition(byteOffset: $0.offset) } ?? start(node)
        return refusal
    }

    /// `.notSupported` at two keywords that the tree does not place: the first ones behind the beginning of a node.
    func unsupported(_ what: String, keyword: String, followedBy next: [String], behind node: SyntaxNode) -> QueryError
    {
        let words = source.words
        let begin = node.firstLocation ?? 0
        let place = words.indices.dropLast().first { place in
            words[place].offset > begin && words[place].text == keyword && next.contains(words[place + 1].text)
        }
        var refusal = unsupported(what)
        refusal.position = place.flatMap { source.characterPosition(byteOffset: words[$0].offset) } ?? start(node)
        return refusal
    }

    /// Counts one more level around `body`, which may throw; a refusal that names no place is given that of the node.
    /// - Throws: `.queryTooComplex` beyond the limit; `.cancelled` and `.deadlineExceeded`.
    func nested<Result>(at node: SyntaxNode?, _ body: () throws(QueryError) -> Result) throws(QueryError) -> Result {
        nesting += 1
        nodeCount += 1
        defer { nesting -= 1 }
        try options.check()
        if nesting > TextLimits.nestingMax { throw QueryError.tooDeep(position: node.flatMap { start($0) }) }
        do throws(QueryError) {
            return try body()
        } catch {
            guard let node, error.kind == .notSupported, error.position == nil else { throw error }
            var placed = error
            placed.position = start(node)
            throw placed
        }
    }

    /// Counts tables read.
    /// - Throws: `.queryTooComplex` beyond the limit.
    func countRelations(_ count: Int) throws(QueryError) {
        relationCount += count
        if relationCount > TextLimits.relationsMax {
            throw QueryError(
                .queryTooComplex,
                "the query reads more than \(TextLimits.relationsMax) tables, counting WITH queries at each use")
        }
    }

    /// Counts columns that a table or a SELECT list has, or the columns and expressions of a WITH query that is used
    /// once more: a plan, and each of its rewrites, takes room for each.
    /// - Throws: `.queryTooComplex` beyond the limit; `.cancelled` and `.deadlineExceeded`.
    func countParts(_ count: Int, at node: SyntaxNode? = nil) throws(QueryError) {
        try options.check()
        partCount += count
        if partCount > TextLimits.partsMax {
            throw fail(
                .queryTooComplex,
                "the query has more than \(TextLimits.partsMax) columns and expressions, counting WITH queries at each"
                    + " use",
                at: node, hint: "Name the columns that are needed in place of *, and use WITH queries fewer times.")
        }
    }

    /// Refuses a SELECT list or table that is too wide.
    /// - Throws: `.queryTooComplex` when one SELECT list or table is wider than it may be.
    func checkWidth(_ count: Int, at node: SyntaxNode? = nil) throws(QueryError) {
        if count > TextLimits.selectListMax {
            throw fail(
                .queryTooComplex, "a SELECT list can have at most \(TextLimits.selectListMax) columns", at: node,
                hint: "Name the columns that are needed in place of *.")
        }
    }

    /// Refuses a FROM whose tables have too many columns together.
    /// - Throws: `.queryTooComplex` when its tables have more columns than they may; `.cancelled` and
    ///   `.deadlineExceeded`.
    func checkScope(_ scope: Scope) throws(QueryError) {
        try options.check()
        if scope.width > TextLimits.scopeColumnsMax {
            throw QueryError(
                .queryTooComplex,
                "the tables of one FROM have more than \(TextLimits.scopeColumnsMax) columns together",
                hint: "Join subqueries that name the columns that are needed.")
        }
    }
}
