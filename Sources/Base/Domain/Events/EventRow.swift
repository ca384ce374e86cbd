public import Bytes

// One event as bytes: the form in which it travels from the decoder through the writer into the log, and back.
// Little-endian.
//
//     offset  size  field
//     0       4     rowBytes      whole row, this field included
//     4       2     type          index into SchemaRegistry.types
//     6       1     flags         bit 0: the event came without `time`; others zero
//     7       1     fieldCount    number of fields modulo 256: a check, not a limit
//     8       8     time          ns since 1970 UTC; of an event without `time` the received_time, set by the writer
//     16      …     fields        ascending by column, each column at most once:
//                                   2  column   index into SchemaRegistry.columns
//                                   1  kind     see EventFieldKind
//                                   …  value    integer: zig-zag varint · double: 8 · boolean: 1
//                                               text, json: varint length + UTF-8
//
// Absent means null. `id`, `source` and `tenant` are always present. Equal events have equal bytes (identity and
// conflict checks compare them). Derived values (position, received_time, costs) are never in a row.

/// One event's row: the bytes among which it lies, and where in them it begins. A view, which copies nothing and keeps
/// all of the bytes; who keeps a row for long takes a ``copy``.
///
/// Rows from a file have passed the record's checksum; ``EventRows/init(checking:registry:)`` proves their shape once.
///
/// Members that every walk calls are inlined into other modules, which the compiler does for a type of the package only
/// where it says `@usableFromInline`, and which spares each of these calls a count of references.
@usableFromInline package struct EventRow: Sendable {
    /// The row, others beside it.
    @usableFromInline package let bytes: [UInt8]
    /// Index of the row's first byte.
    @usableFromInline package let start: Int

    /// - Precondition: `bytes` holds a sound row at `start`.
    @inlinable @inline(__always) package init(_ bytes: [UInt8], at start: Int = 0) {
        self.bytes = bytes
        self.start = start
    }

    /// Index into `SchemaRegistry.types`.
    @inlinable package var type: UInt16 {
        @inline(__always) get { UInt16(bytes[start + 4]) | UInt16(bytes[start + 5]) << 8 }
    }
    /// Whether the event came without `time`.
    @inlinable package var isTimeAbsent: Bool {
        @inline(__always) get { bytes[start + 6] & 1 != 0 }
    }
    /// The time in the header, ns since 1970 UTC.
    @inlinable package var time: Int64 {
        @inline(__always) get { Int64(bitPattern: bytes.loadUInt64(at: start &+ 8)) }
    }
    /// Length of the row in bytes.
    @inlinable package var byteCount: Int {
        @inline(__always) get { Int(UInt32(truncatingIfNeeded: bytes.loadUInt64(at: start))) }
    }
    /// Where the row lies in ``bytes``.
    @inlinable package var range: Range<Int> {
        @inline(__always) get { start..<(start + byteCount) }
    }
    /// The row alone, not copied.
    var slice: ArraySlice<UInt8> { bytes[range] }
    /// The row alone, copied, so that it does not keep what lies beside it.
    package var copy: [UInt8] { Array(slice) }

    // MARK: Fields

    /// A column's value; nil for null. Text is a range of ``bytes``.
    /// - Complexity: O(fields before the column).
    package func value(of column: UInt16) -> EventRowCursor.Value? {
        var cursor = EventRowCursor(self)
        while cursor.advance(in: self) {
            if cursor.column == column { return cursor.value }
            if cursor.column > column { return nil }
        }
        return nil
    }

    /// The bytes of a text column, not copied; nil for null and for other kinds.
    package func text(of column: UInt16) -> ArraySlice<UInt8>? {
        guard case .text(let range)? = value(of: column) else { return nil }
        return bytes[range]
    }

    /// An integer column; nil for null and for other kinds.
    package func integer(of column: UInt16) -> Int64? {
        guard case .integer(let value)? = value(of: column) else { return nil }
        return value
    }

    /// The event's `id`, the first field of every row, not copied.
    package var id: ArraySlice<UInt8> {
        var cursor = EventRowCursor(self)
        guard cursor.advance(in: self), case .text(let range) = cursor.value else { return [] }
        return bytes[range]
    }
}
