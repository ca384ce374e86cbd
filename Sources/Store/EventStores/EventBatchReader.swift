import Columnar
package import Domain
import Segments

/// Hands out events batch by batch, at the pace of whoever asks.
package protocol EventBatchSource: Sendable {
    /// The next batch, which may be empty; nil after the last one.
    mutating func next() throws -> EventBatch?
}

/// Every event of a snapshot as the row that stands for it, in the order of positions: sealed events a segment at a time, then the rest. A
/// row that late spans replaced after its seal comes where it was written anew.
package struct EventBatchReader: EventBatchSource {
    private let snapshot: StoreSnapshot
    private let times: Range<Int64>
    private var segments = 0
    private var blocks = 0

    /// - Parameter times: event times (ns) wanted; segments without any are not read.
    init(_ snapshot: StoreSnapshot, in times: Range<Int64>) {
        self.snapshot = snapshot
        self.times = times
    }

    /// - Throws: ``CorruptionError`` and ``StorageError`` of reading.
    /// - Complexity: O(events of the segment touched), in time and memory.
    package mutating func next() throws -> EventBatch? {
        let version = snapshot.version
        while segments < version.sealed.segments.count {
            let segment = version.sealed.segments[segments]
            segments += 1
            if segment.timeRange.overlaps(times) { return try snapshot.events(of: segment, in: times) }
        }
        let unsealed = version.tail.readBlocks
        guard blocks < unsealed.count else { return nil }
        let block = unsealed[blocks]
        blocks += 1
        let wanted = block.starts.filter { times.contains(EventRowCursor.time(block.bytes, at: Int($0))) }
        return EventBatch(bytes: block.bytes, offsets: wanted)
    }
}

extension StoreSnapshot {
    /// The events of some times, in the order of positions.
    package func eventBatches(in times: Range<Int64>) -> EventBatchReader { EventBatchReader(self, in: times) }

    fileprivate func events(of segment: SealedSegment, in times: Range<Int64>) throws -> EventBatch {
        var batch = EventBatch()
        var found: [(position: Int64, start: UInt32)] = []
        for layout in layouts.tables {
            let restorer = RowRestorer(layout, registry: registry)
            for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                let eventTimes = try group.column(named: "time", type: .timestamptz)
                let dead = Set(segment.deadRows(table: layout.name, group: index))
                let rows = (0..<group.rowCount).filter { !dead.contains(UInt32($0)) && eventTimes.integer(at: $0).map(times.contains) ?? false }
                let restored = try restorer.restore(rows: rows, of: group)
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
