import Bytes
import Columnar
import Domain
import Segments

/// The rows of one table that count, of several segments, in one order.
///
/// What it holds is a place for each row; values are read when a piece of the whole is made, a column at a time.
struct MergedTable {
    /// By what the rows are ordered.
    enum Order {
        /// By a column of times, nulls first, then by a column of numbers; rows alike as they stand.
        case time(String, then: String?)
        /// As they stand in the segments.
        case asTheyStand
    }

    private struct Place {
        var time: Int64
        var tie: Int64
        var source: Int32
        var row: UInt32
    }

    /// Those that were asked for, then others that a segment has.
    let columns: [TableColumn]
    private var sources: [RowGroup] = []
    private var places: [Place] = []

    var rowCount: Int { places.count }

    /// - Parameters:
    ///   - columns: in this order; one that no segment has is null.
    ///   - segments: in the order of their positions.
    ///   - check: throws where the work is to end.
    /// - Throws: ``StorageError``, ``FileContentError``.
    /// - Complexity: O(rows · log(rows)).
    init(
        _ name: String, columns: [TableColumn], of segments: [SealedSegment], by order: Order,
        check: () throws -> Void
    ) throws {
        var all = columns
        for segment in segments {
            for (index, group) in segment.reader.groups(table: name).enumerated() {
                try check()
                for column in group.columns where !all.contains(where: { $0.name == column.name }) {
                    all.append(TableColumn(name: column.name, type: column.type))
                }
                let dead = segment.deadRows(table: name, group: index)
                try Self.add(group, without: dead, as: Int32(sources.count), by: order, to: &places)
                sources.append(group)
            }
        }
        self.columns = all
        if case .time = order {
            let isSorted = zip(places, places.dropFirst()).allSatisfy { !Self.precedes($1, $0) }
            if !isSorted { places.sort(by: Self.precedes) }
        }
    }

    private static func add(
        _ group: RowGroup, without dead: Set<UInt32>, as source: Int32, by order: Order, to places: inout [Place]
    ) throws {
        var times, ties: Vector?
        if case .time(let time, let tie) = order {
            times = try group.column(named: time, type: .timestamptz)
            ties = try tie.map { try group.column(named: $0, type: .integer) }
        }
        places.reserveCapacity(places.count + group.rowCount)
        for row in 0..<group.rowCount where !dead.contains(UInt32(row)) {
            places.append(
                Place(
                    time: times?.integer(at: row) ?? .min, tie: ties?.integer(at: row) ?? 0, source: source,
                    row: UInt32(row)))
        }
    }

    private static func precedes(_ one: Place, _ other: Place) -> Bool {
        (one.time, one.tie, one.source, one.row) < (other.time, other.tie, other.source, other.row)
    }

    // MARK: Pieces

    /// Hands the rows on in pieces that make a group each.
    /// - Complexity: each column of a group of a segment is read for each piece that has rows of it: for one or two
    ///   where the segments' times follow each other.
    func forEachPiece(check: () throws -> Void, _ body: (Chunk) throws -> Void) throws {
        var first = 0
        for index in places.indices {
            let isEnd =
                index + 1 == places.count || index + 1 - first == Limits.groupRowsMax
                || places[index + 1].time.saturatingSubtract(places[index].time) > SealedGroups.gapMax
            guard isEnd else { continue }
            try piece(first..<(index + 1), check, body)
            first = index + 1
        }
    }

    private func piece(_ rows: Range<Int>, _ check: () throws -> Void, _ body: (Chunk) throws -> Void) throws {
        if let chunk = try chunk(rows, check) { return try body(chunk) }
        let middle = rows.lowerBound + rows.count / 2
        try piece(rows.lowerBound..<middle, check, body)
        try piece(middle..<rows.upperBound, check, body)
    }

    /// Rows of one group, and where they go.
    private struct Part {
        let group: RowGroup
        var rows: [UInt32] = []
        var places: [UInt32] = []
    }

    /// nil where the rows have longer texts than a group may have, and are more than one.
    private func chunk(_ range: Range<Int>, _ check: () throws -> Void) throws -> Chunk? {
        var numbers: [Int32: Int] = [:]
        var parts: [Part] = []
        for (place, row) in places[range].enumerated() {
            let number = numbers[row.source] ?? parts.count
            if number == parts.count {
                numbers[row.source] = number
                parts.append(Part(group: sources[Int(row.source)]))
            }
            parts[number].rows.append(row.row)
            parts[number].places.append(UInt32(place))
        }
        var vectors: [Vector] = []
        for column in columns {
            try check()
            guard let vector = try Self.merged(column, parts, count: range.count) else { return nil }
            vectors.append(vector)
        }
        return Chunk(columns: vectors, rowCount: range.count)
    }

    private static func merged(_ column: TableColumn, _ parts: [Part], count: Int) throws -> Vector? {
        func read(_ part: Part) throws -> Vector {
            try part.group.column(named: column.name, type: column.type)
        }
        if column.type == .text || column.type == .json {
            var texts = MergedTexts(type: column.type, count: count)
            for part in parts {
                texts.put(part.rows, of: try read(part), at: part.places)
                if texts.byteCount > SealedGroups.groupBytesMax, count > 1 { return nil }
            }
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
