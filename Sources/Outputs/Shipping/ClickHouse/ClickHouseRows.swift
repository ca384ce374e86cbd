import Bytes
import Columnar
package import Hashing

// tests: rows are held against their bytes.
/// Rows of a table as bytes of `RowBinary`.
package struct ClickHouseRows: Sendable {
    private let table: ClickHouseTable
    /// What stands for the name of a column in hashes of rows: a column that is added later, and null in a row, changes
    /// no hash.
    private let tags: [UInt64]
    private let node: Int64
    private var cells = RowBinary()
    private var hashed = ByteSink()
    private let conversation: ConversationPlace?

    /// Of a table, as a store ships it that has the number `node` among several.
    package init(_ table: ClickHouseTable, node: Int64) {
        (self.table, self.node) = (table, node)
        tags = table.columns.map { xxh3(Array($0.name.utf8)) }
        conversation = ConversationPlace(table.table)
    }

    /// Appends a row.
    /// - Parameters:
    ///   - revision: the shipment that brings it.
    ///   - hash: of what it holds, from ``hash(_:_:)``.
    package mutating func append(
        _ rows: ShippedRows, _ row: Int, revision: Int64, hash: UInt64, to sink: inout RowBinary
    ) {
        assert(rows.table.name == table.table.name, "rows of the table")
        for column in table.columns {
            switch column.source {
            case .column(let place): Self.append(rows.chunk.columns[place], row, column, to: &sink)
            case .node: sink.append(int64: node)
            case .shard: sink.append(uint64: shard(rows, row))
            case .scope: sink.append(hash: rows.scopes[row])
            case .hash: sink.append(uint64: hash)
            case .revision: sink.append(int64: revision)
            case .hidden: sink.append(boolean: false)
            }
        }
    }

    /// Appends a row that says that nothing stands at its place any more: an event's position, or a conversation or
    /// bucket.
    package mutating func append(gone place: Gone, revision: Int64, to sink: inout RowBinary) {
        for column in table.columns {
            switch (column.source, place) {
            case (.column, .position(let position)) where column.name == "position": sink.append(int64: position)
            case (.column, _): Self.appendNothing(column, to: &sink)
            case (.node, _): sink.append(int64: node)
            case (.shard, .scope(let scope)): sink.append(uint64: scope.low)
            case (.scope, .scope(let scope)): sink.append(hash: scope)
            case (.scope, .position): sink.append(hash: Hash128(high: 0, low: 0))
            case (.shard, .position), (.hash, _): sink.append(uint64: 0)
            case (.revision, _): sink.append(int64: revision)
            case (.hidden, _): sink.append(boolean: true)
            }
        }
    }

    /// Where nothing stands.
    package enum Gone: Hashable, Sendable {
        /// An event.
        case position(Int64)
        /// A conversation, or a bucket.
        case scope(Hash128)
    }

    /// A hash of what a row holds that is not null.
    package mutating func hash(_ rows: ShippedRows, _ row: Int) -> UInt64 {
        hashed.removeAll()
        for (index, column) in table.columns.enumerated() {
            guard case .column(let place) = column.source, !rows.chunk.columns[place].isNull(row) else { continue }
            cells.removeAll()
            Self.append(rows.chunk.columns[place], row, column, to: &cells)
            hashed.append(littleEndian: tags[index])
            hashed.append(contentsOf: cells.bytes)
        }
        if !rows.scopes.isEmpty {
            hashed.append(littleEndian: rows.scopes[row].high)
            hashed.append(littleEndian: rows.scopes[row].low)
        }
        return xxh3(hashed.bytes)
    }

    /// What the rows come to, one a row.
    mutating func digests(_ rows: ShippedRows) -> [RowDigest] {
        let table = rows.table
        let cost = table.index(of: "cost_usd")
        let tokens = ["input_tokens", "output_tokens"].compactMap(table.index(of:))
        return (0..<rows.chunk.rowCount).map { row in
            var digest = RowDigest()
            digest.rows = 1
            digest.hashes = Int128(hash(rows, row))
            if let cost, case .numeric(let value, 12) = rows.chunk.columns[cost].scalar(at: row) {
                digest.costPicoUSD = value
            }
            for column in tokens {
                if case .integer(let value) = rows.chunk.columns[column].scalar(at: row) {
                    digest.tokens &+= Int128(value)
                }
            }
            return digest
        }
    }

    /// Rows of one conversation, or of one bucket, have the same.
    private func shard(_ rows: ShippedRows, _ row: Int) -> UInt64 {
        if !rows.scopes.isEmpty { return rows.scopes[row].low }
        return conversation.map { ShippedKey.of($0.parts(of: rows.chunk, row)).low } ?? 0
    }

    // MARK: Values

    private static func append(_ vector: Vector, _ row: Int, _ column: ClickHouseColumn, to sink: inout RowBinary) {
        if vector.isNull(row) { return appendNothing(column, to: &sink) }
        if column.isNullable { sink.append(isNull: false) }
        switch vector.storage {
        case .int64(let values): append(values[row], column.type, to: &sink)
        case .int128(let values): sink.append(decimal: values[row])
        case .double(let values): sink.append(double: values[row])
        case .boolean(let values): sink.append(boolean: values[row])
        case .text(let codes, let dictionary): sink.append(text: dictionary.utf8(Int(codes[row])))
        case .constant, .scalars, .interval: append(vector.scalar(at: row), column.type, to: &sink)
        }
    }

    private static func append(_ value: Int64, _ type: ClickHouseType, to sink: inout RowBinary) {
        if case .decimal = type { sink.append(decimal: Int128(value)) } else { sink.append(int64: value) }
    }

    private static func append(_ value: Scalar, _ type: ClickHouseType, to sink: inout RowBinary) {
        switch value {
        case .boolean(let value): sink.append(boolean: value)
        case .integer(let value), .timestamptz(let value): append(value, type, to: &sink)
        case .double(let value): sink.append(double: value)
        case .numeric(let value, _): sink.append(decimal: value)
        case .text(let text), .json(let text): sink.append(text: Array(text.utf8)[...])
        case .null, .timestamp, .date, .interval, .array: preconditionFailure("a stored table has no such value")
        }
    }

    /// NULL; where there is none, what stands for nothing.
    private static func appendNothing(_ column: ClickHouseColumn, to sink: inout RowBinary) {
        if column.isNullable { return sink.append(isNull: true) }
        switch column.type {
        case .boolean: sink.append(boolean: false)
        case .int64, .time: sink.append(int64: 0)
        case .uint64: sink.append(uint64: 0)
        case .double: sink.append(double: 0)
        case .decimal: sink.append(decimal: 0)
        case .text, .word: sink.append(text: [])
        case .hash: sink.append(hash: Hash128(high: 0, low: 0))
        }
    }
}
