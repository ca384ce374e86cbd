package import Platform

/// A ClickHouse server that is shipped to.
package struct ClickHouseDestination: ShippingDestination {
    /// Where it is, and what is there.
    package struct Place: Sendable {
        /// Its HTTP interface, such as `https://db.example.org:8443`, without a slash at its end.
        package var url: String
        /// Who ships.
        package var user = "default"
        /// Where the tables are; a name by ``PostgresDefinitions/isName(_:)``.
        package var database = "plimsoll"
        /// The store's number among several of one owner, which each row has.
        package var node: Int64 = 1
        /// A file of certificates, PEM, of those who may vouch for the server; nil: those that this machine knows.
        package var authorityFile: String?
        /// Where old rows go; nil: they stay where they are.
        package var tiers: ClickHouseTiers?
        /// After so many shipments rows that no longer count are taken away.
        package var tidyShipments = 200

        /// As nobody said otherwise.
        package init(url: String) { self.url = url }
    }

    /// As marks, metrics and log name it.
    package let name: String
    private let place: Place
    private let password: @Sendable () throws -> String
    private let randomness: any Randomness
    private let isForced: Bool
    private let upkeep: ClickHouseUpkeep

    /// - Parameters:
    ///   - password: asked for at each connection, so that a file of it may change.
    ///   - isForced: rows are written whatever is there, since somebody else may have changed it.
    package init(
        _ place: Place, password: @escaping @Sendable () throws -> String, randomness: any Randomness,
        isForced: Bool = false
    ) {
        (self.place, self.password, self.randomness, self.isForced) = (place, password, randomness, isForced)
        upkeep = ClickHouseUpkeep(after: place.tidyShipments)
        name = "clickhouse \(place.database)"
    }

    /// Asks the server which version it is; nothing else of a session stays there.
    /// - Throws: ``ShippingFailure``.
    package func connect(
        isAbandoned: @escaping @Sendable () -> Bool
    ) throws(ShippingFailure) -> any ShippingSession {
        let secret: String
        do {
            secret = try password()
        } catch {
            throw ShippingFailure(
                .permanent, "login", "the password cannot be read: \(error)",
                advice: "see that the server can read the file of ship.clickhouse.password_file")
        }
        guard (place.user + secret).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw ShippingFailure(
                .permanent, "login", "name or password hold characters that no request can have",
                advice: "give the user a password on one line")
        }
        let connection = ClickHouseConnection(
            ClickHouseAddress(
                url: place.url, user: place.user, password: secret, authorityFile: place.authorityFile),
            isAbandoned: isAbandoned)
        let version = try connection.run("SELECT version()", cells: 1).first?.first ?? nil
        let level = try Self.level(version ?? "")
        // Whatever the user's profile says: sums of no rows, and what IN makes of nulls, are as they are by default.
        if level == .modern { connection.settings += [("aggregate_functions_null_for_empty", "0")] }
        let definitions = ClickHouseDefinitions(database: place.database, level: level, tiers: place.tiers)
        return ClickHouseSession(
            connection, definitions, ClickHouseSender(node: place.node, number: randomness.nextUInt64()),
            upkeep: upkeep, isForced: isForced)
    }

    // tests: as `ClickHouseLevel`.
    /// The level of a server.
    /// - Throws: ``ShippingFailure`` for a version that is not spoken to.
    package static func level(_ version: String) throws(ShippingFailure) -> ClickHouseLevel {
        if let level = ClickHouseLevel.of(version: version) { return level }
        let (major, minor) = ClickHouseLevel.modernMin
        let known = version.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && version.utf8.count < 40
        throw ShippingFailure(
            .permanent, "version", "the server is of version \(known ? version : "that nobody knows")",
            advice: "ship to ClickHouse \(major).\(minor) or later")
    }
}

/// Who ships over one connection.
struct ClickHouseSender: Sendable {
    /// The store's number among several.
    var node: Int64
    /// By chance: what tells the sender from others of the same store.
    var number: UInt64
}
