package import Columnar

/// The type of a column over there, and how its values lie in `COPY … (FORMAT binary)`.
package enum PostgresType: Hashable, Sendable {
    case boolean, bigint, double
    /// Exact decimals with so many digits behind the point.
    case numeric(scale: Int)
    case text, jsonb
    /// Whole microseconds: what is finer is cut off downwards.
    case timestamptz
    /// Keys of ours: 16 bytes.
    case uuid

    /// The type for a column of ours; nil for one that no stored table has.
    package init?(_ type: ColumnType) {
        switch type {
        case .boolean: self = .boolean
        case .integer: self = .bigint
        case .double: self = .double
        case .numeric(let scale): self = .numeric(scale: scale)
        case .text: self = .text
        case .json: self = .jsonb
        case .timestamptz: self = .timestamptz
        case .timestamp, .date, .interval, .array, .null: return nil
        }
    }

    /// As a table is made with.
    package var declaration: String {
        switch self {
        case .boolean: "boolean"
        case .bigint: "bigint"
        case .double: "double precision"
        case .numeric(let scale): "numeric(38,\(scale))"
        case .text: "text"
        case .jsonb: "jsonb"
        case .timestamptz: "timestamp with time zone"
        case .uuid: "uuid"
        }
    }

    /// As `format_type` writes it.
    var formatted: String { declaration }
}

/// A column over there, and which of ours it shows.
package struct PostgresColumn: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Its type.
    package var type: PostgresType
    /// What its values are made of.
    package var source: Source

    /// What values are made of.
    package enum Source: Hashable, Sendable {
        /// One of our columns, by place.
        case column(Int)
        /// A time of ours, whole: its nanoseconds since 1970 UTC, by place.
        case nanoseconds(Int)
        /// The row's key.
        case key
        /// To what the row belongs.
        case scope
    }
}

/// A table over there: our columns, the nanoseconds of `time`, and what shipping needs.
package struct PostgresTable: Hashable, Sendable {
    /// The table of ours.
    package let table: ShippedTable
    /// Columns with values of rows, in order; what shipping adds follows them.
    package let columns: [PostgresColumn]
    /// What tells rows apart.
    package let key: [String]

    /// A hash of what the row holds, of which sums are compared.
    static let hashColumn = "shipped_hash"
    /// The transaction that brought the row, as `sync.epoch` counts them: whoever reads what is new asks by it.
    static let revisionColumn = "shipped_revision"
    static let keyColumn = "shipped_key"
    static let scopeColumn = "shipped_scope"

    /// How it is laid out over there.
    package init(_ table: ShippedTable) {
        self.table = table
        var columns: [PostgresColumn] = []
        for (index, column) in table.columns.enumerated() {
            guard let type = PostgresType(column.type) else { continue }
            columns.append(PostgresColumn(name: column.name, type: type, source: .column(index)))
            if column.name == "time", column.type == .timestamptz {
                columns.append(PostgresColumn(name: "time_ns", type: .bigint, source: .nanoseconds(index)))
            }
        }
        if table.isKeyed {
            columns.append(PostgresColumn(name: Self.keyColumn, type: .uuid, source: .key))
            columns.append(PostgresColumn(name: Self.scopeColumn, type: .uuid, source: .scope))
        }
        self.columns = columns
        // On a hypertable every unique index has to hold the time.
        key = table.isKeyed ? [Self.keyColumn] : ["position", "time"]
    }

    /// Names of all columns, in the order in which rows are copied.
    var copied: [String] { columns.map(\.name) + [Self.hashColumn, Self.revisionColumn] }
}
