/// Why a query was refused or ended: PostgreSQL's SQLSTATE, the message, and where in the text.
package struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Five characters: `42601` syntax, `42703` unknown column, `42P01` unknown table, `0A000` not supported, `22012` division by
    /// zero, `53200` memory budget, `57014` cancelled or out of time.
    package var sqlState: String
    /// What is wrong, without position and hint.
    package var message: String
    /// What to do about it.
    package var hint: String?
    /// 1-based character position in the query text, as PostgreSQL counts it.
    package var position: Int?

    package init(sqlState: String, message: String, hint: String? = nil, position: Int? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.position = position
    }

    /// A text that is no JSON document: SQLSTATE 22P02. - Parameter fault: what is wrong with it.
    package static func invalidJSON(_ fault: String, position: Int? = nil) -> QueryError {
        QueryError(sqlState: "22P02", message: "invalid input syntax for type json: \(fault)", position: position)
    }

    package var description: String {
        "\(message) (SQLSTATE \(sqlState))" + (position.map { " at character \($0)" } ?? "") + (hint.map { "; \($0)" } ?? "")
    }
}
