import Columnar
import Domain
import Projections
import Segments

/// The rows of segments that stand for given positions.
struct SealedRows {
    /// One row as it is read now.
    struct Found {
        var position: Int64
        var place: ReplacedRows.Place
        /// Its number in the group.
        var row: Int
        var event: EventRow
        var receivedTime: Int64
        /// With late prices and corrections.
        var cost: CallCost?
    }

    /// Ascending by position; a position that no segment holds is not here.
    private(set) var found: [Found] = []

    /// - Throws: ``FileContentError`` or ``StorageError`` from reading segments.
    /// - Complexity: reads the positions of the groups that may hold one.
    init(
        positions: Set<Int64>, sealed: SealedState, overlay: CostOverlay, layouts: EventTableLayouts,
        registry: SchemaRegistry
    ) throws {
        guard let first = positions.min(), let last = positions.max() else { return }
        // What others of its conversation were frozen with is fixed as they are.
        for segment in sealed.segments where !segment.isSettled {
            for layout in layouts.tables {
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                    guard let range = group.summary(named: "position"), case .integer(let low) = range.minimum,
                        case .integer(let high) = range.maximum, low <= last, high >= first
                    else { continue }
                    let place = ReplacedRows.Place(segment: segment.id, table: layout.name, group: index)
                    try search(
                        group, place, positions, segment.replaced.rows(at: place), overlay, layout, registry)
                }
            }
        }
        found.sort { $0.position < $1.position }
    }

    private mutating func search(
        _ group: RowGroup, _ place: ReplacedRows.Place, _ positions: Set<Int64>, _ dead: Set<UInt32>,
        _ overlay: CostOverlay,
        _ layout: EventTableLayout, _ registry: SchemaRegistry
    ) throws {
        let own = try group.column(named: "position", type: .integer)
        let rows = (0..<group.rowCount).filter { row in
            own.integer(at: row).map(positions.contains) ?? false && !dead.contains(UInt32(row))
        }
        guard !rows.isEmpty else { return }
        let morsel = layout.morsel(of: group, statistics: ScanStatistics(), overlay: overlay)
        let restored = try RowRestorer(layout, registry: registry).restore(
            rows: rows, of: morsel, isTimeAbsent: try group.timeAbsent())
        for (index, row) in rows.enumerated() {
            found.append(
                Found(
                    position: restored.positions[index], place: place, row: row, event: restored.rows[index],
                    receivedTime: restored.receivedTimes[index], cost: restored.costs[index]))
        }
    }
}
