import Columnar
import EventStores
import Platform
import Segments

/// A second kind of job, as small as one can be: writes one segment again under another id, row for row.
struct RewriteJob: StoreJob {
    /// Which of the base's segments; the last one where there are fewer.
    var index = 0

    var kind: String { "rewrite" }

    func prepare(_ base: StoreJobBase) throws -> ManifestEdit {
        var edit = ManifestEdit()
        guard !base.manifest.segments.isEmpty else { return edit }
        let old = base.manifest.segments[min(index, base.manifest.segments.count - 1)]
        let reader = try SegmentReader.open(
            fileSystem: base.fileSystem, path: base.directory + "/" + old.description.fileName)
        let writer = try SegmentWriter(
            fileSystem: base.fileSystem, directory: base.directory, segmentID: base.segmentID)
        do {
            for table in reader.tableNames {
                for group in reader.groups(table: table) {
                    let columns = try group.columns.indices.map { try group.column($0) }
                    try writer.add(
                        table: table, columns: group.columns, chunk: Chunk(columns: columns, rowCount: group.rowCount))
                }
            }
            edit.added = [
                ManifestSegment(try writer.finish(), positions: old.positions, receivedRange: old.receivedRange)
            ]
        } catch {
            try? writer.abandon()
            throw error
        }
        edit.removed = [old.description.segmentID]
        edit.superseded = base.manifest.superseded.filter { $0.segmentID == old.description.segmentID }.map {
            SupersededRows(table: $0.table, segmentID: base.segmentID, group: $0.group, rows: $0.rows)
        }
        return edit
    }
}
