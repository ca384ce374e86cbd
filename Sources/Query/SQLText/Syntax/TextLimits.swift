import Plans

/// How long and how deep a query may be. The grammar looks after its own stack; what follows recurses, so it is bounded
/// here.
enum TextLimits {
    /// The longest query text, in bytes of UTF-8.
    static let textBytesMax = 256 * 1024
    /// Levels of JSON in the grammar's tree; an operator takes two or three.
    static let treeDepthMax = 1_000
    /// Expressions and queries inside one another, as the binder counts them.
    static let nestingMax = 200
    /// Tables and subqueries in one statement, common table expressions counted at each use.
    static let relationsMax = 500
    /// Columns of one SELECT list, as in PostgreSQL.
    static let selectListMax = 1_664
    /// Columns of all tables of one FROM together.
    static let scopeColumnsMax = 8_192
    /// Columns of all tables and SELECT lists of one statement, and columns and expressions of WITH queries at each use
    /// after the first binding.
    static let partsMax = 65_536

    /// What the grammar takes at most for a text of constants, a byte of it: its nodes, and the tree as text.
    private static let parsingBytesPerByte = 128
    /// What is made of the tree up to the plan at most, a byte of its text: nodes, values, expressions and what folding
    /// makes of them. Lists of constants and of columns were measured at 19 to 21.
    private static let compilingBytesPerByte = 24
    /// Shorter texts are not booked: as many as are compiled at a time are little.
    private static let bookedTextBytesMin = 16 << 10
    private static let bookedTreeBytesMin = 64 << 10

    /// What is to be booked for giving the text to the grammar.
    static func bytesOfParsing(_ sql: String) -> Int {
        sql.utf8.count < bookedTextBytesMin ? 0 : sql.utf8.count * parsingBytesPerByte
    }

    /// What is to be booked for compiling what the grammar has made of a text.
    static func bytesOfCompiling(tree: String) -> Int {
        tree.utf8.count < bookedTreeBytesMin ? 0 : tree.utf8.count * compilingBytesPerByte
    }

    /// - Throws: `.queryTooComplex` when the text is longer than it may be.
    static func check(_ text: String) throws(QueryError) {
        guard text.utf8.count <= textBytesMax else {
            throw QueryError(
                .queryTooComplex, "the query text has \(text.utf8.count) bytes, at most \(textBytesMax) are read",
                hint: "Split the question, or move long lists of constants into fewer conditions.")
        }
    }
}

extension QueryError {
    /// `.queryTooComplex`, for anything nested too deeply.
    static func tooDeep(position: Int?) -> QueryError {
        QueryError(
            .queryTooComplex, "the query is nested too deeply",
            hint: "Split the expression or use fewer levels of parentheses.",
            position: position)
    }
}
