package import Platform
package import Shipping

/// What is shipped to a ClickHouse server, and where that is.
package struct ClickHouseShippingSettings: Sendable {
    /// Where it is, and who ships; without a URL it is nowhere.
    package var place = ClickHouseDestination.Place(url: "")
    /// What is shipped, and how.
    package var configuration = ShippingConfiguration()
    var password: String?
    var passwordFile: String?
    var policy: String?
    var volume: String?
    var coldDays = 90

    /// As nobody said otherwise.
    package init() {}

    /// Where old rows go; nil: they stay where they are.
    package var tiers: ClickHouseTiers? {
        guard let policy, let volume else { return nil }
        return ClickHouseTiers(policy: policy, volume: volume, days: coldDays)
    }

    /// The longest password, or file of one.
    private static let passwordBytesMax = 4096

    /// Where it goes.
    /// - Parameter isForced: rows are written whatever is there.
    package func destination(
        in fileSystem: any FileSystem, randomness: any Randomness, isForced: Bool = false
    ) -> ClickHouseDestination {
        var place = place
        place.tiers = tiers
        let (password, file) = (password, passwordFile)
        return ClickHouseDestination(
            place,
            password: {
                guard let file else { return password ?? "" }
                let bytes = try fileSystem.input(file, bytesMax: Self.passwordBytesMax) ?? []
                return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0x0D }, as: UTF8.self)
            }, randomness: randomness, isForced: isForced)
    }

    /// The settings that do not go together, each with what to do, by their keys.
    var contradictions: [(keys: [String], message: String)] {
        var found: [(keys: [String], message: String)] = []
        if place.url.isEmpty {
            found.append(
                (
                    ["ship.clickhouse.url", "ship.clickhouse.database"],
                    "ship.clickhouse.url says where to ship to, such as http://db.example.org:8123"
                ))
        }
        if password != nil, passwordFile != nil {
            found.append(
                (
                    ["ship.clickhouse.password", "ship.clickhouse.password_file"],
                    "ship.clickhouse.password and ship.clickhouse.password_file: one of them says it"
                ))
        }
        if (policy == nil) != (volume == nil) {
            found.append(
                (
                    ["ship.clickhouse.cold_volume", "ship.clickhouse.storage_policy"],
                    "ship.clickhouse.storage_policy and ship.clickhouse.cold_volume go together"
                ))
        }
        return found
    }
}

extension Setting {
    /// Has something be shipped, and says how.
    private static func change(
        _ settings: inout ServeSettings, _ body: (inout ClickHouseShippingSettings) -> Void
    ) {
        var shipping = settings.clickHouseShipping ?? ClickHouseShippingSettings()
        body(&shipping)
        settings.clickHouseShipping = shipping
    }

    static let clickHouse: [Setting] = clickHousePlace + clickHouseRows

    private static let clickHousePlace: [Setting] = [
        Setting(
            key: "ship.clickhouse.url",
            purpose: "a ClickHouse server to ship to, by its HTTP interface, such as https://db.example.org:8443"
        ) { settings, text in
            let url = try SettingText.webAddress(text)
            guard !url.contains("@") else {
                throw SettingProblem(expected: "an address without a name before the host; ship.clickhouse.user has it")
            }
            change(&settings) { $0.place.url = url }
        },
        Setting(
            key: "ship.clickhouse.user", purpose: "who ships, default by default"
        ) { settings, text in
            let user = try SettingText.name(text)
            change(&settings) { $0.place.user = user }
        },
        Setting(
            key: "ship.clickhouse.password_file", purpose: "a file with the user's password on its first line"
        ) { settings, text in
            let file = try SettingText.name(text)
            change(&settings) { $0.passwordFile = file }
        },
        Setting(
            key: "ship.clickhouse.password", purpose: "the user's password, for the environment rather than a file"
        ) { settings, text in
            change(&settings) { $0.password = text }
        },
        Setting(
            key: "ship.clickhouse.ca_file",
            purpose: "certificates, PEM, of those who may vouch for the server; those this machine knows by default"
        ) { settings, text in
            let file = try SettingText.name(text)
            change(&settings) { $0.place.authorityFile = file }
        },
        Setting(
            key: "ship.clickhouse.database", purpose: "the database of the tables there, plimsoll by default"
        ) { settings, text in
            guard PostgresDefinitions.isName(text) else {
                throw SettingProblem(expected: "a name of small letters, digits and _, at most 63 of them")
            }
            change(&settings) { $0.place.database = text }
        },
        Setting(
            key: "ship.clickhouse.node",
            purpose: "the store's number among several, which each row has there, 1 by default"
        ) { settings, text in
            let node = try SettingText.count(text)
            change(&settings) { $0.place.node = Int64(node) }
        },
    ]

    private static let clickHouseRows: [Setting] = [
        Setting(
            key: "ship.clickhouse.tables",
            purpose: "what is shipped, separated by commas: tables, or events, rollups, prices and budgets for "
                + "several; events,turns,conversations,rollups by default"
        ) { settings, text in
            let names = try SettingText.names(text)
            change(&settings) { $0.configuration.tables = names }
        },
        Setting(
            key: "ship.clickhouse.batch_events", purpose: "events of one shipment, 20000 by default"
        ) { settings, text in
            let count = try SettingText.count(text)
            guard count <= 1_000_000 else { throw SettingProblem(expected: "at most 1000000") }
            change(&settings) { $0.configuration.batchEvents = count }
        },
        Setting(
            key: "ship.clickhouse.batch_age",
            purpose: "for how long events wait for others of their shipment at the most, 5s by default"
        ) { settings, text in
            let age = try SettingText.nanoseconds(text)
            change(&settings) { $0.configuration.batchNanoseconds = age }
        },
        Setting(
            key: "ship.clickhouse.tidy_shipments",
            purpose: "after how many shipments rows that no longer count are taken away, 200 by default"
        ) { settings, text in
            let count = try SettingText.count(text)
            change(&settings) { $0.place.tidyShipments = count }
        },
        Setting(
            key: "ship.clickhouse.storage_policy",
            purpose: "the storage policy of tables that are made, of a server with more than one kind of disk"
        ) { settings, text in
            let policy = try SettingText.name(text)
            change(&settings) { $0.policy = policy }
        },
        Setting(
            key: "ship.clickhouse.cold_volume", purpose: "the policy's volume that old events move to"
        ) { settings, text in
            let volume = try SettingText.name(text)
            change(&settings) { $0.volume = volume }
        },
        Setting(
            key: "ship.clickhouse.cold_days", purpose: "how old these are, in days, 90 by default"
        ) { settings, text in
            let days = try SettingText.count(text)
            guard days <= 36_500 else { throw SettingProblem(expected: "at most 36500") }
            change(&settings) { $0.coldDays = days }
        },
    ]
}
