package import Domain

/// Where one event's row stands: which buffer, at which byte, under which position, and what its call was booked at.
/// Its time and length are beside that, since whoever sorts and weighs events wants no more of their rows, which other
/// threads read, too.
///
/// Buffers are kept apart so that a conversation can be folded over log blocks and rows read back from segments without
/// copying either. An event of ``EventColumns`` has no row: it stands at a place there, and its buffer are the texts.
package struct EventReference: Sendable {
    /// Index of the buffer.
    package var buffer: Int32
    /// Index of the row's first byte in it; of an event of columns its place there.
    package var start: Int32
    /// Order of acceptance; settles events of one time.
    package var position: Int64
    /// Index into the costs beside the buffer; −1 for events that cost nothing.
    package var cost: Int32
    /// Length of the row in bytes; of an event of columns that of its texts.
    let byteCount: Int32
    /// The time in the row's header, ns since 1970 UTC.
    let time: Int64

    /// - Precondition: the row lies in the first 2 GiB of its buffer.
    package init(_ row: EventRow, buffer: Int32, position: Int64, cost: Int32) {
        self.buffer = buffer
        self.position = position
        self.cost = cost
        (start, byteCount, time) = (Int32(row.start), Int32(row.byteCount), row.time)
    }

    /// An event of columns.
    /// - Parameter buffer: where their texts are.
    package init(_ table: EventColumns, _ place: Int, buffer: Int32, cost: Int32) {
        self.buffer = buffer
        self.cost = cost
        (position, start) = (table.positions[place], Int32(place))
        (byteCount, time) = (table.textByteCount(place), table.times[place])
    }

    /// Whose texts one of some buffers is; nil for rows.
    /// - Parameter tables: whose texts are the last of them.
    @inline(__always)
    static func table(ofBuffer buffer: Int32, of bufferCount: Int, _ tables: [EventColumns]) -> EventColumns? {
        let place = Int(buffer) &- bufferCount &+ tables.count
        return place < 0 ? nil : tables[place]
    }

    /// - Parameter buffers: what ``buffer`` points into.
    @inline(__always) func row(in buffers: [[UInt8]]) -> EventRow { EventRow(buffers[Int(buffer)], at: Int(start)) }
}
