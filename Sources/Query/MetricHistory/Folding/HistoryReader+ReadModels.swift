import Bytes
import Columnar
import Domain

// What follows from several events: the read models say what is true now, and each thing counts at the time at which it
// became so.
extension HistoryReader {
    private static let place = QuestionRule.placeColumns

    // MARK: Questions

    /// Each question of `turns` counts: good when its answer came, failed when an answer that is an error came, or a
    /// moment after its limit, whichever is first.
    ///
    /// Rows are read whole, since when a question is judged is not when it was asked.
    func questionFold() -> TableFold {
        TableFold(table: "turns", columns: Self.place + ["asked_time", "time", "status"]) { table in
            LabelReader(columns: Self.place, table)
        } count: { morsel, table, sets, cells in
            let channels = try table.column("channel", of: morsel)
            let asked = NumberColumn(try table.column("asked_time", of: morsel))
            let times = NumberColumn(try table.column("time", of: morsel))
            let statuses = try table.column("status", of: morsel)
            let errors = statuses.rows(ofTexts: [Array("error".utf8)], orNull: false)
            let limits = self.limits(channels)
            for row in 0..<morsel.rowCount {
                guard let askedTime = asked.time(row) else { continue }
                let deadline = askedTime.saturatingAdd(limits?[row] ?? self.source.objectives.answerLimits.nanoseconds)
                let answered = statuses.isNull(row) ? nil : times.time(row)
                let (isGood, time) = self.judged(answered, isError: errors[row], deadline: deadline)
                // What is judged later than the store has reached is not judged.
                guard time <= self.judgedThrough else { continue }
                cells.count(sets[row], at: time, code: isGood ? 0 : 1)
            }
        }
    }

    /// Whether a question is a good one, and when that is known.
    private func judged(_ answered: Int64?, isError: Bool, deadline: Int64) -> (isGood: Bool, time: Int64) {
        let passed = deadline.saturatingAdd(1)
        guard let answered else { return (false, passed) }
        if !isError, answered <= deadline { return (true, answered) }
        return (false, min(answered, passed))
    }

    /// Within which time each row's question had to be answered; nil where all channels have one limit.
    private func limits(_ channels: Vector) -> [Int64]? {
        let limits = source.objectives.answerLimits
        if limits.channels.isEmpty { return nil }
        var found = [Int64](repeating: limits.nanoseconds, count: channels.count)
        for channel in limits.channels {
            for (row, isOne) in channels.rows(ofTexts: [channel.name], orNull: false).enumerated() where isOne {
                found[row] = channel.nanoseconds
            }
        }
        return found
    }

    // MARK: Silence

    /// Each conversation that silence has closed counts at the end of the silence. Those that events closed are
    /// counted by their events.
    ///
    /// A row does not say what closed it: it was silence where the reason is idle, and the time lies as long after the
    /// last activity as silence lasts.
    func silenceFolds() -> [TableFold] {
        guard let silence = source.outcomes.idleAfterNanoseconds else { return [] }
        let idle = ByteText(OutcomeSettings.idleReason.utf8)
        let columns = Self.place + ["closed_time", "closed_reason", "last_activity_time"]
        let end = points.lastNanoseconds
        let inSight = ColumnPredicate.Comparison.lessOrEqual(.timestamptz(end))
        let fold = TableFold(
            table: "conversations", columns: columns, conditions: [("closed_time", inSight)]
        ) { table in
            LabelReader(columns: Self.place, constants: [idle], table)
        } count: { morsel, table, sets, cells in
            let closed = NumberColumn(try table.column("closed_time", of: morsel))
            let active = NumberColumn(try table.column("last_activity_time", of: morsel))
            let isIdle = try table.column("closed_reason", of: morsel).rows(ofTexts: [idle.bytes], orNull: false)
            for row in 0..<morsel.rowCount where isIdle[row] {
                guard let time = closed.time(row), let last = active.time(row), last.saturatingAdd(silence) == time,
                    time <= end
                else { continue }
                cells.count(sets[row], at: time)
            }
        }
        return [fold]
    }

    // MARK: Ratings

    /// Where ratings are. Rows are read whole: what is the last rating does not depend on what is asked.
    func ratingFolds(_ definition: MetricDefinition) -> [TableFold] {
        let columns = ["time", "id", "position", "tenant", "conversation_id", "channel", "score"]
        return definition.types.map { type in
            TableFold(table: SchemaEventType.tableName(of: type), columns: columns) { table in
                LabelReader(definition.labels, table)
            } count: { _, _, _, _ in
                preconditionFailure("ratings count together")
            }
        }
    }

    /// Counts each rated conversation under its last rating, at the time of that. Of two at one time the greater start
    /// of the id, then the later position, is the last.
    func countRatings(
        _ definition: MetricDefinition, _ pieces: [FoldPiece], into cells: inout LabelledCells
    ) throws {
        var ratings = LastRatings()
        var reader: LabelReader?
        for piece in pieces {
            try check()
            let labels = reader ?? LabelReader(definition.labels, piece.table)
            let sets = try labels.read(piece.morsel, piece.table, into: &cells)
            try ratings.add(piece.morsel, piece.table, sets, rows(piece.morsel, piece.table, definition))
            try holdRead(cells.memoryBytes + labels.memoryBytes + ratings.memoryBytes)
            reader = labels
        }
        for rating in ratings.all where rating.time <= points.lastNanoseconds {
            cells.count(rating.set, at: rating.time)
        }
    }

    /// The last ones among the ratings of one piece.
    /// - Parameter numbers: of label sets, for as long as something is kept.
    /// - Returns: nil where there are too many label sets.
    func ratings(
        of piece: FoldPiece, _ exposition: Exposition, numbering numbers: LabelNumbers
    ) throws -> LastRatings? {
        let definition = exposition.definition
        var cells = LabelledCells(exposition.ofEverything, points, keepsCells: false)
        let labels = LabelReader(definition.labels, piece.table)
        let sets = try labels.read(piece.morsel, piece.table, into: &cells)
        var ratings = LastRatings()
        try ratings.add(piece.morsel, piece.table, sets, rows(piece.morsel, piece.table, definition))
        try holdRead(cells.memoryBytes + labels.memoryBytes + ratings.memoryBytes)
        var known: [Int] = []
        for counted in cells.counted {
            guard let number = numbers.number(of: counted.values) else { return nil }
            known.append(number)
        }
        ratings.renumber(known)
        return ratings
    }
}

/// The last rating of each conversation.
struct LastRatings {
    struct Rating {
        var time: Int64
        var prefix: UInt64
        var position: Int64
        var set: Int

        func isBefore(_ other: Rating) -> Bool {
            (time, prefix, position) < (other.time, other.prefix, other.position)
        }
    }

    private(set) var conversations = GroupTable(types: [.text, .text])
    /// By number of the conversation; nil: none yet.
    private(set) var last: [Rating?] = []
    private var ordinal: UInt64 = 0

    var memoryBytes: Int { conversations.memoryBytes + last.capacity * 48 }

    var all: [Rating] { last.compactMap { $0 } }

    /// Takes the rows of a piece.
    /// - Parameter wanted: which are ratings; nil: all.
    mutating func add(_ morsel: any Morsel, _ table: NamedTable, _ sets: RowSets, _ wanted: [Bool]?) throws {
        let names = try table.column("conversation_id", of: morsel)
        let groups = conversations.assign([try table.column("tenant", of: morsel), names], ordinal: ordinal)
        ordinal += UInt64(morsel.rowCount)
        last.append(contentsOf: repeatElement(nil, count: conversations.count - last.count))
        let times = NumberColumn(try table.column("time", of: morsel))
        let positions = NumberColumn(try table.column("position", of: morsel))
        let ids = try table.column("id", of: morsel)
        for row in 0..<morsel.rowCount where wanted?[row] ?? true {
            // Outside of conversations there is nothing to be the last of.
            guard !names.isNull(row), let time = times.time(row) else { continue }
            let group = Int(groups[row])
            if let known = last[group], known.time > time { continue }
            let rating = Rating(
                time: time, prefix: ids.prefix(row), position: positions.time(row) ?? 0, set: sets[row])
            if last[group].map({ $0.isBefore(rating) }) ?? true { last[group] = rating }
        }
    }
    /// Gives label sets other numbers.
    mutating func renumber(_ numbers: [Int]) {
        for group in last.indices { if let rating = last[group] { last[group]?.set = numbers[rating.set] } }
    }
}

extension Vector {
    /// The first eight bytes of a text, zeros behind shorter ones.
    fileprivate func prefix(_ row: Int) -> UInt64 {
        guard case .text(let text) = scalar(at: row) else { return 0 }
        var prefix: UInt64 = 0
        var count = 0
        for byte in text.utf8.prefix(8) {
            prefix = prefix << 8 | UInt64(byte)
            count += 1
        }
        return count == 0 ? 0 : prefix << UInt64(8 * (8 - count))
    }
}
