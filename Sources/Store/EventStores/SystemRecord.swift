import Columnar
package import Domain

/// Something that happened to the store itself, or an event it had to refuse: a row of `system_events` or
/// `dead_letters`.
///
/// Carries the position of the last event before it; takes none of its own, and never moves the watermark.
package struct SystemRecord: Hashable, Sendable {
    /// What happened, or what was refused.
    package enum Content: Hashable, Sendable {
        /// A type such as `segment.attached` and its data as canonical JSON.
        case event(type: String, data: String)
        case deadLetter(DeadLetter)
    }

    /// Of the last event before it.
    package var position: Int64
    /// ns since 1970 UTC.
    package var receivedTime: Int64
    /// What happened.
    package var content: Content
}

/// The tables of system records.
enum SystemTables {
    static let events = [
        TableColumn(name: "position", type: .integer), TableColumn(name: "received_time", type: .timestamptz),
        TableColumn(name: "type", type: .text), TableColumn(name: "data", type: .json),
    ]
    static let deadLetters = [
        TableColumn(name: "position", type: .integer), TableColumn(name: "received_time", type: .timestamptz),
        TableColumn(name: "id", type: .text), TableColumn(name: "source", type: .text),
        TableColumn(name: "type", type: .text), TableColumn(name: "time", type: .timestamptz),
        TableColumn(name: "error", type: .text), TableColumn(name: "fields", type: .json),
    ]

    /// The records as rows of both tables.
    static func chunks(_ records: [SystemRecord]) -> (events: Chunk, deadLetters: Chunk) {
        var eventColumns = events.map { ColumnBuilder(type: $0.type) }
        var letterColumns = deadLetters.map { ColumnBuilder(type: $0.type) }
        var (eventCount, letterCount) = (0, 0)
        for record in records {
            switch record.content {
            case .event(let type, let data):
                eventColumns[0].append(integer: record.position)
                eventColumns[1].append(integer: record.receivedTime)
                eventColumns[2].append(text: type)
                eventColumns[3].append(text: data)
                eventCount += 1
            case .deadLetter(let letter):
                letterColumns[0].append(integer: record.position)
                letterColumns[1].append(integer: record.receivedTime)
                for (column, text) in zip([2, 3, 4], [letter.id, letter.source, letter.type]) {
                    letterColumns[column].append(text: text)
                }
                if let time = letter.time {
                    letterColumns[5].padNulls(to: letterCount)
                    letterColumns[5].append(integer: time)
                }
                letterColumns[6].append(text: letter.error)
                letterColumns[7].append(text: letter.fields)
                letterCount += 1
            }
        }
        letterColumns[5].padNulls(to: letterCount)
        return (
            Chunk(columns: eventColumns.indices.map { eventColumns[$0].finish() }, rowCount: eventCount),
            Chunk(columns: letterColumns.indices.map { letterColumns[$0].finish() }, rowCount: letterCount)
        )
    }
}
