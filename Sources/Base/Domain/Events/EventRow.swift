/// Answers single fields of rows in one array without copying: for look-ups and checks, where a walk over all fields is
/// too much.
package struct EventRowReader: Sendable {
    /// The array that holds the row, among others.
    package let bytes: [UInt8]
    /// Where the row begins in ``bytes``.
    package var start: Int

    /// - Precondition: `bytes` holds a sound row at `start`; see ``EventBatch/check()``.
    package init(_ bytes: [UInt8], at start: Int) {
        self.bytes = bytes
        self.start = start
    }

    /// Index into `SchemaRegistry.types`.
    package var type: UInt16 { EventRowCursor.type(bytes, at: start) }
    /// The time in the header, ns since 1970 UTC.
    package var time: Int64 { EventRowCursor.time(bytes, at: start) }
    /// Whether the event came without `time`.
    package var isTimeAbsent: Bool { EventRowCursor.isTimeAbsent(bytes, at: start) }
    /// Length of the row in bytes.
    package var byteCount: Int { EventRowCursor.byteCount(bytes, at: start) }

    /// A column's value; nil for null. Text is a range of ``bytes``.
    /// - Complexity: O(fields before the column).
    package func value(of column: UInt16) -> EventRowCursor.Value? {
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
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
}
