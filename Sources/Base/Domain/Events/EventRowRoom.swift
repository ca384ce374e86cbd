import Bytes

/// Writes one row into room that was made for all of it, so that no field asks for memory: for the decoder, which knows
/// how long a row is at most before it writes its first byte. ``EventRowWriter`` is for all else and writes the same
/// bytes.
package enum EventRowRoom {
    /// Bytes of a row beside those of its fields, at most: its head, and what words write too much behind the last
    /// field.
    @inlinable package static var rowBytesMax: Int { 16 + 16 }
    /// Bytes of a field beside those of its text, at most: column, kind and a varint.
    @inlinable package static var fieldBytesMax: Int { 13 }

    /// Writes the head of a row; its length and the number of its fields stay open until ``end(from:to:fields:in:)``.
    /// - Parameters:
    ///   - time: ns since 1970 UTC.
    ///   - place: where the row begins; moves behind the head.
    @inlinable @inline(__always) package static func begin(
        type: UInt16, time: Int64, isTimeAbsent: Bool, in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        room.store(UInt64(type) &<< 32 | (isTimeAbsent ? 1 &<< 48 : 0), at: place)
        room.store(UInt64(bitPattern: time), at: place &+ 8)
        place &+= 16
    }

    /// Says how long the row is and how many fields it has.
    /// - Precondition: the row was begun at `start`, and ends at `end`.
    @inlinable @inline(__always) package static func end(
        from start: Int, to end: Int, fields: UInt8, in room: inout MutableSpan<UInt8>
    ) {
        let length = UInt32(end &- start)
        for index in 0..<4 { room[start &+ index] = UInt8(truncatingIfNeeded: length &>> UInt32(8 &* index)) }
        room[start &+ 7] = fields
    }

    /// Writes an integer; also for durations, times (ns) and prices (pico-USD per token).
    /// - Precondition: columns ascend within a row.
    @inlinable @inline(__always) package static func put(
        _ column: UInt16, integer value: Int64, in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        let folded = UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
        if folded < headVarintEnd { return putHead(column, .integer, folded, &room, &place) }
        room.store(UInt64(column) | UInt64(EventFieldKind.integer.rawValue) &<< 16, at: place)
        place &+= 3
        var rest = folded
        while rest >= 0x80 {
            room[place] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest &>>= 7
            place &+= 1
        }
        room[place] = UInt8(truncatingIfNeeded: rest)
        place &+= 1
    }

    /// Writes a double.
    /// - Precondition: columns ascend within a row.
    @inlinable @inline(__always) package static func put(
        _ column: UInt16, double value: UInt64, in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        room.store(UInt64(column) | UInt64(EventFieldKind.double.rawValue) &<< 16, at: place)
        room.store(value, at: place &+ 3)
        place &+= 11
    }

    /// Writes a boolean.
    /// - Precondition: columns ascend within a row.
    @inlinable @inline(__always) package static func put(
        _ column: UInt16, boolean value: Bool, in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        putHead(column, .boolean, value ? 1 : 0, &room, &place)
    }

    /// Writes UTF-8 that was checked: `length` bytes of a span from `start` on.
    /// - Precondition: columns ascend within a row; the text is shorter than 32 GiB.
    @inlinable @inline(__always) package static func put(
        _ column: UInt16, utf8 source: Span<UInt8>, from start: Int, length: Int, isJSON: Bool,
        in room: inout MutableSpan<UInt8>, at place: inout Int
    ) {
        precondition(length >= 0 && UInt64(length) < headVarintEnd, "the length of a text has at most five bytes")
        putHead(column, isJSON ? .json : .text, UInt64(length), &room, &place)
        room.copy(source, from: start, length: length, to: place)
        place &+= length
    }

    /// Varints below it have at most five bytes.
    @inlinable static var headVarintEnd: UInt64 { 1 &<< 35 }

    /// Column, kind and a short varint in one word.
    @inlinable @inline(__always) static func putHead(
        _ column: UInt16, _ kind: EventFieldKind, _ value: UInt64, _ room: inout MutableSpan<UInt8>,
        _ place: inout Int
    ) {
        let head = UInt64(column) | UInt64(kind.rawValue) &<< 16
        if value < 0x80 {
            room.store(head | value &<< 24, at: place)
            place &+= 4
            return
        }
        // Seven bits to a byte, and the highest bit of all but the last one.
        let low = value & 0x7F | (value & 0x3F80) &<< 1 | (value & 0x1F_C000) &<< 2
        let spread = low | (value & 0xFE0_0000) &<< 3 | (value & 0x7_F000_0000) &<< 4
        let count = (70 &- value.leadingZeroBitCount) / 7
        let goesOn = 0x80_8080_8080 & ((1 as UInt64) &<< UInt64(8 &* (count &- 1)) &- 1)
        room.store(head | (spread | goesOn) &<< 24, at: place)
        place &+= 3 &+ count
    }
}
