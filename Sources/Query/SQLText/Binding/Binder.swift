import Columnar
import Plans

/// Turns the grammar's tree of one statement into a typed plan: resolves names, types every expression, makes casts explicit.
///
/// Used for one statement by one thread; extensions hold one part of the grammar each.
final class Binder {
    let catalog: any TableCatalog
    let source: SourceText
    let now: Int64
    let coercion: Coercion
    private var nesting = 0
    /// Tables and subqueries read so far.
    var relationCount = 0

    init(catalog: any TableCatalog, timeZone: String, now: Int64, text: String) {
        self.catalog = catalog
        self.now = now
        source = SourceText(text)
        coercion = Coercion(timeZone: timeZone, now: now)
    }

    /// Where a node stands: 1-based character position. The tree leaves a location of zero out.
    func position(_ node: SyntaxNode) -> Int? {
        source.characterPosition(byteOffset: node.integer("location"))
    }

    func fail(_ sqlState: String, _ message: String, at node: SyntaxNode? = nil, hint: String? = nil) -> QueryError {
        QueryError(sqlState: sqlState, message: message, hint: hint, position: node.flatMap { position($0) })
    }

    /// `0A000`: part of SQL that is not supported.
    func unsupported(_ what: String, at node: SyntaxNode? = nil, hint: String? = nil) -> QueryError {
        fail("0A000", "\(what) not supported", at: node, hint: hint)
    }

    /// Counts one more level around `body`, which may throw.
    /// - Throws: `54001` beyond the limit.
    func nested<Result>(at node: SyntaxNode?, _ body: () throws(QueryError) -> Result) throws(QueryError) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > TextLimits.nestingMax { throw QueryError.tooDeep(position: node.flatMap { position($0) }) }
        return try body()
    }

    /// Counts tables read.
    /// - Throws: `54001` beyond the limit.
    func countRelations(_ count: Int) throws(QueryError) {
        relationCount += count
        if relationCount > TextLimits.relationsMax {
            throw QueryError(
                sqlState: "54001", message: "the query reads more than \(TextLimits.relationsMax) tables, counting WITH queries at each use"
            )
        }
    }
}
