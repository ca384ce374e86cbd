/// The statements that make tables over there, and bring those of earlier versions up to date. Columns are added, never
/// dropped, and their types stay.
package struct PostgresDefinitions: Sendable {
    /// The schema in which everything stands.
    let schema: String

    /// - Parameter schema: a name without anything that wants to be escaped; see ``isName(_:)``.
    /// - Precondition: it is one.
    package init(schema: String) {
        precondition(Self.isName(schema), "the name of a schema is checked where it comes in")
        self.schema = schema
    }

    /// Whether a text can be the name of a schema as it stands: a letter or an underscore, then up to 62 of these and
    /// of digits.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 63 else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") }
        return isLetter(first) && bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    /// A name as SQL takes it.
    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// A table's name with its schema.
    func place(_ name: String) -> String { "\(Self.quoted(schema)).\(Self.quoted(name))" }

    /// The row that says how far the destination has got.
    static let syncTable = "sync"

    /// What makes the schema.
    var makeSchema: String { "CREATE SCHEMA IF NOT EXISTS \(Self.quoted(schema))" }

    /// What makes the table of that row.
    var makeSync: String {
        """
        CREATE TABLE IF NOT EXISTS \(place(Self.syncTable)) (
            source text PRIMARY KEY,
            epoch bigint NOT NULL,
            position bigint NOT NULL,
            corrected_position bigint NOT NULL,
            closed_time_ns bigint NOT NULL,
            received_position bigint,
            received_time_ns bigint,
            tables text NOT NULL,
            changed timestamp with time zone NOT NULL DEFAULT now()
        )
        """
    }

    /// What makes a table, and what finds rows of it.
    package func make(_ table: PostgresTable) -> [String] {
        let name = table.table.name
        var lines = table.columns.map { column in
            "    \(Self.quoted(column.name)) \(column.type.declaration)"
                + (table.isRequired(column) ? " NOT NULL" : "")
        }
        lines += [PostgresTable.hashColumn, PostgresTable.revisionColumn].map {
            "    \(Self.quoted($0)) bigint NOT NULL"
        }
        lines.append("    PRIMARY KEY (\(table.key.map(Self.quoted).joined(separator: ", ")))")
        let make = "CREATE TABLE IF NOT EXISTS \(place(name)) (\n\(lines.joined(separator: ",\n"))\n)"
        return [make]
            + table.indexed.map { column in
                // A text may be longer than what a tree takes, which would refuse the row: hashes take any.
                "CREATE INDEX IF NOT EXISTS \(Self.quoted("\(name)_\(column)_index")) ON \(place(name)) "
                    + (table.isText(column) ? "USING hash " : "") + "(\(Self.quoted(column)))"
            }
    }

    /// What adds a column to a table that is there: of no row, so without a rewrite.
    func add(_ column: PostgresColumn, to table: PostgresTable) -> String {
        "ALTER TABLE \(place(table.table.name)) ADD COLUMN IF NOT EXISTS \(Self.quoted(column.name)) "
            + column.type.declaration
    }

    /// What makes a table of events one that TimescaleDB keeps in pieces of time, rows that are there included.
    func makeHypertable(_ table: PostgresTable) -> String {
        // Both names are plain ones.
        "SELECT create_hypertable('\(place(table.table.name))', 'time', chunk_time_interval => interval '7 days', "
            + "if_not_exists => true, migrate_data => true)"
    }

    /// All of it as a file for who makes the tables himself, in the order of their names.
    package func file(_ tables: [ShippedTable]) -> String {
        let ordered = tables.sorted { $0.name < $1.name }
        let statements = [makeSchema, makeSync] + ordered.flatMap { make(PostgresTable($0)) }
        return statements.map { $0 + ";\n" }.joined(separator: "\n")
    }
}

extension PostgresTable {
    /// Whether rows always have a value.
    func isRequired(_ column: PostgresColumn) -> Bool {
        key.contains(column.name) || column.source == .key || column.source == .scope
    }

    /// Columns that cannot be added to rows that are there.
    var needed: [String] {
        key + [Self.hashColumn, Self.revisionColumn] + (table.isKeyed ? [Self.scopeColumn] : [])
    }

    /// Whether a column holds texts of any length.
    func isText(_ name: String) -> Bool { columns.contains { $0.name == name && $0.type == .text } }

    /// Columns by which rows are looked for, one an index.
    var indexed: [String] {
        let wanted: [String] =
            switch table.kind {
            case .events: ["time"]
            case .conversations: ["conversation_id", "start_time", Self.scopeColumn]
            case .turns: ["conversation_id", "asked_time", Self.scopeColumn]
            case .rollup: ["time", Self.scopeColumn]
            }
        return wanted.filter { name in columns.contains { $0.name == name } }
    }
}
