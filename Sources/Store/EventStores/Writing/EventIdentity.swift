import Domain
import Hashing

// An event is the same event when tenant, source, id and the time as it was sent are the same; an event sent without time is compared
// with those sent without time. The first three fields of a row are id, source and tenant, so the identity is a prefix of its fields.

enum EventIdentity {
    /// The bytes of id, source and tenant, as their fields stand in the row.
    static func fields(_ bytes: [UInt8], at start: Int) -> Range<Int> {
        var index = start + EventRowWriter.headerBytes
        let first = index
        for _ in 0..<3 {
            index += 3
            var length = 0
            var shift = 0
            while true {
                let byte = bytes[index]
                index += 1
                length |= Int(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            index += length
        }
        return first..<index
    }

    /// A keyed hash of the identity: 64 bits, so that a filter hit is worth an exact look-up and nothing more.
    static func hash(_ bytes: [UInt8], at start: Int, key: UInt64) -> UInt64 {
        let time = EventRowCursor.isTimeAbsent(bytes, at: start) ? UInt64.max : UInt64(bitPattern: EventRowCursor.time(bytes, at: start))
        let mixed = (time ^ (time >> 31)) &* 0x9E37_79B9_7F4A_7C15
        return xxh3(bytes[fields(bytes, at: start)], seed: key ^ mixed)
    }

    static func areEqual(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        let isAbsent = EventRowCursor.isTimeAbsent(left, at: leftStart)
        guard isAbsent == EventRowCursor.isTimeAbsent(right, at: rightStart),
            isAbsent || EventRowCursor.time(left, at: leftStart) == EventRowCursor.time(right, at: rightStart)
        else { return false }
        return left[fields(left, at: leftStart)] == right[fields(right, at: rightStart)]
    }

    /// Whether two events of one identity say the same: type and every field.
    static func haveEqualContent(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        let leftEnd = leftStart + EventRowCursor.byteCount(left, at: leftStart)
        let rightEnd = rightStart + EventRowCursor.byteCount(right, at: rightStart)
        guard EventRowCursor.type(left, at: leftStart) == EventRowCursor.type(right, at: rightStart) else { return false }
        let header = EventRowWriter.headerBytes
        return left[(leftStart + header)..<leftEnd] == right[(rightStart + header)..<rightEnd]
    }
}

/// Positions of unsealed events by the hash of their identity. Several events may share a hash; the caller compares.
struct IdentityTable: Sendable {
    private var hashes: [UInt64] = []
    /// 0 is free: positions begin at 1.
    private var positions: [Int64] = []
    private(set) var count = 0

    mutating func insert(_ hash: UInt64, position: Int64) {
        precondition(position > 0)
        if count * 2 >= positions.count { grow() }
        var slot = Int(truncatingIfNeeded: hash) & (positions.count - 1)
        while positions[slot] != 0 { slot = (slot + 1) & (positions.count - 1) }
        hashes[slot] = hash
        positions[slot] = position
        count += 1
    }

    /// Calls `visit` with each position stored under the hash until it answers true.
    func first(_ hash: UInt64, where visit: (Int64) -> Bool) -> Int64? {
        guard !positions.isEmpty else { return nil }
        var slot = Int(truncatingIfNeeded: hash) & (positions.count - 1)
        while positions[slot] != 0 {
            if hashes[slot] == hash, visit(positions[slot]) { return positions[slot] }
            slot = (slot + 1) & (positions.count - 1)
        }
        return nil
    }

    private mutating func grow() {
        let (oldHashes, oldPositions) = (hashes, positions)
        let size = max(1024, oldPositions.count * 2)
        hashes = Array(repeating: 0, count: size)
        positions = Array(repeating: 0, count: size)
        for (index, position) in oldPositions.enumerated() where position != 0 {
            var slot = Int(truncatingIfNeeded: oldHashes[index]) & (size - 1)
            while positions[slot] != 0 { slot = (slot + 1) & (size - 1) }
            hashes[slot] = oldHashes[index]
            positions[slot] = position
        }
    }
}
