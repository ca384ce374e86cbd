import Bytes
import Columnar
import Projections
import Segments

/// A group of event rows as a verification goes through it.
struct EventGroup: Sendable {
    let group: RowGroup
    let segment: SealedSegment
    /// Among the groups of its table in the segment.
    let number: Int
    let layout: EventTableLayout
    /// Of its table: where the conversation's id stands.
    let conversation: Int
    let restorer: RowRestorer
    /// nil where the group does not say.
    let times: ClosedRange<Int64>?

    /// When the events of each conversation were that have some here, by columns alone; ascending by id.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func stretches(_ statistics: ScanStatistics, _ overlay: CostOverlay) throws -> [ConversationParts.Stretch] {
        let morsel = layout.morsel(of: group, statistics: statistics, overlay: overlay)
        let texts = CodedTexts(try morsel.column(conversation))
        let vector = try morsel.column(layout.time)
        let missing = times?.lowerBound ?? 0
        let values: [Int64] =
            if case .int64(let values) = vector.storage, vector.validity == nil {
                values
            } else {
                (0..<group.rowCount).map { vector.integer(at: $0) ?? missing }
            }
        let dead = segment.deadRows(table: layout.name, group: number)
        var (first, last) = ([Int64](repeating: .max, count: texts.count), [Int64](repeating: .min, count: texts.count))
        var counts = [Int](repeating: 0, count: texts.count)
        for row in 0..<group.rowCount where dead.isEmpty || !dead.contains(UInt32(row)) {
            let (code, time) = (texts.code(of: row), values[row])
            first[code] = min(first[code], time)
            last[code] = max(last[code], time)
            counts[code] += 1
        }
        let found = counts.indices.compactMap { code -> ConversationParts.Stretch? in
            guard counts[code] > 0, let text = texts.text(of: code) else { return nil }
            return ConversationParts.Stretch(
                id: ConversationParts.id(of: text), times: first[code]...last[code], count: counts[code])
        }
        return found.sorted { $0.id < $1.id }
    }

    /// Rows of the conversations of some parts.
    private struct Wanted {
        let morsel: any Morsel
        /// Part by part, of each ascending.
        let rows: [Int]
        /// Beside them: the parts that have any, ascending, and where the rows of each end.
        let ends: [(part: UInt32, end: Int)]
        /// Where the conversations' ids stand, whole.
        let column: Vector
        let texts: CodedTexts

        /// Of which part the row at a place is.
        func part(at place: Int) -> UInt32 { ends[ends.partitioningIndex { $0.end > place }].part }
    }

    /// By code, while a group is gone through: not looked up, or of none of the parts.
    private static let unknown = UInt32.max
    private static let none = UInt32.max - 1

    /// - Parameters:
    ///   - wanted: parts.
    ///   - now: those of them that get theirs in any case.
    ///   - hasRoom: whether the others get theirs, too, of so many rows.
    /// - Returns: nil where the group has none.
    private func wanted(
        of wanted: Range<UInt32>, now: Range<UInt32>, in parts: ConversationParts, _ statistics: ScanStatistics,
        _ overlay: CostOverlay, hasRoom: (_ rows: Int) -> Bool
    ) throws -> Wanted? {
        if let times, !parts.parts[Int(wanted.lowerBound)..<Int(wanted.upperBound)].contains(where: {
            times.overlaps($0.times)
        }) {
            return nil
        }
        let morsel = layout.morsel(of: group, statistics: statistics, overlay: overlay)
        let column = try morsel.column(conversation)
        let texts = CodedTexts(column)
        // Once a text that some row has.
        var partOfCode = [UInt32](repeating: Self.unknown, count: texts.count)
        let dead = segment.deadRows(table: layout.name, group: number)
        var (rows, partOfRow) = ([Int](), [UInt32]())
        var later = 0
        for row in 0..<group.rowCount {
            let code = texts.code(of: row)
            var part = partOfCode[code]
            if part == Self.unknown {
                part = texts.text(of: code).flatMap { parts.part(of: ConversationParts.id(of: $0)) } ?? Self.none
                if !wanted.contains(part) { part = Self.none }
                partOfCode[code] = part
            }
            if part == Self.none || (!dead.isEmpty && dead.contains(UInt32(row))) { continue }
            rows.append(row)
            partOfRow.append(part)
            if !now.contains(part) { later += 1 }
        }
        let kept = later == 0 || hasRoom(later) ? wanted : now
        let sorted = Self.byPart(rows, partOfRow, kept)
        if sorted.rows.isEmpty { return nil }
        return Wanted(morsel: morsel, rows: sorted.rows, ends: sorted.ends, column: column, texts: texts)
    }

    /// The rows of some parts, part by part.
    private static func byPart(
        _ rows: [Int], _ partOfRow: [UInt32], _ parts: Range<UInt32>
    ) -> (rows: [Int], ends: [(part: UInt32, end: Int)]) {
        var counts = [Int](repeating: 0, count: parts.count)
        for part in partOfRow where parts.contains(part) { counts[Int(part - parts.lowerBound)] += 1 }
        var (next, ends, end) = ([Int](repeating: 0, count: parts.count), [(part: UInt32, end: Int)](), 0)
        for (place, count) in counts.enumerated() where count > 0 {
            next[place] = end
            end += count
            ends.append((parts.lowerBound + UInt32(place), end))
        }
        var sorted = [Int](repeating: 0, count: end)
        for (index, part) in partOfRow.enumerated() where parts.contains(part) {
            let place = Int(part - parts.lowerBound)
            sorted[next[place]] = rows[index]
            next[place] += 1
        }
        return (sorted, ends)
    }

    /// The rows of a part's conversations, as far as the fold reads them.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func rows(
        of part: UInt32, in parts: ConversationParts, _ statistics: ScanStatistics, _ overlay: CostOverlay
    ) throws -> PlacedRows {
        let one = part..<part + 1
        let found = try wanted(of: one, now: one, in: parts, statistics, overlay) { _ in true }
        guard let found else { return PlacedRows() }
        return try restorer.restore(rows: found.rows, of: found.morsel, isTimeAbsent: try group.timeAbsent())
    }

    /// Those of several parts as columns, in one reading.
    /// - Parameters:
    ///   - wanted: the parts.
    ///   - now: those of them that get theirs in any case.
    ///   - textBytesMax: of one piece.
    ///   - hasRoom: whether the others get theirs, too, of so many rows together: else they get none.
    ///   - body: is told them part by part, mostly in one piece each.
    /// - Returns: whether anything was read.
    /// - Throws: ``FileContentError`` or ``StorageError`` from reading pages.
    func events(
        of wanted: Range<UInt32>, now: Range<UInt32>, in parts: ConversationParts, _ statistics: ScanStatistics,
        _ overlay: CostOverlay, for fold: FoldColumns, textBytesMax: Int, hasRoom: (_ rows: Int) -> Bool,
        _ body: (_ part: UInt32, GroupEvents) -> Void
    ) throws -> Bool {
        let found = try self.wanted(of: wanted, now: now, in: parts, statistics, overlay, hasRoom: hasRoom)
        guard let found else { return false }
        // By code of a conversation: its number in the piece at hand, of which many have few.
        var numbers = [UInt32](repeating: .max, count: found.texts.count)
        var first = 0
        let pieces = found.ends.map { _, end in
            defer { first = end }
            return first..<end
        }
        try restorer.columns(
            of: found.rows, in: pieces, of: found.morsel, knowing: (conversation, found.column),
            isTimeAbsent: try group.timeAbsent(), for: fold, textBytesMax: textBytesMax
        ) { table, costs, piece in
            let rows = found.rows[piece].map { UInt32($0) }
            let codes = found.rows[piece].map { found.texts.code(of: $0) }
            var count: UInt32 = 0
            let conversations = codes.map { code in
                if numbers[code] == .max {
                    numbers[code] = count
                    count += 1
                }
                return numbers[code]
            }
            for code in codes { numbers[code] = .max }
            let events = GroupEvents(
                table: table, costs: costs, conversations: conversations, conversationCount: Int(count),
                ids: { try ids(of: rows, statistics, overlay, for: fold) })
            body(found.part(at: piece.lowerBound), events)
        }
        return true
    }

    private func ids(
        of rows: [UInt32], _ statistics: ScanStatistics, _ overlay: CostOverlay, for fold: FoldColumns
    ) throws -> EventColumns {
        let morsel = layout.morsel(of: group, statistics: statistics, overlay: overlay)
        return try restorer.ids(of: rows.map { Int($0) }, of: morsel, for: fold)
    }
}
