import Domain
import Projections
import Synchronization

/// Which rows each event group of a seal has: by type, in order of time, then as they stand in the blocks. That follows
/// from the blocks alone, so it may be found out beside the rest; once, by whoever wants it first.
final class SealedPlan: Sendable {
    struct RowPlace: Sendable {
        var time: Int64
        var block: Int32
        var row: Int32
        /// Length of the row: noted while the rows are gone through in their order, since the groups' order jumps.
        var byteCount: Int32
    }

    /// One group.
    struct Work: Sendable {
        var layout: EventTableLayout
        var rows: [RowPlace]
    }

    private let blocks: [TailBlock]
    private let layouts: EventTableLayouts
    private let made = Mutex<[Work]?>(nil)

    init(_ blocks: [TailBlock], _ layouts: EventTableLayouts) { (self.blocks, self.layouts) = (blocks, layouts) }

    /// The groups.
    /// - Complexity: O(rows · log rows), once.
    var work: [Work] {
        made.withLock { made in
            if let made { return made }
            let work = Self.plan(blocks, layouts)
            made = work
            return work
        }
    }

    private static func plan(_ blocks: [TailBlock], _ layouts: EventTableLayouts) -> [Work] {
        var byType = [[RowPlace]](repeating: [], count: layouts.tables.count)
        for (blockIndex, block) in blocks.enumerated() {
            // By their places: other threads walk the same rows, and nothing of them is counted for each.
            let rows = block.rows
            for index in rows.indices {
                let row = rows[index]
                byType[Int(row.type)].append(
                    RowPlace(
                        time: row.time, block: Int32(blockIndex), row: Int32(index),
                        byteCount: Int32(clamping: row.byteCount)))
            }
        }
        var work: [Work] = []
        for (type, rows) in byType.enumerated() where !rows.isEmpty {
            let sorted = rows.sorted { ($0.time, $0.block, $0.row) < ($1.time, $1.block, $1.row) }
            var first = 0
            var bytes = 0
            for index in 1...sorted.count {
                bytes += Int(sorted[index - 1].byteCount)
                let isEnd =
                    index == sorted.count || bytes + Int(sorted[index].byteCount) > SealedGroups.groupBytesMax
                    || SealedGroups.endsGroup(
                        of: index - first, at: sorted[index - 1].time, before: sorted[index].time)
                guard isEnd else { continue }
                work.append(Work(layout: layouts.tables[type], rows: Array(sorted[first..<index])))
                (first, bytes) = (index, 0)
            }
        }
        return work
    }
}
