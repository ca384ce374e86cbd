import Columnar
import Segments

/// The rows of one table of several segments in one order, those that later ones stand for apart.
///
/// What it holds is a place for each row; values are read when a piece of the whole is made, a column at a time.
struct MergedTable {
    /// By what the rows are ordered.
    enum Order: Sendable {
        /// By time, then position; rows alike as they stand. These are events, of which rows of other positions than
        /// the segment's own are noted.
        case events
        /// By a column of times, nulls first; rows alike as they stand.
        case time(String)
        /// As they stand in the segments.
        case asTheyStand
    }

    /// There is one for each row of a table: 24 bytes.
    struct Place {
        fileprivate var time: Int64
        fileprivate var position: Int64
        /// Which group it is of, see ``origins``.
        var source: Int32
        /// Rows of a group have 16 bits.
        var row: UInt16
        fileprivate var isMoved: Bool
    }

    /// Texts of one piece, all columns together: beside it stand the column that is read and the pages that are made.
    private static let textBytesMax = SealedGroups.groupBytesMax / 2

    /// Those that were asked for, then others that a segment has.
    let columns: [TableColumn]
    private let order: Order
    /// Which groups the rows are of.
    private(set) var origins: [ReplacedRows.Place] = []
    private var sources: [RowGroup] = []
    private var live: [Place] = []
    private var past: [Place] = []
    private let hasMoved: Bool

    /// - Parameters:
    ///   - columns: in this order; one that no segment has is null.
    ///   - segments: in the order of their positions.
    ///   - filter: which of the rows are taken; nil: all.
    ///   - check: throws where the work is to end.
    /// - Throws: ``StorageError``, ``FileContentError``.
    /// - Complexity: O(rows · log(rows)).
    init(
        _ name: String, columns: [TableColumn], of segments: [SealedSegment], by order: Order,
        filter: ConversationFilter? = nil, check: () throws -> Void
    ) throws {
        self.order = order
        var all = columns
        // Grown by and by it would be copied again and again, with both in memory. Of some rows nobody knows how many.
        if filter == nil {
            live.reserveCapacity(segments.flatMap { $0.reader.groups(table: name) }.reduce(0) { $0 + $1.rowCount })
        }
        for segment in segments {
            for (index, group) in segment.reader.groups(table: name).enumerated() {
                try check()
                for column in group.columns where !all.contains(where: { $0.name == column.name }) {
                    all.append(TableColumn(name: column.name, type: column.type))
                }
                let dead = segment.deadRows(table: name, group: index)
                try Self.add(
                    group, as: Int32(sources.count), of: segment.positions, without: dead,
                    only: try filter?.rows(of: group, in: segment), by: order, to: &live, &past)
                sources.append(group)
                origins.append(ReplacedRows.Place(segment: segment.id, table: name, group: index))
            }
        }
        // These two are made anew.
        all.removeAll { $0.name == EventTableLayout.movedColumn || $0.name == EventTableLayout.pastColumn }
        self.columns = all
        hasMoved = live.contains(where: \.isMoved) || past.contains(where: \.isMoved)
        if case .asTheyStand = order { return }
        Self.sort(&live)
        Self.sort(&past)
    }

    private static func add(
        _ group: RowGroup, as source: Int32, of own: ClosedRange<Int64>?, without dead: Set<UInt32>,
        only wanted: [Bool]?, by order: Order, to live: inout [Place], _ past: inout [Place]
    ) throws {
        if let wanted, !wanted.contains(true) { return }
        var times, positions, moved: Vector?
        switch order {
        case .events:
            times = try group.column(named: "time", type: .timestamptz)
            positions = try group.column(named: "position", type: .integer)
            moved = try group.column(named: EventTableLayout.movedColumn, type: .boolean)
        case .time(let name): times = try group.column(named: name, type: .timestamptz)
        case .asTheyStand: break
        }
        precondition(group.rowCount <= PageLimits.rowsMax, "rows have 16 bits")
        for row in 0..<group.rowCount where wanted?[row] ?? true {
            let position = positions?.integer(at: row) ?? 0
            let isElsewhere = positions != nil && !(own?.contains(position) ?? false)
            let place = Place(
                time: times?.integer(at: row) ?? .min, position: position, source: source, row: UInt16(row),
                isMoved: isElsewhere || moved?.boolean(at: row) ?? false)
            if dead.contains(UInt32(row)) { past.append(place) } else { live.append(place) }
        }
    }

    private static func sort(_ places: inout [Place]) {
        func precedes(_ one: Place, _ other: Place) -> Bool {
            (one.time, one.position, one.source, one.row) < (other.time, other.position, other.source, other.row)
        }
        // Segments mostly follow each other.
        if zip(places, places.dropFirst()).contains(where: { precedes($1, $0) }) { places.sort(by: precedes) }
    }

    /// How many rows each of the ``origins`` has.
    var rowCounts: [Int] { sources.map(\.rowCount) }

    // MARK: Pieces

    /// What a piece is handed on to: its columns, and where its rows were.
    typealias Body = (_ chunk: Chunk, _ columns: [TableColumn], _ rows: ArraySlice<Place>) throws -> Void

    /// Hands the rows that count on in pieces that make a group each.
    /// - Complexity: each column of a group of a segment is read for each piece that has rows of it: for one or two
    ///   where the segments' times follow each other.
    func forEachPiece(check: () throws -> Void, _ body: Body) throws {
        try pieces(of: live, isPast: false, check, body)
    }

    /// The same of rows of events that later ones stand for: what was sent on once is sent on as it came.
    func forEachPastPiece(check: () throws -> Void, _ body: Body) throws {
        guard case .events = order else { return }
        try pieces(of: past, isPast: true, check, body)
    }

    private func pieces(
        of places: [Place], isPast: Bool, _ check: () throws -> Void, _ body: Body
    ) throws {
        var first = 0
        for index in places.indices {
            let isEnd =
                index + 1 == places.count
                || SealedGroups.endsGroup(
                    of: index + 1 - first, at: places[index].time, before: places[index + 1].time)
            guard isEnd else { continue }
            try piece(places[first...index], isPast, check, body)
            first = index + 1
        }
    }

    private func piece(
        _ places: ArraySlice<Place>, _ isPast: Bool, _ check: () throws -> Void, _ body: Body
    ) throws {
        guard var chunk = try chunk(places, check) else {
            let middle = places.startIndex + places.count / 2
            try piece(places[..<middle], isPast, check, body)
            try piece(places[middle...], isPast, check, body)
            return
        }
        var all = columns
        if hasMoved {
            all.append(TableColumn(name: EventTableLayout.movedColumn, type: .boolean))
            chunk.columns.append(
                Vector(type: .boolean, count: places.count, storage: .boolean(places.map(\.isMoved))))
        }
        if isPast {
            all.append(TableColumn(name: EventTableLayout.pastColumn, type: .boolean))
            chunk.columns.append(.constant(.boolean(true), type: .boolean, count: places.count))
        }
        try body(chunk, all, places)
    }

    /// Rows of one group, and where they go.
    private struct Part {
        let group: RowGroup
        var rows: [UInt32] = []
        var places: [UInt32] = []
    }

    /// nil where the rows have longer texts than a group may have, and are more than one.
    private func chunk(_ places: ArraySlice<Place>, _ check: () throws -> Void) throws -> Chunk? {
        var numbers: [Int32: Int] = [:]
        var parts: [Part] = []
        for (index, place) in places.enumerated() {
            let number = numbers[place.source] ?? parts.count
            if number == parts.count {
                numbers[place.source] = number
                parts.append(Part(group: sources[Int(place.source)]))
            }
            parts[number].rows.append(UInt32(place.row))
            parts[number].places.append(UInt32(index))
        }
        var vectors: [Vector] = []
        var textBytesLeft = places.count > 1 ? Self.textBytesMax : .max
        for column in columns {
            try check()
            guard let vector = try Self.merged(column, parts, count: places.count, &textBytesLeft) else { return nil }
            vectors.append(vector)
        }
        return Chunk(columns: vectors, rowCount: places.count)
    }

    private static func merged(
        _ column: TableColumn, _ parts: [Part], count: Int, _ textBytesLeft: inout Int
    ) throws -> Vector? {
        func read(_ part: Part) throws -> Vector {
            try part.group.column(named: column.name, type: column.type)
        }
        if column.type == .text || column.type == .json {
            var texts = MergedTexts(type: column.type, count: count)
            for part in parts {
                texts.put(part.rows, of: try read(part), at: part.places)
                if texts.byteCount > textBytesLeft { return nil }
            }
            textBytesLeft -= texts.byteCount
            return texts.vector()
        }
        let pieces = try parts.map { try read($0).gather($0.rows) }
        let whole = Vector.concatenate(pieces, type: column.type)
        if parts.count == 1 { return whole }
        var order = [UInt32](repeating: 0, count: count)
        for (index, place) in parts.lazy.flatMap(\.places).enumerated() { order[Int(place)] = UInt32(index) }
        return whole.gather(order)
    }
}
