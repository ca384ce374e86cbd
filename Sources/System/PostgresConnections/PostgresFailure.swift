/// Why a PostgreSQL server did not do what it was asked.
package struct PostgresFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for whoever knows what to do.
    package enum Kind: Hashable, Sendable {
        /// The settings of the connection are none that libpq can read.
        case settings
        /// No connection came about: nobody there, not let in, or no TLS that both accept.
        case connection
        /// The connection broke, so nobody here knows what became of what was asked last.
        case broken
        /// The server refused a statement, and says why by an SQLSTATE.
        case refused
        /// The server was silent for too long.
        case silence
        /// Whoever asked no longer wants it.
        case abandoned
    }

    /// What kind of failure it is.
    package var kind: Kind
    /// Five characters; nil where the server did not say.
    package var sqlState: String?
    /// On one line, in the words of the server or of libpq.
    package var description: String

    /// Takes each part as given.
    package init(_ kind: Kind, sqlState: String? = nil, _ description: String) {
        (self.kind, self.sqlState, self.description) = (kind, sqlState, description)
    }
}
