import Hashing

/// Where rows go that are old, of servers with more than one kind of disk.
package struct ClickHouseTiers: Hashable, Sendable {
    /// The storage policy of the tables, which the server's configuration has.
    let policy: String
    /// Its volume for old rows.
    let volume: String
    /// How old they are, in days.
    let days: Int

    /// Takes each part as given.
    package init(policy: String, volume: String, days: Int) {
        (self.policy, self.volume, self.days) = (policy, volume, days)
    }
}

/// The statements that make tables and views over there. Columns are added, never dropped, and their types stay.
package struct ClickHouseDefinitions: Sendable {
    let names: ClickHouseNames
    let level: ClickHouseLevel
    private let tiers: ClickHouseTiers?

    /// - Parameters:
    ///   - database: a name by ``PostgresDefinitions/isName(_:)``.
    ///   - cluster: the cluster whose servers share the tables; nil: one server has them.
    ///   - tiers: nil: rows stay where they are.
    /// - Precondition: the database has such a name.
    package init(
        database: String, level: ClickHouseLevel = .modern, cluster: String? = nil, tiers: ClickHouseTiers? = nil
    ) {
        precondition(PostgresDefinitions.isName(database), "the name of a database is checked where it comes in")
        (self.level, self.tiers) = (level, tiers)
        names = ClickHouseNames(database: database, cluster: cluster)
    }

    /// Which shipments there were.
    static let shipmentsTable = "shipments"
    /// Its columns with their types, in order.
    private static let shipments = [
        ("node", "Int64"), ("source", "String"), ("revision", "Int64"), ("previous", "Int64"), ("base", "Int64"),
        ("sender", "UInt64"), ("is_done", "UInt8"), ("position", "Int64"), ("corrected_position", "Int64"),
        ("closed_time_ns", "Int64"), ("received_position", "Nullable(Int64)"), ("received_time_ns", "Nullable(Int64)"),
        ("tables", "String"), ("views", "UInt64"), ("void", "Array(Int64)"),
    ]

    /// What makes the database.
    var makeDatabase: String {
        "CREATE DATABASE IF NOT EXISTS \(ClickHouseNames.quoted(names.database))\(names.everywhere)"
    }

    /// What makes the table of shipments. On a cluster each server has all of it.
    var makeShipments: String {
        let columns = Self.shipments.map { "    \(ClickHouseNames.quoted($0.0)) \($0.1)" }
        let engine =
            names.cluster == nil
            ? "MergeTree"
            : "ReplicatedMergeTree('/clickhouse/\(names.database)/\(Self.shipmentsTable)', '{shard}-{replica}')"
        return "CREATE TABLE IF NOT EXISTS \(names.place(Self.shipmentsTable))\(names.everywhere) (\n"
            + columns.joined(separator: ",\n") + "\n) ENGINE = \(engine)\n"
            + "ORDER BY (`node`, `revision`, `is_done`, `sender`)"
    }

    // MARK: Tables

    /// What makes a table: of a cluster one on each server, and one that shows them all.
    package func make(_ table: ClickHouseTable) -> [String] {
        var lines = table.columns.map { column in
            "    \(ClickHouseNames.quoted(column.name)) "
                + column.type.declaration(level, isNullable: column.isNullable)
        }
        if level == .modern {
            lines += indexed(table).map { "    INDEX \($0)_index `\($0)` TYPE minmax GRANULARITY 1" }
        }
        guard let cluster = names.cluster else {
            return [make(table.name, "MergeTree", table, lines)]
        }
        let own = "\(table.name)_local"
        let engine = "ReplicatedMergeTree('/clickhouse/{shard}/\(names.database)/\(own)', '{replica}')"
        return [
            make(own, engine, table, lines),
            "CREATE TABLE IF NOT EXISTS \(names.place(table.name))\(names.everywhere) AS \(names.place(own))\n"
                + "ENGINE = Distributed(\(ClickHouseNames.list([cluster, names.database, own])), `shard_key`)",
        ]
    }

    private func make(_ name: String, _ engine: String, _ table: ClickHouseTable, _ lines: [String]) -> String {
        let clauses = [
            "ENGINE = \(engine)", partition(table).map { "PARTITION BY \($0)" }, "ORDER BY (\(order(table)))",
            aging(table), settings(table),
        ]
        return "CREATE TABLE IF NOT EXISTS \(names.place(name))\(names.everywhere) (\n"
            + lines.joined(separator: ",\n") + "\n) " + clauses.compactMap(\.self).joined(separator: "\n")
    }

    /// Columns of which each stretch of rows keeps the least and the greatest value.
    private func indexed(_ table: ClickHouseTable) -> [String] {
        table.role == .facts ? ["position", ClickHouseTable.revisionColumn] : [ClickHouseTable.revisionColumn]
    }

    /// By month; what may move from one to another is in one piece.
    private func partition(_ table: ClickHouseTable) -> String? {
        guard table.role == .facts, table.has("time") else { return nil }
        return level == .modern ? "toYYYYMM(`time`)" : "toYYYYMM(toDateTime(intDiv(`time`, 1000000000)), 'UTC')"
    }

    private func order(_ table: ClickHouseTable) -> String {
        let revision = ClickHouseNames.quoted(ClickHouseTable.revisionColumn)
        switch table.role {
        case .versions: return "\(ClickHouseNames.quoted(ClickHouseTable.scopeColumn)), \(revision)"
        case .overlay: return "`position`, \(revision)"
        case .facts:
            let parts = [
                ("tenant", "ifNull(`tenant`, '')"),
                ("time", level == .modern ? "toStartOfHour(`time`)" : "intDiv(`time`, 3600000000000)"),
                ("conversation_id", "ifNull(`conversation_id`, '')"), ("position", "`position`"),
            ]
            return parts.filter { table.has($0.0) }.map(\.1).joined(separator: ", ")
        }
    }

    private func aging(_ table: ClickHouseTable) -> String? {
        guard let tiers, level == .modern, table.role == .facts, table.has("time") else { return nil }
        return "TTL toDateTime(`time`) + INTERVAL \(tiers.days) DAY TO VOLUME \(ClickHouseNames.literal(tiers.volume))"
    }

    private func settings(_ table: ClickHouseTable) -> String? {
        guard level == .modern else { return nil }
        var settings = [
            names.cluster == nil
                ? "non_replicated_deduplication_window = 1000"
                : "replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800"
        ]
        if let tiers { settings.append("storage_policy = \(ClickHouseNames.literal(tiers.policy))") }
        return "SETTINGS " + settings.joined(separator: ", ")
    }

    /// What adds a column to a table that is there.
    func add(_ column: ClickHouseColumn, to table: ClickHouseTable) -> String {
        let condition = level == .modern ? "IF NOT EXISTS " : ""
        return "ALTER TABLE \(names.place(table.name)) ADD COLUMN \(condition)\(ClickHouseNames.quoted(column.name)) "
            + column.type.declaration(level, isNullable: column.isNullable)
    }

    // MARK: Views

    /// Views by name, in the order in which they are made.
    func views(_ tables: [ShippedTable]) -> [(name: String, select: String)] {
        let visibility = ClickHouseVisibility(names: names)
        var views = [(name: "cut", select: visibility.cut), ("void", visibility.void)]
        for table in tables { views.append((table.name, visibility.view(table))) }
        let events = tables.filter { $0.kind == .events }
        if !events.isEmpty { views.append(("events", visibility.events(events))) }
        return views
    }

    /// A table that stands where a view of ours is to be: making the view would take it away with all that it holds.
    /// - Parameter engines: what stands in the database, by name.
    /// - Returns: the first such name; nil: there is none.
    package func others(among engines: [String: String], _ tables: [ShippedTable]) -> String? {
        views(tables).map(\.name).first { name in engines[name].map { $0 != "View" } ?? false }
    }

    /// What makes a view, in place of one of before. An old server runs what it has of a statement when the connection
    /// breaks, so no statement that changes anything is one without its last bracket.
    func make(view name: String, _ select: String) -> [String] {
        let (place, whole) = (names.place(name), "SELECT * FROM (\(select))")
        if level == .modern { return ["CREATE OR REPLACE VIEW \(place)\(names.everywhere) AS \(whole)"] }
        return ["DROP TABLE IF EXISTS \(place)", "CREATE VIEW \(place) AS \(whole)"]
    }

    /// Tells the views of one version from those of another.
    func viewsHash(_ tables: [ShippedTable]) -> UInt64 {
        xxh3(Array(views(tables).flatMap { make(view: $0.name, $0.select) }.joined(separator: "\n").utf8))
    }

    /// All of it as a file for who makes the tables himself, in the order of their names.
    package func file(_ tables: [ShippedTable]) -> String {
        let ordered = tables.sorted { $0.name < $1.name }
        let made = [makeDatabase, makeShipments] + ordered.flatMap(ClickHouseTable.of).flatMap(make)
        let shown = views(ordered).flatMap { make(view: $0.name, $0.select) }
        return (made + shown).map { $0 + ";\n" }.joined(separator: "\n")
    }
}
