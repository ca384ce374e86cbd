import Bytes

/// Walks the fields of one event row that our own writer or log produced, without copying or allocating.
///
/// Rows from a file have passed the record's checksum before a cursor sees them; ``EventBatch/check()`` proves the
/// shape once.
package struct EventRowCursor: Sendable {
    /// A field as it stands in the row.
    package enum Value: Sendable {
        case integer(Int64)
        case double(Double)
        case boolean(Bool)
        /// UTF-8, as a range of the bytes that the cursor walks.
        case text(Range<Int>)
        /// Canonical JSON in UTF-8, as a range of the same bytes.
        case json(Range<Int>)
    }

    /// Index of the row's first byte.
    package let start: Int
    /// Index after the row's last byte.
    package let end: Int
    @usableFromInline var index: Int
    /// The field that ``advance(in:)`` moved to.
    package var column: UInt16 = 0
    /// That field's value.
    package var value: Value = .boolean(false)

    /// Stands before the first field.
    /// - Precondition: `bytes` holds a sound row at `start`.
    @inlinable package init(_ bytes: [UInt8], at start: Int) {
        self.start = start
        end = start + Int(Self.word(bytes, start))
        index = start + EventRowWriter.headerBytes
        assert(start >= 0 && index <= end && end <= bytes.count, "a row that was checked, all of it")
    }

    /// Index into `SchemaRegistry.types` of the row that begins at `start`.
    @inlinable package static func type(_ bytes: [UInt8], at start: Int) -> UInt16 {
        UInt16(bytes[start + 4]) | UInt16(bytes[start + 5]) << 8
    }
    /// Whether the event came without `time`.
    @inlinable package static func isTimeAbsent(_ bytes: [UInt8], at start: Int) -> Bool { bytes[start + 6] & 1 != 0 }
    /// The time in the header, ns since 1970 UTC.
    @inlinable package static func time(_ bytes: [UInt8], at start: Int) -> Int64 {
        Int64(bitPattern: bytes.loadUInt64(at: start &+ 8))
    }
    /// Length of the row in bytes.
    @inlinable package static func byteCount(_ bytes: [UInt8], at start: Int) -> Int { Int(word(bytes, start)) }

    /// Files an event that came without `time` under the instant it was received.
    package static func setTime(_ time: Int64, in bytes: inout [UInt8], at start: Int) {
        assert(isTimeAbsent(bytes, at: start), "a time that was sent is kept")
        for shift in 0..<8 { bytes[start + 8 + shift] = UInt8(truncatingIfNeeded: time >> (8 * Int64(shift))) }
    }

    /// Moves to the next field; false after the last.
    @inlinable package mutating func advance(in bytes: [UInt8]) -> Bool {
        guard index < end else { return false }
        // Column, kind and, mostly, a whole varint in one load; the last bytes of the last row are read one by one.
        let isWhole = index &+ 8 <= bytes.count
        let head =
            isWhole ? bytes.loadUInt64(at: index) : bytes.loadPartialUInt64(at: index, length: bytes.count &- index)
        column = UInt16(truncatingIfNeeded: head)
        let kind = UInt8(truncatingIfNeeded: head >> 16)
        index &+= 3
        switch kind {
        case 1:
            let raw = varint(bytes, head >> 24)
            value = .integer(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
        case 2:
            value = .double(Double(bitPattern: bytes.loadUInt64(at: index)))
            index &+= 8
        case 3:
            value = .boolean(head >> 24 & 0xFF != 0)
            index &+= 1
        default:
            let count = Int(truncatingIfNeeded: varint(bytes, head >> 24))
            let range = index..<(index &+ count)
            value = kind == 5 ? .json(range) : .text(range)
            index = range.upperBound
        }
        assert(index <= end, "fields end with their row")
        return true
    }

    // `ahead`: the first five bytes of the varint, or what follows it.
    @inlinable mutating func varint(_ bytes: [UInt8], _ ahead: UInt64) -> UInt64 {
        if ahead & 0x80 == 0 {
            index &+= 1
            return ahead & 0x7F
        }
        if ahead & 0x8000 == 0 {
            index &+= 2
            return ahead & 0x7F | ahead >> 1 & 0x3F80
        }
        return longVarint(bytes)
    }

    @inlinable mutating func longVarint(_ bytes: [UInt8]) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            assert(shift < 64, "a varint of 64 bits")
            let byte = bytes[index]
            index &+= 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    @inlinable static func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: bytes.loadUInt64(at: index))
    }
}
