import Columnar

/// Rows of conversations with their keys: a row has no name of its own, so each is known by its place among those of
/// its conversation; of `conversations` there is one, mostly.
enum ConversationOrder {
    /// What rows are ordered by, as far as a table has it; what is alike in all of it stays as it came.
    private static let order = ["asked_time", "time", "turn", "start_time", "last_time", "trace_id"]

    /// The rows of some conversations with their places.
    /// - Parameter wanted: rows of others are left out: an id may be there under several tenants.
    static func ordered(
        _ chunks: [Chunk], of table: ShippedTable, only wanted: Set<TouchedRows.ConversationKey>?
    ) -> [ShippedRows] {
        guard let tenant = table.index(of: "tenant"), let id = table.index(of: "conversation_id") else { return [] }
        func key(_ chunk: Chunk, _ row: Int) -> TouchedRows.ConversationKey {
            TouchedRows.ConversationKey(
                tenant: chunk.columns[tenant].scalar(at: row), id: chunk.columns[id].scalar(at: row))
        }
        let kept: [Chunk] = chunks.map { chunk in
            guard let wanted else { return chunk }
            let rows = (0..<chunk.rowCount).filter { wanted.contains(key(chunk, $0)) }
            if rows.count == chunk.rowCount { return chunk }
            let places = rows.map { UInt32($0) }
            return Chunk(columns: chunk.columns.map { $0.gather(places) }, rowCount: rows.count)
        }.filter { $0.rowCount > 0 }
        let ordinals = ordinals(kept, table, key)
        return zip(kept, ordinals).map { ShippedRows($0, of: table, ordinals: $1) }
    }

    private struct Place {
        var chunk: Int
        var row: Int
        var values: [Scalar]
    }

    private static func ordinals(
        _ chunks: [Chunk], _ table: ShippedTable, _ key: (Chunk, Int) -> TouchedRows.ConversationKey
    ) -> [[Int64]] {
        let columns = order.compactMap(table.index(of:))
        var places: [TouchedRows.ConversationKey: [Place]] = [:]
        for (index, chunk) in chunks.enumerated() {
            for row in 0..<chunk.rowCount {
                places[key(chunk, row), default: []].append(
                    Place(chunk: index, row: row, values: columns.map { chunk.columns[$0].scalar(at: row) }))
            }
        }
        var ordinals = chunks.map { [Int64](repeating: 0, count: $0.rowCount) }
        // order: each conversation is numbered for itself.
        for members in places.values {
            let sorted = members.enumerated().sorted { left, right in
                compare(left.element.values, right.element.values) ?? (left.offset < right.offset)
            }
            for (ordinal, member) in sorted.enumerated() {
                ordinals[member.element.chunk][member.element.row] = Int64(ordinal)
            }
        }
        return ordinals
    }

    /// Whether the one comes before the other; nil: they are alike. What is null comes last.
    private static func compare(_ left: [Scalar], _ right: [Scalar]) -> Bool? {
        for (one, other) in zip(left, right) {
            switch (one.isNull, other.isNull) {
            case (true, true): continue
            case (true, false): return false
            case (false, true): return true
            case (false, false):
                switch Scalar.order(one, other) {
                case .less: return true
                case .greater: return false
                default: continue
                }
            }
        }
        return nil
    }
}
