package import Hashing

/// Hashes of what makes an event the same event however often it is sent: tenant, source, id, and the time as sent or its absence.
///
/// A hash that is found again is confirmed by an exact look-up (``areEqual(_:at:_:at:)``); it only says where to look.
package enum EventIdentity {
    /// The 128-bit hash of a row's identity under a store's seed.
    ///
    /// A row begins with `id`, `source` and `tenant`, each with its length, so one range of bytes holds all three; the time enters through
    /// the seed.
    /// - Precondition: a sound row at `start`.
    package static func hash(_ bytes: [UInt8], at start: Int, seed: UInt64) -> Hash128 {
        xxh3Wide(bytes[nameRange(bytes, at: start)], seed: seed ^ timeSeed(bytes, at: start))
    }

    /// Whether two rows have one identity.
    /// - Precondition: sound rows.
    package static func areEqual(_ left: [UInt8], at leftStart: Int, _ right: [UInt8], at rightStart: Int) -> Bool {
        let isTimeAbsent = EventRowCursor.isTimeAbsent(left, at: leftStart)
        guard isTimeAbsent == EventRowCursor.isTimeAbsent(right, at: rightStart) else { return false }
        guard isTimeAbsent || EventRowCursor.time(left, at: leftStart) == EventRowCursor.time(right, at: rightStart) else { return false }
        return left[nameRange(left, at: leftStart)].elementsEqual(right[nameRange(right, at: rightStart)])
    }

    /// The bytes of the fields `id`, `source` and `tenant`: columns 0 to 2, always present.
    private static func nameRange(_ bytes: [UInt8], at start: Int) -> Range<Int> {
        var cursor = EventRowCursor(bytes, at: start)
        var end = start + EventRowWriter.headerBytes
        while cursor.advance(in: bytes), cursor.column <= 2 {
            if case .text(let range) = cursor.value { end = range.upperBound }
        }
        return (start + EventRowWriter.headerBytes)..<end
    }

    /// A different seed for each time, and one for its absence.
    private static func timeSeed(_ bytes: [UInt8], at start: Int) -> UInt64 {
        guard !EventRowCursor.isTimeAbsent(bytes, at: start) else { return 0x7469_6D65_6C65_7373 }
        // SplitMix64's finaliser: neighbouring nanoseconds must not give related seeds.
        var mixed = UInt64(bitPattern: EventRowCursor.time(bytes, at: start)) &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
