import Domain

/// Where one event's row stands: which buffer, at which byte, under which position, and what its call was booked at.
///
/// Buffers are kept apart so that a conversation can be folded over log blocks and rows read back from segments without
/// copying either.
package struct EventReference: Sendable {
    /// Index of the buffer.
    package var buffer: Int32
    /// Index of the row's first byte in it.
    package var start: Int32
    /// Order of acceptance; settles events of one time.
    package var position: Int64
    /// Index into the costs beside the buffer; −1 for events that cost nothing.
    package var cost: Int32

    package init(buffer: Int32, start: Int32, position: Int64, cost: Int32) {
        self.buffer = buffer
        self.start = start
        self.position = position
        self.cost = cost
    }

    /// - Parameter buffers: what ``buffer`` points into.
    @inline(__always) func row(in buffers: [[UInt8]]) -> EventRow { EventRow(buffers[Int(buffer)], at: Int(start)) }
}
