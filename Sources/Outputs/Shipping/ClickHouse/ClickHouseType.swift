import Columnar

/// The type of a column over there; `RowBinary` has the same bytes for both levels.
enum ClickHouseType: Hashable, Sendable {
    case boolean, int64, uint64, double
    /// Exact decimals with so many digits behind the point.
    case decimal(scale: Int)
    /// Bytes, as they are here; JSON as well.
    case text
    /// Texts of which there are few.
    case word
    /// Nanoseconds since 1970 UTC.
    case time
    /// 16 bytes.
    case hash

    /// The type for a column of ours; nil for one that no stored table has.
    init?(_ column: TableColumn) {
        switch column.type {
        case .boolean: self = .boolean
        case .integer: self = .int64
        case .double: self = .double
        case .numeric(let scale): self = .decimal(scale: scale)
        case .text: self = Self.words.contains(column.name) ? .word : .text
        case .json: self = .text
        case .timestamptz: self = .time
        case .timestamp, .date, .interval, .array, .null: return nil
        }
    }

    /// Names of columns with few values.
    private static let words: Set<String> = [
        "type", "source", "tenant", "channel", "agent", "agent_version", "team", "cost_centre", "environment", "region",
        "service_name", "service_version", "experiment", "variant", "prompt_name", "prompt_version", "provider",
        "request_model", "response_model", "model", "status", "price_state", "error_type", "operation", "kind", "tool",
        "service_tier", "queue", "route", "intent", "topic", "decision", "severity", "token_class", "finish_reason",
        "outcome", "state", "purpose",
    ]

    /// As a table is made with, and as `system.columns` has it.
    func declaration(_ level: ClickHouseLevel, isNullable: Bool) -> String {
        let plain: String
        switch self {
        case .boolean: plain = level == .modern ? "Bool" : "UInt8"
        case .int64: plain = "Int64"
        case .uint64: plain = "UInt64"
        case .double: plain = "Float64"
        case .decimal(let scale): plain = "Decimal(38, \(scale))"
        case .text: plain = "String"
        case .word:
            if level == .modern { return isNullable ? "LowCardinality(Nullable(String))" : "LowCardinality(String)" }
            plain = "String"
        case .time: plain = level == .modern ? "DateTime64(9, 'UTC')" : "Int64"
        case .hash: plain = "FixedString(16)"
        }
        return isNullable ? "Nullable(\(plain))" : plain
    }
}

/// A column over there, and what its values are made of.
struct ClickHouseColumn: Hashable, Sendable {
    /// Its name.
    var name: String
    /// Its type.
    var type: ClickHouseType
    /// Whether a value may be missing.
    var isNullable = false
    /// What its values are made of.
    var source: Source

    /// What values are made of.
    enum Source: Hashable, Sendable {
        /// One of our columns, by place.
        case column(Int)
        /// Which of several stores the row is of.
        case node
        /// By what rows would be spread over servers: conversation, or bucket.
        case shard
        /// To what the row belongs.
        case scope
        /// A hash of what the row holds.
        case hash
        /// The shipment that brought it.
        case revision
        /// Whether nothing stands there any more.
        case hidden
    }
}

/// A table over there that rows are put into. Nothing in it is ever changed: what stands for what is said by which
/// shipments count and by what came last.
package struct ClickHouseTable: Hashable, Sendable {
    /// What its rows are.
    package enum Role: Hashable, Sendable {
        /// Events as they came first, each position once.
        case facts
        /// Events as they are since something about them changed, or that are gone from this table.
        case overlay
        /// Conversations, turns or buckets, as each shipment that touched them had them.
        case versions
    }

    /// The table of ours.
    let table: ShippedTable
    /// What its rows are.
    let role: Role
    /// All columns, in order.
    let columns: [ClickHouseColumn]

    static let hashColumn = "shipped_hash"
    static let revisionColumn = "shipped_revision"
    static let scopeColumn = "shipped_scope"
    static let hiddenColumn = "shipped_hidden"

    /// How it is laid out over there.
    package init(_ table: ShippedTable, _ role: Role) {
        (self.table, self.role) = (table, role)
        var columns: [ClickHouseColumn] = []
        for (index, column) in table.columns.enumerated() {
            guard let type = ClickHouseType(column) else { continue }
            let isRequired = table.kind == .events && (column.name == "position" || column.name == "time")
            columns.append(
                ClickHouseColumn(
                    name: column.name, type: type, isNullable: !isRequired, source: .column(index)))
        }
        columns.append(ClickHouseColumn(name: "node", type: .int64, source: .node))
        columns.append(ClickHouseColumn(name: "shard_key", type: .uint64, source: .shard))
        if role == .versions {
            columns.append(ClickHouseColumn(name: Self.scopeColumn, type: .hash, source: .scope))
        }
        columns.append(ClickHouseColumn(name: Self.hashColumn, type: .uint64, source: .hash))
        columns.append(ClickHouseColumn(name: Self.revisionColumn, type: .int64, source: .revision))
        if role != .facts {
            columns.append(ClickHouseColumn(name: Self.hiddenColumn, type: .boolean, source: .hidden))
        }
        self.columns = columns
    }

    /// Those of a table of ours.
    static func of(_ table: ShippedTable) -> [ClickHouseTable] {
        table.isKeyed
            ? [ClickHouseTable(table, .versions)] : [ClickHouseTable(table, .facts), ClickHouseTable(table, .overlay)]
    }

    /// Its name. That of ours is the view's, which shows what counts.
    var name: String {
        switch role {
        case .facts: "\(table.name)_facts"
        case .overlay: "\(table.name)_overlay"
        case .versions: "\(table.name)_versions"
        }
    }

    /// What people read: the columns of ours, the store, and what tells rows and shipments apart.
    var shown: [String] {
        columns.map(\.name).filter { $0 != Self.hiddenColumn && $0 != "shard_key" }
    }

    func has(_ name: String) -> Bool { columns.contains { $0.name == name } }
}
