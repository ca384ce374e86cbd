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

    /// Bytes that it holds, roughly.
    var heldBytes: Int {
        switch content {
        case .event(let type, let data): 128 + type.utf8.count + data.utf8.count
        case .deadLetter(let letter):
            256 + letter.id.utf8.count + letter.source.utf8.count + letter.type.utf8.count + letter.error.utf8.count
                + letter.fields.utf8.count
        }
    }
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

    /// The place of when a record came, in both.
    static let receivedTime = 1

    /// The records as rows of both tables.
    static func chunks(_ records: [SystemRecord]) -> (events: Chunk, deadLetters: Chunk) {
        let (told, letters) = (records.filter { !$0.isDeadLetter }, records.filter(\.isDeadLetter))
        return (
            Chunk(
                columns: events.indices.map { column($0, of: told, areLetters: false) }, rowCount: told.count),
            Chunk(
                columns: deadLetters.indices.map { column($0, of: letters, areLetters: true) },
                rowCount: letters.count)
        )
    }

    /// One column of the table of dead letters, or of the other.
    /// - Precondition: the records are rows of that table.
    static func column(_ index: Int, of records: some Sequence<SystemRecord>, areLetters: Bool) -> Vector {
        var column = ColumnBuilder(type: (areLetters ? deadLetters : events)[index].type)
        var count = 0
        for record in records {
            switch (record.content, index) {
            case (_, 0): column.append(integer: record.position)
            case (_, 1): column.append(integer: record.receivedTime)
            case (.event(let type, _), 2): column.append(text: type)
            case (.event(_, let data), _): column.append(text: data)
            case (.deadLetter(let letter), 2): column.append(text: letter.id)
            case (.deadLetter(let letter), 3): column.append(text: letter.source)
            case (.deadLetter(let letter), 4): column.append(text: letter.type)
            case (.deadLetter(let letter), 5):
                if let time = letter.time {
                    column.padNulls(to: count)
                    column.append(integer: time)
                }
            case (.deadLetter(let letter), 6): column.append(text: letter.error)
            case (.deadLetter(let letter), _): column.append(text: letter.fields)
            }
            count += 1
        }
        column.padNulls(to: count)
        return column.finish()
    }
}

/// Records that no segment has yet, as rows. A column is made when it is read, of so many records at a time: hundreds
/// of thousands of dead letters are not copied for whoever asks for one.
struct RecordMorsel: Morsel {
    /// The most rows of one.
    static let rowsMax = 4096

    let records: [SystemRecord]
    /// Which of the records are its rows.
    let places: [Int]
    let areLetters: Bool

    var rowCount: Int { places.count }

    func column(_ index: Int) -> Vector {
        SystemTables.column(index, of: places.lazy.map { records[$0] }, areLetters: areLetters)
    }

    /// Of when they came alone: who looks for what is recent need not read the others.
    func summary(_ index: Int) -> ColumnSummary? {
        guard index == SystemTables.receivedTime else { return nil }
        let times = places.lazy.map { records[$0].receivedTime }
        guard let first = times.min(), let last = times.max() else { return nil }
        return ColumnSummary(minimum: .timestamptz(first), maximum: .timestamptz(last), nullCount: 0)
    }

    func column(_ index: Int, rows: [UInt32]) -> Vector {
        SystemTables.column(index, of: rows.lazy.map { records[places[Int($0)]] }, areLetters: areLetters)
    }

    /// Those of one table, in pieces.
    static func all(_ records: [SystemRecord], areLetters: Bool) -> [RecordMorsel] {
        let places = records.indices.filter { records[$0].isDeadLetter == areLetters }
        return stride(from: 0, to: places.count, by: rowsMax).map { start in
            RecordMorsel(
                records: records, places: Array(places[start..<min(start + rowsMax, places.count)]),
                areLetters: areLetters)
        }
    }
}
