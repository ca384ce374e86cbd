import Hashing

/// What one shipment brings to one table of ours.
struct ClickHouseLoad {
    /// Of one table over there.
    struct Part {
        let table: ClickHouseTable
        var encoder: ClickHouseRows
        var waiting = RowBinary()
        /// So many inserts there were.
        var inserts = 0
        /// Rows, and both halves of the sum of their hashes.
        var rows: UInt64 = 0
        var high: UInt64 = 0
        var low: UInt64 = 0

        mutating func append(_ shipped: ShippedRows, _ row: Int, hash: UInt64, revision: Int64) {
            encoder.append(shipped, row, revision: revision, hash: hash, to: &waiting)
            rows &+= 1
            high &+= hash >> 32
            low &+= hash & 0xFFFF_FFFF
        }

        /// A hash of nothing is 0.
        mutating func append(gone place: ClickHouseRows.Gone, revision: Int64) {
            encoder.append(gone: place, revision: revision, to: &waiting)
            rows &+= 1
        }
    }

    let table: ShippedTable
    /// Of events those of facts and of the overlay, of other tables one.
    var parts: [Part]
    /// Conversations or buckets that have rows in this shipment.
    var brought: Set<Hash128> = []
    /// Conversations or buckets that have no rows but those.
    var replaced: [Hash128] = []
    /// Events that were put although they may have been there.
    var positions: Set<Int64> = []
    var cleared: ShippedStretch?

    init(_ table: ShippedTable, node: Int64) {
        self.table = table
        parts = ClickHouseTable.of(table).map { Part(table: $0, encoder: ClickHouseRows($0, node: node)) }
    }

    /// What waits to be sent.
    var waitingBytes: Int { parts.reduce(0) { $0 + $1.waiting.count } }

    mutating func hash(_ rows: ShippedRows, _ row: Int) -> UInt64 { parts[0].encoder.hash(rows, row) }

    /// Appends a row: events that came first are facts, what stands for what was there lies over them.
    mutating func append(_ rows: ShippedRows, _ row: Int, isNew: Bool, hash: UInt64, revision: Int64) {
        parts[isNew ? 0 : parts.count - 1].append(rows, row, hash: hash, revision: revision)
    }

    /// Appends a row that says that nothing stands there any more.
    mutating func append(gone place: ClickHouseRows.Gone, revision: Int64) {
        parts[parts.count - 1].append(gone: place, revision: revision)
    }
}
