import Segments

/// Sealed rows, of events and of read models, that later ones stand for: for each segment and table, by group,
/// ascending.
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

    private(set) var rows: [Place: [UInt32]] = [:]

    mutating func add(_ row: Int, at place: Place) { rows[place, default: []].append(UInt32(row)) }

    mutating func merge(_ other: ReplacedRows) {
        // order: each goes to a place of its own.
        for (place, more) in other.rows { rows[place] = Array(Set(rows[place] ?? []).union(more)).sorted() }
    }

    /// By segment.
    var bySegment: [UInt64: ReplacedRows] {
        var parts: [UInt64: ReplacedRows] = [:]
        // order: each goes to a place of its own.
        for (place, list) in rows { parts[place.segment, default: ReplacedRows()].rows[place] = list }
        return parts
    }

    /// As a manifest lists them.
    var manifestRows: [SupersededRows] {
        rows.keys.sorted().map {
            SupersededRows(table: $0.table, segmentID: $0.segment, group: $0.group, rows: rows(at: $0).map { Int($0) })
        }.sorted { ($0.table, $0.segmentID, $0.group) < ($1.table, $1.segmentID, $1.group) }
    }

    init() {}

    init(_ manifestRows: [SupersededRows]) {
        for entry in manifestRows {
            // order: a list of the manifest.
            rows[Place(segment: entry.segmentID, table: entry.table, group: entry.group)] = entry.rows.map {
                UInt32($0)
            }
        }
    }

    func rows(at place: Place) -> [UInt32] { (rows[place] ?? []).sorted() }
}
