import PostgresConnections

/// A PostgreSQL database, or one with TimescaleDB, that is shipped to.
package struct PostgresDestination: ShippingDestination {
    /// As marks, metrics and log name it.
    package let name: String
    private let settings: String
    private let definitions: PostgresDefinitions
    private let usesHypertables: Bool
    private let isForced: Bool

    /// So long the server may be silent, ms; a merge of one transaction takes far less.
    private static let silenceMilliseconds = 300_000

    /// - Parameters:
    ///   - settings: as libpq reads them, `key=value` or a URI; empty: all comes from the environment, service files
    ///     and `.pgpass`.
    ///   - schema: where the tables are; a name by ``PostgresDefinitions/isName(_:)``.
    ///   - usesHypertables: tables of events become hypertables where TimescaleDB is there.
    ///   - isForced: rows are written whatever is there, since somebody else may have changed it.
    package init(settings: String, schema: String, usesHypertables: Bool = true, isForced: Bool = false) {
        (self.settings, self.usesHypertables, self.isForced) = (settings, usesHypertables, isForced)
        definitions = PostgresDefinitions(schema: schema)
        name = "postgresql \(schema)"
    }

    /// Connects.
    /// - Throws: ``ShippingFailure``.
    package func connect(
        isAbandoned: @escaping @Sendable () -> Bool
    ) throws(ShippingFailure) -> any ShippingSession {
        do throws(PostgresFailure) {
            let connection = try PostgresConnection(
                settings: settings, silenceMillisecondsMax: Self.silenceMilliseconds, isAbandoned: isAbandoned)
            return PostgresSession(
                connection, definitions, usesHypertables: usesHypertables, isForced: isForced)
        } catch {
            throw ShippingFailure(error)
        }
    }
}

extension ShippingFailure {
    /// What a failure of the server or the way to it means for shipping.
    init(_ failure: PostgresFailure) {
        func make(_ kind: Kind, _ reason: String, _ advice: String? = nil) -> ShippingFailure {
            ShippingFailure(kind, reason, failure.description, advice: advice)
        }
        switch failure.kind {
        case .abandoned: self = make(.abandoned, "stopped")
        case .silence: self = make(.transient, "silence")
        case .broken: self = make(.transient, "connection")
        case .settings:
            self = make(
                .permanent, "settings",
                "write key=value pairs or a URI, as libpq's documentation has them under Connection Strings; a URI has "
                    + "@, / and : of a password as %40, %2F and %3A")
        case .connection: self = Self.connecting(failure, make)
        case .refused: self = Self.refused(failure.sqlState ?? "", make)
        }
    }

    /// libpq gives no SQLSTATE of a connection that did not come about, so its words have to do.
    private static func connecting(
        _ failure: PostgresFailure, _ make: (Kind, String, String?) -> ShippingFailure
    ) -> ShippingFailure {
        let text = failure.description
        if text.contains("authentication failed") || text.contains("no password supplied") {
            return make(.permanent, "login", "set the password in .pgpass (mode 0600) or PGPASSWORD of the server")
        }
        if text.contains("certificate verify failed") || text.contains("root certificate") {
            return make(.permanent, "certificate", "name the authority's certificate by sslrootcert")
        }
        if text.contains("pg_hba.conf") {
            return make(.permanent, "login", "let the role in by a line of the database's pg_hba.conf")
        }
        return make(.transient, "connection", nil)
    }

    /// - Parameter state: an SQLSTATE: two characters of a class, three of what it is.
    private static func refused(
        _ state: String, _ make: (Kind, String, String?) -> ShippingFailure
    ) -> ShippingFailure {
        switch (state.prefix(2), state.dropFirst(2)) {
        // A statement that took too long; a server that ends, or is not ready yet.
        case ("57", "014"): make(.transient, "timeout", nil)
        case ("08", _), ("57", _): make(.transient, "connection", nil)
        // Somebody put a row there under us: the next connection looks for it.
        case ("40", _), ("23", "505"): make(.transient, "conflict", nil)
        case ("55", _): make(.transient, "lock", nil)
        case ("53", _): make(.transient, "resources", nil)
        // A copy that nobody has made the first server yet.
        case ("25", _): make(.transient, "read_only", nil)
        case ("54", _): make(.transient, "too_large", nil)
        case ("28", _), ("3D", _):
            make(.permanent, "login", "see that the role and the database are there, and the role may log in")
        case ("42", "501"):
            make(
                .permanent, "rights",
                "grant the role what Schemas/postgresql/role.sql grants, or make it the owner of the schema")
        // Somebody dropped or changed a table under us: the next connection looks at them anew.
        case ("42", "P01"), ("42", "703"), ("3F", _): make(.transient, "schema", nil)
        default: make(.permanent, "refused", "the database's log says more about SQLSTATE \(state)")
        }
    }
}
