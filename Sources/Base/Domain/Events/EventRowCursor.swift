/// Walks the fields of one event row that our own writer or log produced, without copying or allocating.
///
/// Rows from a file have passed the record's checksum before a cursor sees them; ``EventBatch/check()`` proves the shape once.
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
    private var index: Int
    /// The field that ``advance(in:)`` moved to.
    package private(set) var column: UInt16 = 0
    /// That field's value.
    package private(set) var value: Value = .boolean(false)

    /// Stands before the first field.
    /// - Precondition: `bytes` holds a sound row at `start`.
    package init(_ bytes: [UInt8], at start: Int) {
        self.start = start
        end = start + Int(Self.word(bytes, start))
        index = start + EventRowWriter.headerBytes
    }

    /// Index into `SchemaRegistry.types` of the row that begins at `start`.
    package static func type(_ bytes: [UInt8], at start: Int) -> UInt16 {
        UInt16(bytes[start + 4]) | UInt16(bytes[start + 5]) << 8
    }
    /// Whether the event came without `time`.
    package static func isTimeAbsent(_ bytes: [UInt8], at start: Int) -> Bool { bytes[start + 6] & 1 != 0 }
    /// The time in the header, ns since 1970 UTC.
    package static func time(_ bytes: [UInt8], at start: Int) -> Int64 {
        Int64(bitPattern: UInt64(word(bytes, start + 8)) | UInt64(word(bytes, start + 12)) << 32)
    }
    /// Length of the row in bytes.
    package static func byteCount(_ bytes: [UInt8], at start: Int) -> Int { Int(word(bytes, start)) }

    /// Files an event that came without `time` under the instant it was received.
    package static func setTime(_ time: Int64, in bytes: inout [UInt8], at start: Int) {
        for shift in 0..<8 { bytes[start + 8 + shift] = UInt8(truncatingIfNeeded: time >> (8 * Int64(shift))) }
    }

    /// Moves to the next field; false after the last.
    package mutating func advance(in bytes: [UInt8]) -> Bool {
        guard index < end else { return false }
        column = UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        let kind = bytes[index + 2]
        index += 3
        switch kind {
        case EventFieldKind.integer.rawValue:
            let raw = varint(bytes)
            value = .integer(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
        case EventFieldKind.double.rawValue:
            let raw = UInt64(Self.word(bytes, index)) | UInt64(Self.word(bytes, index + 4)) << 32
            value = .double(Double(bitPattern: raw))
            index += 8
        case EventFieldKind.boolean.rawValue:
            value = .boolean(bytes[index] != 0)
            index += 1
        default:
            let count = Int(varint(bytes))
            let range = index..<(index + count)
            value = kind == EventFieldKind.json.rawValue ? .json(range) : .text(range)
            index += count
        }
        return true
    }

    private mutating func varint(_ bytes: [UInt8]) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    private static func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
    }
}
