public import Bytes

/// Walks the fields of one event row that our own writer or log produced, without copying or allocating. It does not
/// hold the row: ``advance(in:)`` is given it each time.
@usableFromInline package struct EventRowCursor: Sendable {
    /// A field as it stands in the row.
    @usableFromInline package enum Value: Sendable {
        case integer(Int64)
        case double(Double)
        case boolean(Bool)
        /// UTF-8, as a range of the bytes that the cursor walks.
        case text(Range<Int>)
        /// Canonical JSON in UTF-8, as a range of the same bytes.
        case json(Range<Int>)
    }

    /// Index after the row's last byte.
    @usableFromInline let end: Int
    @usableFromInline var index: Int
    /// The field that ``advance(in:)`` moved to.
    @usableFromInline package var column: UInt16
    /// That field's value.
    @usableFromInline package var value: Value

    /// Stands before the first field.
    @inlinable @inline(__always) package init(_ row: EventRow) {
        end = row.range.upperBound
        index = row.start + EventRowWriter.headerBytes
        (column, value) = (0, .boolean(false))
        assert(row.start >= 0 && index <= end && end <= row.bytes.count, "a row that was checked, all of it")
    }

    /// Moves to the next field; false after the last.
    /// - Precondition: the row that the cursor was made for.
    @inlinable package mutating func advance(in row: EventRow) -> Bool { advance(in: row.bytes) }

    @inlinable mutating func advance(in bytes: [UInt8]) -> Bool {
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
        let (value, length) = Self.shortVarint(ahead)
        if length == 0 { return longVarint(bytes) }
        index &+= length
        return value
    }

    /// A varint of at most five bytes, and how many it has; none where it has more.
    @inlinable @inline(__always) static func shortVarint(_ ahead: UInt64) -> (value: UInt64, length: Int) {
        if ahead & 0x80 == 0 { return (ahead & 0x7F, 1) }
        if ahead & 0x8000 == 0 { return (ahead & 0x7F | ahead >> 1 & 0x3F80, 2) }
        let ends = ~ahead & 0x80_8080_8080
        if ends == 0 { return (0, 0) }
        // What lies above the first byte whose highest bit is clear belongs to what follows.
        let all = ahead & (ends ^ (ends &- 1))
        let low = all & 0x7F | all >> 1 & 0x3F80 | all >> 2 & 0x1F_C000
        return (low | all >> 3 & 0xFE0_0000 | all >> 4 & 0x7_F000_0000, ends.trailingZeroBitCount >> 3 &+ 1)
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
}
