import Columnar
import Domain
import Projections
import Segments

/// Rows that came to stand for sealed ones: they wait in the tail, or lie in a later segment than the one of their
/// position.
struct MovedRows: Sendable {
    private(set) var rows: [PlacedRows] = []

    /// - Complexity: a look at the groups' footers, and O(bytes of the rows found).
    init(_ snapshot: StoreSnapshot) throws {
        for segment in snapshot.version.sealed.segments {
            let first = segment.positions?.lowerBound ?? .max
            for layout in snapshot.layouts.tables {
                let restorer = RowRestorer(layout, registry: snapshot.registry)
                for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                    if case .integer(let least)? = group.summary(named: "position")?.minimum, least >= first {
                        continue
                    }
                    let positions = try group.column(named: "position", type: .integer)
                    let live = segment.liveRows(of: group, index: index, table: layout.name)
                    let moved = live.filter { (positions.integer(at: $0) ?? .max) < first }
                    if !moved.isEmpty { rows.append(try restorer.restore(rows: moved, of: group)) }
                }
            }
        }
        rows += snapshot.version.tail.amended.map { PlacedRows($0) }
    }

    /// Whether the row of one of the positions is among them.
    func has(any positions: ClosedRange<Int64>) -> Bool {
        rows.contains { $0.positions.contains { positions.contains($0) } }
    }
}
