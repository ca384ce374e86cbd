package import Domain
import Columnar
import Segments

extension StoreSnapshot {
    /// Hands out every event as the row that was accepted, in the order of positions: sealed events a segment at a time, then the rest.
    ///
    /// - Parameter times: event times (ns) wanted; segments without any are not read.
    /// - Throws: ``CorruptionError`` and ``StorageError`` of reading, and what the body throws.
    /// - Complexity: O(events of the segments touched); memory for those of one segment.
    package func forEachBatch(in times: Range<Int64>, _ body: (EventBatch) throws -> Void) throws {
        for segment in version.sealed.segments where segment.timeRange.overlaps(times) {
            try body(try events(of: segment, in: times))
        }
        for block in version.tail.blocks {
            let wanted = block.starts.filter { times.contains(EventRowCursor.time(block.bytes, at: Int($0))) }
            try body(EventBatch(bytes: block.bytes, offsets: wanted))
        }
    }

    private func events(of segment: SealedSegment, in times: Range<Int64>) throws -> EventBatch {
        var batch = EventBatch()
        var found: [(position: Int64, start: UInt32)] = []
        for layout in layouts.tables {
            let restorer = RowRestorer(layout, registry: registry)
            for group in segment.reader.groups(table: layout.name) {
                let eventTimes = try group.column(named: "time", type: .timestamptz)
                let rows = (0..<group.rowCount).filter { eventTimes.integer(at: $0).map(times.contains) ?? false }
                let restored = try restorer.restore(
                    rows: rows, isTimeAbsent: try group.timeAbsent(),
                    column: { try group.column(named: layout.columns[$0].name, type: layout.columns[$0].type) })
                let offset = UInt32(batch.bytes.count)
                batch.bytes.append(contentsOf: restored.bytes)
                for (start, position) in zip(restored.starts, restored.positions) { found.append((position, start + offset)) }
            }
        }
        found.sort { $0.position < $1.position }
        batch.offsets = found.map(\.start)
        return batch
    }
}
