/// The statements that bring copied rows to their places, all within one transaction. Rows are copied into tables of
/// the session that end with the transaction, so that a pooler may give the session to somebody else after it.
struct PostgresMerging {
    let definitions: PostgresDefinitions
    let table: PostgresTable

    /// The table of the session that rows are copied into.
    var copied: String { PostgresDefinitions.quoted("ship_\(table.table.name)") }
    /// The same of conversations or buckets that are replaced.
    var scopes: String { PostgresDefinitions.quoted("ship_scopes_\(table.table.name)") }
    /// The same of positions that are settled, of all tables together.
    static let positions = PostgresDefinitions.quoted("ship_positions")

    private var place: String { definitions.place(table.table.name) }
    private func list(_ names: [String], _ write: (String) -> String = PostgresDefinitions.quoted) -> String {
        names.map(write).joined(separator: ", ")
    }

    /// Makes the table that rows are copied into.
    var makeCopied: String {
        let columns =
            table.columns.map { "\(PostgresDefinitions.quoted($0.name)) \($0.type.declaration)" }
            + [PostgresTable.hashColumn, PostgresTable.revisionColumn].map {
                "\(PostgresDefinitions.quoted($0)) bigint"
            }
        return "CREATE TEMPORARY TABLE \(copied) (\(columns.joined(separator: ", "))) ON COMMIT DROP"
    }

    /// Copies rows into it.
    var copy: String { "COPY pg_temp.\(copied) (\(list(table.copied))) FROM STDIN (FORMAT binary)" }

    /// Copies rows that nobody has yet to their places.
    var copyInPlace: String { "COPY \(place) (\(list(table.copied))) FROM STDIN (FORMAT binary)" }

    /// Makes the table of what is replaced.
    var makeScopes: String { "CREATE TEMPORARY TABLE \(scopes) (scope uuid) ON COMMIT DROP" }
    /// Copies into it.
    var copyScopes: String { "COPY pg_temp.\(scopes) (scope) FROM STDIN (FORMAT binary)" }
    /// Makes the table of what is settled.
    static let makePositions = "CREATE TEMPORARY TABLE \(positions) (\"position\" bigint) ON COMMIT DROP"
    /// Copies into it.
    static let copyPositions = "COPY pg_temp.\(positions) (\"position\") FROM STDIN (FORMAT binary)"

    /// Rows of what is replaced that are not among the copied ones.
    func deleteReplaced(hasCopied: Bool) -> String {
        let key = PostgresDefinitions.quoted(PostgresTable.keyColumn)
        return "DELETE FROM \(place) AS there USING pg_temp.\(scopes) AS gone "
            + "WHERE there.\(PostgresDefinitions.quoted(PostgresTable.scopeColumn)) = gone.scope"
            + (hasCopied
                ? " AND NOT EXISTS (SELECT 1 FROM pg_temp.\(copied) AS came WHERE came.\(key) = there.\(key))" : "")
    }

    /// Rows of a stretch that are not among the copied ones.
    func deleteStretch(_ stretch: ShippedStretch, hasCopied: Bool) -> String {
        let condition: String
        switch stretch {
        case .positions(let after, let through):
            condition = "there.\"position\" > \(after) AND there.\"position\" <= \(through)"
        case .day(let day): condition = "\(Self.day(of: table, "there.")) = \(day)"
        }
        let same = table.key.map(PostgresDefinitions.quoted).map { "came.\($0) = there.\($0)" }
        return "DELETE FROM \(place) AS there WHERE \(condition)"
            + (hasCopied
                ? " AND NOT EXISTS (SELECT 1 FROM pg_temp.\(copied) AS came WHERE "
                    + same.joined(separator: " AND ") + ")" : "")
    }

    /// The day of a row's time, in days since 1970 UTC.
    private static func day(of table: PostgresTable, _ prefix: String = "") -> String {
        let column = PostgresDefinitions.quoted(DigestRequest.dayColumn(of: table.table) ?? "time")
        return "coalesce(floor(extract(epoch from \(prefix)\(column)) / 86400)::bigint, \(DigestRequest.noDay))"
    }

    /// Events at positions that are settled that are not among the copied ones.
    func deleteSettled(hasCopied: Bool) -> String {
        "DELETE FROM \(place) AS there USING pg_temp.\(Self.positions) AS settled "
            + "WHERE there.\"position\" = settled.\"position\""
            + (hasCopied
                ? " AND NOT EXISTS (SELECT 1 FROM pg_temp.\(copied) AS came WHERE came.\"position\" = "
                    + "there.\"position\" AND came.\"time\" = there.\"time\")" : "")
    }

    /// The copied rows in their places: new ones, and those that differ from what is there, in any column: one that
    /// somebody dropped has come back empty, whatever hash the row has. Rows that are the same are not written anew.
    /// Whoever ships holds the row that says how far it got, so none of them is older than what is there.
    /// - Parameter isForced: rows are written whatever is there, since somebody else may have changed it.
    func merge(isForced: Bool) -> String {
        let key = table.key
        let others = table.copied.filter { !key.contains($0) }
        let hash = PostgresDefinitions.quoted(PostgresTable.hashColumn)
        let values = table.columns.map(\.name).filter { !key.contains($0) }
        func row(_ prefix: String) -> String {
            "ROW(\(list(values) { "\(prefix).\(PostgresDefinitions.quoted($0))" }))"
        }
        return "INSERT INTO \(place) AS there (\(list(table.copied))) SELECT \(list(table.copied)) "
            + "FROM pg_temp.\(copied) ON CONFLICT (\(list(key))) DO UPDATE SET "
            + list(others) { "\(PostgresDefinitions.quoted($0)) = excluded.\(PostgresDefinitions.quoted($0))" }
            + (isForced
                ? ""
                : " WHERE there.\(hash) <> excluded.\(hash) OR \(row("there")) IS DISTINCT FROM \(row("excluded"))")
    }

    /// What stands there in short, by stretches.
    func digests(_ request: DigestRequest) -> String {
        let stretch: String
        var condition = ""
        if table.table.isKeyed {
            stretch = Self.day(of: table)
        } else {
            stretch = "\"position\" / \(request.positions)"
            condition = " WHERE \"position\" <= \(request.through)"
        }
        func sum(_ names: [String]) -> String {
            let known = names.filter { name in table.columns.contains { $0.name == name } }
            return known.isEmpty
                ? "0" : known.map { "coalesce(sum(\(PostgresDefinitions.quoted($0))), 0)" }.joined(separator: " + ")
        }
        return "SELECT \(stretch), count(*), sum(\(PostgresDefinitions.quoted(PostgresTable.hashColumn))), "
            + "\(sum(["cost_usd"])), \(sum(["input_tokens", "output_tokens"])) FROM \(place)\(condition) GROUP BY 1"
    }
}
