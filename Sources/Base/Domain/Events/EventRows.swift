public import Bytes

/// Rows of events among the same bytes, in the order in which the events came: mostly end to end.
@usableFromInline package struct EventRows: Sendable {
    /// The rows.
    @usableFromInline package var bytes: [UInt8]
    /// Where each row begins in ``bytes``.
    @usableFromInline package var starts: [UInt32]

    /// - Precondition: `bytes` holds a sound row at each of the starts.
    package init(bytes: [UInt8] = [], starts: [UInt32] = []) {
        self.bytes = bytes
        self.starts = starts
    }

    /// Whether the rows fill their bytes without a gap, in order.
    package var areEndToEnd: Bool {
        var end = 0
        for start in starts {
            guard Int(start) == end else { return false }
            end += EventRow(bytes, at: end).byteCount
        }
        return end == bytes.count
    }

    /// Copies a row to the end.
    package mutating func append(_ row: EventRow) {
        starts.append(UInt32(bytes.count))
        bytes.append(contentsOf: row.slice)
    }

    /// Copies all the bytes of other rows to the end, and takes these rows.
    package mutating func append(contentsOf more: EventRows) {
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: more.bytes)
        starts.append(contentsOf: more.starts.lazy.map { $0 + offset })
    }

    /// Has memory give a row that is walked soon; what it returns means nothing. How long the row is follows from where
    /// its neighbour begins, as far as they are end to end: to read that would be to wait for the row.
    @inlinable package func touched(_ index: Int) -> UInt8 {
        let start = Int(starts[index])
        let next = index &+ 1 < starts.count ? Int(starts[index &+ 1]) : bytes.count
        let length = next &- start
        return bytes.span.touched(from: start, length: length < 0 ? 0 : length > 1024 ? 1024 : length)
    }

    /// Files an event that came without `time` under the instant it was received.
    package mutating func set(time: Int64, ofRow index: Int) {
        assert(self[index].isTimeAbsent, "a time that was sent is kept")
        let first = Int(starts[index]) + 8
        for place in 0..<8 { bytes[first + place] = UInt8(truncatingIfNeeded: time >> (8 * Int64(place))) }
    }
}

extension EventRows: RandomAccessCollection {
    /// 0.
    @inlinable package var startIndex: Int { 0 }
    /// How many events.
    @inlinable package var endIndex: Int { starts.count }
    /// One of the rows.
    @inlinable package subscript(index: Int) -> EventRow {
        @inline(__always) get { EventRow(bytes, at: Int(starts[index])) }
    }
}
