import Bytes
import Hashing

/// What makes an event the same event however often it is sent: tenant, source, id, and the time as sent or its
/// absence. An event sent without time is compared with those sent without time.
///
/// A row begins with `id`, `source` and `tenant`, each with its length, so a prefix of its fields is the identity. A
/// hash found again is confirmed by an exact look-up (``areEqual(_:at:_:at:)``); it only says where to look.
package enum EventIdentity {
    /// The bytes of id, source and tenant, as their fields stand in the row.
    /// - Precondition: a sound row at `start`.
    package static func fields(_ bytes: [UInt8], at start: Int) -> Range<Int> {
        var cursor = EventRowCursor(bytes, at: start)
        let first = cursor.index
        for _ in 0..<3 where !cursor.advance(in: bytes) { break }
        assert(cursor.index > first && cursor.index <= cursor.end, "an identity stands in front of its row")
        return first..<cursor.index
    }

    /// A keyed hash of a row's identity; the time enters through the seed. Filters in segments hold it.
    /// - Precondition: a sound row at `start`.
    package static func hash(_ bytes: [UInt8], at start: Int, key: UInt64) -> UInt64 {
        let time =
            EventRowCursor.isTimeAbsent(bytes, at: start)
            ? UInt64.max : UInt64(bitPattern: EventRowCursor.time(bytes, at: start))
        let mixed = (time ^ (time >> 31)) &* 0x9E37_79B9_7F4A_7C15
        return xxh3(bytes.span.extracting(fields(bytes, at: start)), seed: key ^ mixed)
    }

    /// The hashes of many rows, in order.
    package static func hashes(_ bytes: [UInt8], at starts: [UInt32], key: UInt64) -> [UInt64] {
        starts.map { hash(bytes, at: Int($0), key: key) }
    }

    /// Whether two rows have one identity.
    /// - Precondition: sound rows.
    package static func areEqual(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        let isAbsent = EventRowCursor.isTimeAbsent(left, at: leftStart)
        guard isAbsent == EventRowCursor.isTimeAbsent(right, at: rightStart),
            isAbsent || EventRowCursor.time(left, at: leftStart) == EventRowCursor.time(right, at: rightStart)
        else { return false }
        return areEqual(left, fields(left, at: leftStart), right, fields(right, at: rightStart))
    }

    /// Whether two events of one identity say the same: type and every field.
    /// - Precondition: sound rows.
    package static func haveEqualContent(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int)
        -> Bool
    {
        guard EventRowCursor.type(left, at: leftStart) == EventRowCursor.type(right, at: rightStart) else {
            return false
        }
        let header = EventRowWriter.headerBytes
        return areEqual(
            left, (leftStart + header)..<(leftStart + EventRowCursor.byteCount(left, at: leftStart)),
            right, (rightStart + header)..<(rightStart + EventRowCursor.byteCount(right, at: rightStart)))
    }

    private static func areEqual(_ left: [UInt8], _ range: Range<Int>, _ right: [UInt8], _ other: Range<Int>) -> Bool {
        range.count == other.count
            && left.span.isEqual(at: range.lowerBound, to: right.span, at: other.lowerBound, length: range.count)
    }
}
