import Segments

/// Sealed rows, of events and of read models, that later ones stand for: for each segment and table, by group.
struct ReplacedRows: Hashable, Sendable {
    // texts: tables have names of ours.
    struct Place: Hashable, Comparable, Sendable {
        var segment: UInt64
        var table: String
        var group: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.segment, left.table, left.group) < (right.segment, right.table, right.group)
        }
    }

    private(set) var rows: [Place: Set<UInt32>] = [:]

    mutating func add(_ row: Int, at place: Place) { rows[place, default: []].insert(UInt32(row)) }

    mutating func merge(_ other: ReplacedRows) {
        // order: each goes to a place of its own.
        for (place, more) in other.rows { rows[place, default: []].formUnion(more) }
    }

    /// By segment.
    var bySegment: [UInt64: ReplacedRows] {
        var parts: [UInt64: ReplacedRows] = [:]
        // order: each goes to a place of its own.
        for (place, set) in rows { parts[place.segment, default: ReplacedRows()].rows[place] = set }
        return parts
    }

    /// Those of some segments alone.
    func only(of segments: Set<UInt64>) -> ReplacedRows {
        var part = ReplacedRows()
        part.rows = rows.filter { segments.contains($0.key.segment) }
        return part
    }

    /// Those that others are not.
    func subtracting(_ others: ReplacedRows) -> ReplacedRows {
        var rest = ReplacedRows()
        // order: each goes to a place of its own.
        for (place, set) in rows {
            let left = set.subtracting(others.rows(at: place))
            if !left.isEmpty { rest.rows[place] = left }
        }
        return rest
    }

    /// As a manifest lists them.
    var manifestRows: [SupersededRows] {
        rows.map { place, set in
            SupersededRows(
                table: place.table, segmentID: place.segment, group: place.group, rows: set.sorted().map { Int($0) })
        }.sorted { ($0.table, $0.segmentID, $0.group) < ($1.table, $1.segmentID, $1.group) }
    }

    init() {}

    init(_ manifestRows: [SupersededRows]) {
        for entry in manifestRows {
            // order: a list of the manifest.
            let place = Place(segment: entry.segmentID, table: entry.table, group: entry.group)
            rows[place] = Set(entry.rows.map { UInt32($0) })
        }
    }

    /// Those of one group, as they are held: asking copies nothing.
    func rows(at place: Place) -> Set<UInt32> { rows[place] ?? [] }
}
