package import Shipping

/// What is shipped to a PostgreSQL database, and where that is.
package struct PostgresShippingSettings: Sendable {
    /// As libpq reads them; empty: all comes from `PG*`, service files and `.pgpass`.
    package var connection = ""
    /// Where the tables are.
    package var schema = "plimsoll"
    /// What is shipped, and how.
    package var configuration = ShippingConfiguration()
    // tests: what settings say is looked at.
    /// Whether tables of events become hypertables where TimescaleDB is there.
    package var usesHypertables = true

    /// As nobody said otherwise.
    package init() {}

    /// Where it goes.
    /// - Parameter isForced: rows are written whatever is there.
    package func destination(isForced: Bool = false) -> PostgresDestination {
        PostgresDestination(
            settings: connection, schema: schema, usesHypertables: usesHypertables, isForced: isForced)
    }

    /// The destination with what is shipped there.
    package var target: ShippingTarget { ShippingTarget(destination(), configuration) }
}

extension Setting {
    /// Has something be shipped, and says how.
    private static func change(_ settings: inout ServeSettings, _ body: (inout PostgresShippingSettings) -> Void) {
        var shipping = settings.postgresShipping ?? PostgresShippingSettings()
        body(&shipping)
        settings.postgresShipping = shipping
    }

    static let shipping: [Setting] = [
        Setting(
            key: "ship.postgresql.connection",
            purpose: "a PostgreSQL database to ship to, as libpq reads it, such as host=db.example.org dbname=figures "
                + "user=plimsoll sslmode=verify-full; what it does not say comes from PG* variables, a service file "
                + "and .pgpass; environment: all does"
        ) { settings, text in
            let connection = try SettingText.name(text)
            settings.isShippingNamed = true
            change(&settings) { $0.connection = connection == "environment" ? "" : connection }
        },
        Setting(
            key: "ship.postgresql.schema", purpose: "the schema of the tables there, plimsoll by default"
        ) { settings, text in
            guard PostgresDefinitions.isName(text) else {
                throw SettingProblem(expected: "a name of small letters, digits and _, at most 63 of them")
            }
            change(&settings) { $0.schema = text }
        },
        Setting(
            key: "ship.postgresql.tables",
            purpose: "what is shipped, separated by commas: tables, or events, rollups, prices and budgets for "
                + "several; events,turns,conversations,rollups by default"
        ) { settings, text in
            let names = try SettingText.names(text)
            change(&settings) { $0.configuration.tables = names }
        },
        Setting(
            key: "ship.postgresql.batch_events", purpose: "events of one transaction, 20000 by default"
        ) { settings, text in
            let count = try SettingText.count(text)
            guard count <= 1_000_000 else { throw SettingProblem(expected: "at most 1000000") }
            change(&settings) { $0.configuration.batchEvents = count }
        },
        Setting(
            key: "ship.postgresql.batch_age",
            purpose: "for how long events wait for others of their transaction at the most, 5s by default"
        ) { settings, text in
            let age = try SettingText.nanoseconds(text)
            change(&settings) { $0.configuration.batchNanoseconds = age }
        },
        Setting(
            key: "ship.postgresql.hypertables",
            purpose: "false: tables of events stay plain ones where TimescaleDB is there"
        ) { settings, text in
            let flag = try SettingText.flag(text)
            change(&settings) { $0.usesHypertables = flag }
        },
    ]
}
