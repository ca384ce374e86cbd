import Domain
import Segments

extension EventStore {
    /// So many events of a table of a segment are looked at, and so many in all: another key is found by a few.
    private static let (groupProofs, proofsMax) = (8, 64)

    /// Whether the events that segments hold are known by a key: where nothing else tells whose it is. Of one that is
    /// another store's the filters of segments know one event in a hundred.
    /// - Returns: true as well where no segment holds an event.
    /// - Throws: ``StorageError`` where the volume fails; what is damaged proves nothing.
    func isKnown(byKey secret: [UInt8]) throws -> Bool {
        let key = StoreKey.identityKey(of: secret)
        let last = registry.wellKnown.tenant
        var (known, looked) = (0, 0)
        for segment in publishedVersion.sealed.segments {
            for layout in layouts.tables where looked < Self.proofsMax {
                guard let group = segment.reader.groups(table: layout.name).first else { continue }
                let rows = Array(0..<min(group.rowCount, Self.groupProofs))
                do {
                    let restorer = RowRestorer(layout, registry: registry) { $0 <= last }
                    let hashes = try restorer.restore(rows: rows, of: group).rows.identityHashes(key: key)
                    known += hashes.count(where: segment.mightContain(identity:))
                    looked += hashes.count
                } catch where StoreError.isOfPlace(error) {
                    continue
                }
            }
        }
        return known >= looked - known
    }
}
