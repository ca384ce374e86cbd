import Bytes
import Domain
import EventLogs
import Projections

// Rows that take the place of others, as the payload of a log record of kind `replacements`. Little-endian, end to end:
//
//     8  position   of the event
//     …  row        EventRow, which begins with its length

extension Writer {
    /// Logs new rows for events that came before and puts them in place; durable with the next flush.
    func replace(_ replacements: [EventReplacement]) throws {
        let possible = replacements.filter { $0.position > 0 && $0.position < nextPosition }
        guard !possible.isEmpty else { return }
        for part in Self.parts(of: possible) {
            try log.append(
                .replacements, position: nextPosition, count: 0, receivedTime: receivedTime,
                payload: Self.payload(of: part))
        }
        try apply(possible)
    }

    /// So many at a time as one log record holds.
    static func parts(of replacements: [EventReplacement]) -> [[EventReplacement]] {
        var parts: [[EventReplacement]] = []
        var bytes = Int.max
        for replacement in replacements {
            let more = replacement.row.count + 8
            if bytes > LogFormat.payloadBytesMax - more {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(replacement)
            bytes += more
        }
        return parts
    }

    /// Puts new rows in place, and counts what they change: those of unsealed events in their blocks, those of sealed
    /// ones in a block of their own that is read in the place of the sealed rows.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments.
    /// - Complexity: O(bytes of the blocks concerned), and a look at each segment that may hold one of the positions.
    func apply(_ replacements: [EventReplacement]) throws {
        let rows = Dictionary(replacements.map { ($0.position, $0.row) }) { $1 }
        let unsealed = rows.filter { tail.locate($0.key) != nil }
        var changes = replaceUnsealed(unsealed)
        changes += try amend(rows.filter { unsealed[$0.key] == nil && $0.key <= sealed.position })
        counters.replace(changes.sorted { $0.position < $1.position }, receivedTime: receivedTime)
    }

    private func replaceUnsealed(_ rows: [Int64: [UInt8]]) -> [RowReplacement] {
        guard !rows.isEmpty else { return [] }
        var changes: [RowReplacement] = []
        // order: sorted, so that the later seal takes them up in the order of positions.
        lateReplacements += rows.filter { tail.isFrozen($0.key) }.map {
            EventReplacement(position: $0.key, row: $0.value)
        }
        .sorted { $0.position < $1.position }
        tail.replace { block in
            var own: [Int: EventRow] = [:]
            // order: each goes to a place of its own.
            for (position, row) in rows { if let place = block.row(of: position) { own[place] = EventRow(row) } }
            guard !own.isEmpty else { return block }
            let replaced = block.replacing(rows: own, identityKey: identityKey) { row, position in
                booking.cost(inPlaceOf: position, row, ledger.prices.book, overlay)
            }
            // order: sorted by position before they are counted.
            for (row, new) in own {
                changes.append(
                    change(
                        old: block.rows[row], block.costs[row], new: new, replaced.costs[row],
                        position: block.position(of: row), receivedTime: block.receivedTimes[row]))
            }
            return replaced
        }
        // order: whoever looks one up looks at all of its hash.
        for (position, row) in rows where !tail.isFrozen(position) {
            identities.insert(EventRow(row).identityHash(key: identityKey), position: position)
        }
        return changes
    }

    /// Lays rows over sealed ones: those are dead, and the new ones wait for the next segment. The conversations of the
    /// old rows are folded again.
    /// - Parameter segments: those that may hold one of the rows; nil: all.
    func amend(_ rows: [Int64: [UInt8]], in segments: SealedState? = nil) throws -> [RowReplacement] {
        guard !rows.isEmpty else { return [] }
        let found = try SealedRows(
            positions: Set(rows.keys), sealed: segments ?? sealed, overlay: overlay, layouts: layouts,
            registry: registry
        ).found
        guard !found.isEmpty else { return [] }
        var (placed, dead) = (PlacedRows(), ReplacedRows())
        for old in found {
            guard let row = rows[old.position].map({ EventRow($0) }) else { continue }
            placed.append(
                row, position: old.position, receivedTime: old.receivedTime,
                cost: booking.cost(inPlaceOf: old.position, row, ledger.prices.book, overlay))
            dead.add(old.row, at: old.place)
            if let key = ConversationGrouping.key(old.event, registry.wellKnown) { dirty.insert(key) }
        }
        freshDead.merge(dead)
        sealed = sealed.marking(dead)
        let amended = placed.block(identityKey: identityKey)
        tail.amend(amended)
        return found.indices.map { index in
            change(
                old: found[index].event, found[index].cost, new: amended.rows[index], amended.costs[index],
                position: found[index].position, receivedTime: found[index].receivedTime)
        }
    }

    private func change(
        old: EventRow, _ oldCost: CallCost?, new: EventRow, _ newCost: CallCost?, position: Int64, receivedTime: Int64
    ) -> RowReplacement {
        RowReplacement(
            old: old, oldCost: oldCost, new: new, newCost: newCost, position: position,
            arrival: arrival(position, receivedTime: receivedTime))
    }

    static func payload(of replacements: [EventReplacement]) -> [UInt8] {
        var sink = ByteSink()
        for replacement in replacements {
            sink.append(littleEndian: replacement.position)
            sink.append(contentsOf: replacement.row)
        }
        return sink.bytes
    }

    static func replacements(parsing payload: ArraySlice<UInt8>, registry: SchemaRegistry) throws(DecodingError)
        -> [EventReplacement]
    {
        var cursor = ByteCursor(payload)
        var result: [EventReplacement] = []
        while !cursor.isAtEnd {
            let position = try cursor.read(littleEndian: Int64.self)
            var ahead = cursor
            let length = Int(try ahead.read(littleEndian: UInt32.self))
            let row = Array(try cursor.readSlice(length))
            _ = try EventRows(checking: row, registry: registry)
            result.append(EventReplacement(position: position, row: row))
        }
        return result
    }
}
