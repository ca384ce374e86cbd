import Bytes
package import Columnar
package import Hashing

// tests: a database in memory is shipped to.
/// Rows on their way to one table.
package struct ShippedRows: Sendable {
    /// Where they go.
    package let table: ShippedTable
    /// The table's columns.
    package let chunk: Chunk
    /// What tells each from the others; empty for events, which their positions tell apart.
    package let keys: [Hash128]
    /// To what each belongs, a conversation or a bucket, whose rows are replaced together; empty for events.
    package let scopes: [Hash128]

    // tests: rows are encoded without a shipper.
    /// Events.
    /// - Precondition: the table is one of events.
    package init(events chunk: Chunk, of table: ShippedTable) {
        precondition(table.kind == .events, "events have positions")
        (self.table, self.chunk, keys, scopes) = (table, chunk, [], [])
    }

    /// Rows of conversations, of turns or of buckets.
    /// - Parameter ordinals: which of its conversation each row is; of buckets there are none.
    /// - Precondition: the table is keyed, and has the columns of its kind; each row of a conversation has an ordinal.
    package init(_ chunk: Chunk, of table: ShippedTable, ordinals: [Int64] = []) {
        precondition(table.isKeyed, "what tells rows apart is known")
        (self.table, self.chunk) = (table, chunk)
        var (keys, scopes): ([Hash128], [Hash128]) = ([], [])
        keys.reserveCapacity(chunk.rowCount)
        scopes.reserveCapacity(chunk.rowCount)
        let place = ConversationPlace(table)
        for row in 0..<chunk.rowCount {
            switch table.kind {
            case .events: break
            case .rollup(let dimensions, _):
                let bucket = chunk.columns[0].scalar(at: row)
                scopes.append(ShippedKey.of([bucket]))
                keys.append(ShippedKey.of((0...dimensions).map { chunk.columns[$0].scalar(at: row) }))
            case .conversations, .turns:
                let scope = place.map { $0.parts(of: chunk, row) } ?? []
                scopes.append(ShippedKey.of(scope))
                keys.append(ShippedKey.of(scope + [.integer(ordinals[row])]))
            }
        }
        (self.keys, self.scopes) = (keys, scopes)
    }
}

/// Where a table has what names a conversation.
struct ConversationPlace: Sendable {
    private let tenant, conversation: Int

    /// nil: the table does not have both.
    init?(_ table: ShippedTable) {
        guard let tenant = table.index(of: "tenant"), let conversation = table.index(of: "conversation_id") else {
            return nil
        }
        (self.tenant, self.conversation) = (tenant, conversation)
    }

    /// Tenant and id.
    func parts(of chunk: Chunk, _ row: Int) -> [Scalar] {
        [chunk.columns[tenant].scalar(at: row), chunk.columns[conversation].scalar(at: row)]
    }
}

// tests: what keys tell apart is looked at.
/// Keys of rows that have none of their own: hashes of what tells them apart. They stand in destinations, so what is
/// hashed never changes.
package enum ShippedKey {
    /// The key of some values: each with its kind and, where it has one, its length, so that no two lists look alike.
    package static func of(_ parts: [Scalar]) -> Hash128 {
        var sink = ByteSink()
        for part in parts {
            switch part {
            case .text(let text), .json(let text):
                sink.append(UInt8(1))
                sink.append(littleEndian: UInt64(text.utf8.count))
                sink.append(contentsOf: text.utf8)
            case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value):
                sink.append(UInt8(2))
                sink.append(littleEndian: value)
            case .boolean(let value): sink.append(value ? UInt8(4) : UInt8(3))
            case .double(let value):
                sink.append(UInt8(5))
                sink.append(littleEndian: value.bitPattern)
            case .numeric(let value, _):
                sink.append(UInt8(6))
                sink.append(littleEndian: UInt64(truncatingIfNeeded: value))
                sink.append(littleEndian: UInt64(truncatingIfNeeded: value >> 64))
            case .null, .interval, .array: sink.append(UInt8(0))
            }
        }
        return xxh3Wide(sink.bytes)
    }
}
