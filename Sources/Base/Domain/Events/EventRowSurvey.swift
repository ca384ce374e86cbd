/// What is to be known of all events of a batch before they enter a store, found in the one walk that hashes their
/// identities: whoever looks at each row once more has memory give it once more.
package struct EventRowSurvey: Sendable {
    /// Hashes of the events' identities, in order.
    package private(set) var hashes: [UInt64] = []
    /// The earliest and the latest time of the events that came with one, ns since 1970 UTC; nil where none did.
    package private(set) var times: ClosedRange<Int64>?
    /// Whether an event came without a time.
    package private(set) var lacksTime = false
    /// Whether the rows fill their bytes without a gap, in order.
    package private(set) var areEndToEnd = true
    /// The rows of the types that were asked for, ascending.
    package private(set) var noted: [Int32] = []

    /// Walks the rows.
    /// - Parameters:
    ///   - key: keys the hashes.
    ///   - types: a few, by index into `SchemaRegistry.types`.
    /// - Complexity: O(rows · types + bytes of the identities).
    package init(_ rows: EventRows, key: UInt64, noting types: [UInt16]) {
        hashes.reserveCapacity(rows.count)
        var (first, last, end) = (Int64.max, Int64.min, 0)
        for index in rows.indices {
            let row = rows[index]
            areEndToEnd = areEndToEnd && row.start == end
            end = row.start + row.byteCount
            if row.isTimeAbsent {
                lacksTime = true
            } else {
                (first, last) = (min(first, row.time), max(last, row.time))
            }
            // A row has sixteen bytes at least, and all of them less than four GiB.
            if types.contains(row.type) { noted.append(Int32(index)) }
            hashes.append(row.identityHash(key: key))
        }
        areEndToEnd = areEndToEnd && end == rows.bytes.count
        if first <= last { times = first...last }
    }
}
