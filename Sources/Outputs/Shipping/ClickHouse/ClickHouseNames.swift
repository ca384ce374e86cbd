/// How tables are called over there.
struct ClickHouseNames: Hashable, Sendable {
    /// The database in which everything stands.
    let database: String
    /// The cluster whose servers share the tables; nil: one server has them.
    var cluster: String?

    /// A name as SQL takes it.
    static func quoted(_ name: String) -> String {
        "`" + name.replacing("\\", with: "\\\\").replacing("`", with: "\\`") + "`"
    }

    /// Names as SQL takes them.
    static func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }

    /// A text as SQL takes it.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// A table's name with its database.
    func place(_ name: String) -> String { "\(Self.quoted(database)).\(Self.quoted(name))" }

    /// What stands behind a name that is made or changed on all servers.
    var everywhere: String { cluster.map { " ON CLUSTER \(Self.quoted($0))" } ?? "" }
}
