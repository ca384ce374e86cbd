/// An event as the store holds it.
package struct StoredEvent: Hashable, Sendable {
    /// Its position.
    package var position: Int64
    /// Its row.
    package var row: [UInt8]

    /// Takes each part as given.
    package init(position: Int64, row: [UInt8]) {
        self.position = position
        self.row = row
    }

    /// Its `id`, the first field of every row.
    package var id: String { String(decoding: EventRow(row).id, as: UTF8.self) }
}

/// A row that takes the place of an event's: what became known later shows the event in another light. The old row
/// stays in the log.
package struct EventReplacement: Hashable, Sendable {
    /// Position of the event, which it keeps.
    package var position: Int64
    /// The new row.
    package var row: [UInt8]

    /// Takes each part as given.
    package init(position: Int64, row: [UInt8]) {
        self.position = position
        self.row = row
    }
}
