import Columnar
import Domain
import Platform
import Projections
import Segments

extension EventStore {
    /// Findings where a segment's rollup rows are not what its events give.
    /// - Complexity: O(rows of events and rollups), a segment's rows of one rollup at a time for each worker.
    func rollupDamage(_ version: StoreVersion) throws -> [String] {
        let (segments, rollups, layouts) = (version.sealed.unfrozen.segments, layouts.rollups.count, layouts)
        return try context.workers.map(count: segments.count * rollups) { index -> String? in
            try Self.damage(of: segments[index / rollups], rollup: index % rollups, layouts)
        }.compactMap { $0 }
    }

    private static func damage(
        of segment: SealedSegment, rollup index: Int, _ layouts: EventTableLayouts
    ) throws -> String? {
        let layout = layouts.rollups[index].layout
        let groups = segment.reader.groups(table: layout.definition.name)
        // Segments of versions that knew fewer rollups, or other ones, answer from their events.
        guard let first = groups.first, first.columnNames == layout.columns.map(\.name) else { return nil }
        let expected = try RollupGroups.recomputed(segment, rollup: index, layouts: layouts)
        let stored = try groups.map { group in
            Chunk(
                columns: try layout.columns.map { try group.column(named: $0.name, type: $0.type) },
                rowCount: group.rowCount)
        }
        if areEqual(expected, stored) { return nil }
        return "\(layout.definition.name): rows of segment \(segment.id) are not those that its events give"
    }

    private static func areEqual(_ left: [Chunk], _ right: [Chunk]) -> Bool {
        guard left.map(\.rowCount) == right.map(\.rowCount) else { return false }
        for (a, b) in zip(left, right) {
            for (x, y) in zip(a.columns, b.columns) where !areEqual(x, y, rowCount: a.rowCount) { return false }
        }
        return true
    }

    /// Rows that are null hold zero, so that numbers can be compared as they lie.
    private static func areEqual(_ left: Vector, _ right: Vector, rowCount: Int) -> Bool {
        if left.type == right.type, left.validity == right.validity {
            switch (left.storage, right.storage) {
            case (.int64(let a), .int64(let b)): return a == b
            case (.int128(let a), .int128(let b)): return a == b
            default: break
            }
        }
        return (0..<rowCount).allSatisfy { left.scalar(at: $0) == right.scalar(at: $0) }
    }
}
