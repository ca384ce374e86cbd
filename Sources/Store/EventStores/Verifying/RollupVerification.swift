import Columnar
import Domain
import Projections
import Segments

extension EventStore {
    /// Findings where a segment's rollup rows are not what its events give.
    func rollupDamage(_ version: StoreVersion) throws -> [String] {
        var findings: [String] = []
        for segment in version.sealed.unfrozen.segments {
            for (index, rollup) in layouts.rollups.enumerated() {
                let groups = segment.reader.groups(table: rollup.layout.definition.name)
                // Segments of versions that knew fewer rollups, or other ones, answer from their events.
                guard let first = groups.first, first.columnNames == rollup.layout.columns.map(\.name) else { continue }
                let expected = try RollupGroups.recomputed(segment, rollup: index, layouts: layouts)
                var stored: [Chunk] = []
                for group in groups {
                    let columns = try rollup.layout.columns.map { try group.column(named: $0.name, type: $0.type) }
                    stored.append(Chunk(columns: columns, rowCount: group.rowCount))
                }
                if !Self.areEqual(expected, stored) {
                    findings.append(
                        "\(rollup.layout.definition.name): rows of segment \(segment.id) are not those that its events give"
                    )
                }
            }
        }
        return findings
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
