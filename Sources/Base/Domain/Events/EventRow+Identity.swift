package import Bytes
import Hashing

// What makes an event the same event however often it is sent: tenant, source, id, and the time as sent or its absence.
// An event sent without time is compared with those sent without time.
//
// A row begins with `id`, `source` and `tenant`, each with its length, so a prefix of its fields is the identity. A
// hash found again is confirmed by an exact look-up (``EventRow/hasIdentity(of:)``); it only says where to look.

extension EventRow {
    /// Where the fields id, source and tenant stand in ``bytes``.
    package var identityRange: Range<Int> {
        var cursor = EventRowCursor(self)
        let first = cursor.index
        for _ in 0..<3 where !cursor.advance(in: self) { break }
        assert(cursor.index > first && cursor.index <= cursor.end, "an identity stands in front of its row")
        return first..<cursor.index
    }

    /// A keyed hash of the event's identity; the time enters through the seed. Filters in segments hold it.
    package func identityHash(key: UInt64) -> UInt64 {
        let time = isTimeAbsent ? UInt64.max : UInt64(bitPattern: time)
        let mixed = (time ^ (time >> 31)) &* 0x9E37_79B9_7F4A_7C15
        return xxh3(bytes.span.extracting(identityRange), seed: key ^ mixed)
    }

    /// Whose it is: the third field of every row.
    package var tenantName: ExactText {
        var cursor = EventRowCursor(self)
        for _ in 0..<3 where !cursor.advance(in: self) { break }
        guard case .text(let range) = cursor.value else { return "" }
        return ExactText(String(decoding: bytes[range], as: UTF8.self))
    }

    /// Whether two rows have one identity.
    package func hasIdentity(of other: EventRow) -> Bool {
        guard isTimeAbsent == other.isTimeAbsent, isTimeAbsent || time == other.time else { return false }
        return isEqual(identityRange, other, other.identityRange)
    }

    /// Whether two events of one identity say the same: type and every field.
    package func hasContent(of other: EventRow) -> Bool {
        type == other.type && isEqual(fieldsRange, other, other.fieldsRange)
    }

    private var fieldsRange: Range<Int> { (start + EventRowWriter.headerBytes)..<range.upperBound }

    private func isEqual(_ range: Range<Int>, _ other: EventRow, _ otherRange: Range<Int>) -> Bool {
        range.count == otherRange.count
            && bytes.span.isEqual(
                at: range.lowerBound, to: other.bytes.span, at: otherRange.lowerBound, length: range.count)
    }
}

extension EventRows {
    /// The hashes of the events' identities, in order.
    package func identityHashes(key: UInt64) -> [UInt64] { map { $0.identityHash(key: key) } }
}
