import Bytes
import Domain
import EventLogs
import Projections

// Rows that take the place of others, as the payload of a log record of kind `replacements`. Little-endian, end to end:
//
//     8  position   of the event
//     …  row        EventRow, which begins with its length

extension Writer {
    /// Logs new rows for unsealed events and puts them in place; durable with the next flush. What a segment or a seal under way holds
    /// stays as it is.
    func replace(_ replacements: [EventReplacement]) throws {
        let possible = replacements.filter { tail.isReplaceable($0.position) }
        guard !possible.isEmpty else { return }
        for part in Self.parts(of: possible) {
            try log.append(.replacements, position: nextPosition, count: 0, receivedTime: receivedTime, payload: Self.payload(of: part))
        }
        apply(possible)
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

    /// Puts new rows in place; those of events that are not unsealed change nothing.
    /// - Complexity: O(bytes of the blocks concerned).
    func apply(_ replacements: [EventReplacement]) {
        let rows = Dictionary(replacements.map { ($0.position, $0.row) }) { $1 }
        tail.replace { block in
            var own: [Int: [UInt8]] = [:]
            // order: each goes to a place of its own.
            for (position, row) in rows where position >= block.firstPosition && position <= block.lastPosition {
                own[Int(position - block.firstPosition)] = row
            }
            guard !own.isEmpty else { return block }
            let replaced = block.replacing(rows: own, identityKey: identityKey) { bytes, start, position in
                booking.book(bytes, at: start, position: position)
            }
            // What was booked again stays so.
            return booking.rebookings.isEmpty ? replaced : replaced.replacing(costs: replaced.costs(through: overlay, registry))
        }
        for replacement in replacements where tail.isReplaceable(replacement.position) {
            identities.insert(EventIdentity.hash(replacement.row, at: 0, key: identityKey), position: replacement.position)
        }
    }

    static func payload(of replacements: [EventReplacement]) -> [UInt8] {
        var sink = ByteSink()
        for replacement in replacements {
            sink.append(littleEndian: replacement.position)
            sink.append(contentsOf: replacement.row)
        }
        return sink.bytes
    }

    static func replacements(parsing payload: ArraySlice<UInt8>, registry: SchemaRegistry) throws(DecodingError) -> [EventReplacement] {
        var cursor = ByteCursor(payload)
        var result: [EventReplacement] = []
        while !cursor.isAtEnd {
            let position = try cursor.read(littleEndian: Int64.self)
            var ahead = cursor
            let length = Int(try ahead.read(littleEndian: UInt32.self))
            let row = Array(try cursor.readSlice(length))
            _ = try EventBatch(checking: row, registry: registry)
            result.append(EventReplacement(position: position, row: row))
        }
        return result
    }
}
