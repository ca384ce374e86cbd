import Columnar
import Projections
import Segments

extension EventStore {
    /// Compares what stands for events that are gone with what was written when they went, and counts it.
    func verifyFrozenRows(of version: StoreVersion, _ result: inout Verification) throws {
        result.droppedTenants = version.sealed.ends.tenants
        result.droppedTypes = version.sealed.ends.types
        for segment in version.sealed.segments where segment.isFrozen {
            guard let drop = segment.drop else {
                result.findings.append("segment \(segment.id): it does not say which events were dropped")
                continue
            }
            result.droppedEvents += drop.events
            if drop.events > 0, !drop.scope.isNamed {
                result.droppedUntil = max(result.droppedUntil ?? .min, drop.receivedUntil)
            }
            for table in drop.tables {
                let (rows, hash) = try Self.digest(of: table.name, in: segment)
                if table.name == "turns" { result.turns += rows }
                if table.name == "conversations" { result.conversations += rows }
                if rows == table.rows, hash == table.hash { continue }
                result.findings.append(
                    "\(table.name): rows of segment \(segment.id) are not those that were there when its events were"
                        + " dropped")
            }
        }
    }

    /// Rows of a table of a segment, and the sum of their hashes.
    private static func digest(of table: String, in segment: SealedSegment) throws -> (rows: Int, hash: UInt64) {
        var (rows, hash): (Int, UInt64) = (0, 0)
        for group in segment.reader.groups(table: table) {
            let columns = try group.columns.indices.map { try group.column($0) }
            rows += group.rowCount
            hash &+= RowHashes.sum(columns, rowCount: group.rowCount)
        }
        return (rows, hash)
    }
}
