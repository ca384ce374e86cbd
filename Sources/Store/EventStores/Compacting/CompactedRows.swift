import Synchronization

/// Where rows are once segments have become one: marks that came meanwhile follow them.
final class CompactedRows: Sendable {
    /// By group of before: of each row the group and the row in the new segment, 16 bits each.
    private let places = Mutex<[ReplacedRows.Place: [UInt32]]>([:])
    fileprivate static let unknown = UInt32.max

    /// Nothing is known.
    init() {}

    /// Takes in where the rows of one table went.
    func add(_ table: Table) {
        places.withLock { places in
            for (origin, targets) in zip(table.origins, table.targets) { places[origin] = targets }
        }
    }

    /// Marks where they are in the new segment; nil where that is not known of one.
    /// - Parameter segmentID: of the new segment.
    func following(_ marks: ReplacedRows, to segmentID: UInt64) -> ReplacedRows? {
        places.withLock { places in
            var moved = ReplacedRows()
            // order: each goes to a place of its own.
            for (place, rows) in marks.rows {
                guard let targets = places[place] else { return nil }
                // order: likewise.
                for row in rows {
                    guard Int(row) < targets.count, targets[Int(row)] != Self.unknown else { return nil }
                    let (group, row) = (Int(targets[Int(row)] >> 16), Int(targets[Int(row)] & 0xFFFF))
                    moved.add(row, at: ReplacedRows.Place(segment: segmentID, table: place.table, group: group))
                }
            }
            return moved
        }
    }

    /// Where the rows of one table go, while its groups are written: 4 bytes a row.
    struct Table {
        fileprivate let origins: [ReplacedRows.Place]
        fileprivate var targets: [[UInt32]]

        init(_ table: MergedTable) {
            origins = table.origins
            targets = table.rowCounts.map { Array(repeating: CompactedRows.unknown, count: $0) }
        }

        /// Notes the rows of a group, in its order.
        mutating func add(_ rows: ArraySlice<MergedTable.Place>, group: Int) {
            // The last one is told apart from what is not known; no segment has so many.
            guard group < 0xFFFF else { return }
            for (row, place) in rows.enumerated() {
                targets[Int(place.source)][Int(place.row)] = UInt32(group) << 16 | UInt32(row)
            }
        }
    }
}
