import Bytes
import Columnar
import Domain
import Projections
import Synchronization

/// Accepted events that no segment holds yet as they are, in the order of their positions: a run of new ones, or some
/// that stand for sealed ones. Never changes, so that readers share it with the writer; neighbours are merged into
/// larger blocks as they grow in number.
final class TailBlock: Sendable {
    /// Of its rows by type.
    let origin = MorselIdentity.freshOrigin()
    /// The rows.
    let rows: EventRows
    /// Position of the first event.
    let firstPosition: Int64
    /// Of each event, ascending; nil where they follow the first one by one.
    private let positions: [Int64]?
    let receivedTimes: [Int64]
    /// What each was booked at.
    let costs: RowCosts
    /// Hash of each event's identity; empty in blocks that are only folded.
    let identities: [UInt64]
    private let tables = Mutex(Tables())

    private struct Tables {
        /// Made so far, by type.
        var made: [UInt16: Chunk] = [:]
        /// The rows of types whose tables are not made; nil before the first one is wanted.
        var rows: [UInt16: [Int]]?
    }

    /// - Parameters:
    ///   - identities: hashes, by row; empty in a block that is only folded.
    ///   - positions: by row, ascending; nil where they follow the first one by one.
    init(
        _ rows: EventRows, firstPosition: Int64, receivedTimes: [Int64], costs: RowCosts, identities: [UInt64] = [],
        positions: [Int64]? = nil
    ) {
        precondition(positions.map { $0.count == rows.count && $0.first == firstPosition } ?? true)
        precondition(rows.count == receivedTimes.count && rows.count == costs.count)
        self.rows = rows
        self.firstPosition = firstPosition
        self.positions = positions
        self.receivedTimes = receivedTimes
        self.costs = costs
        self.identities = identities
    }

    var count: Int { rows.count }
    var byteCount: Int { rows.bytes.count }
    var size: TailMerging.Size { (count, byteCount) }
    var lastPosition: Int64 { positions?.last ?? firstPosition + Int64(count) - 1 }

    func position(of row: Int) -> Int64 { positions?[row] ?? firstPosition + Int64(row) }

    /// The row of a position; nil where the block does not hold it.
    func row(of position: Int64) -> Int? {
        guard position >= firstPosition, position <= lastPosition else { return nil }
        guard let positions else { return Int(position - firstPosition) }
        let row = positions.partitioningIndex { $0 >= position }
        return positions[row] == position ? row : nil
    }

    /// The same events at other costs.
    func replacing(costs: RowCosts) -> TailBlock {
        precondition(costs.values.count == self.costs.values.count)
        return TailBlock(
            rows, firstPosition: firstPosition, receivedTimes: receivedTimes, costs: costs, identities: identities,
            positions: positions)
    }

    /// The same events with other rows for some of them.
    /// - Parameters:
    ///   - replacements: by index of the event.
    ///   - identityKey: keys the hashes of identities, which a new row may change by its time.
    ///   - cost: what a row costs at its position; nil for events that cost nothing.
    func replacing(
        rows replacements: [Int: EventRow], identityKey: UInt64, cost: (EventRow, _ position: Int64) -> CallCost?
    ) -> TailBlock {
        var (newRows, newCosts, newIdentities) = (EventRows(), RowCosts(), identities)
        newRows.bytes.reserveCapacity(rows.bytes.count)
        for index in rows.indices {
            if let row = replacements[index] {
                newRows.append(row)
                newIdentities[index] = row.identityHash(key: identityKey)
                newCosts.append(cost(row, position(of: index)))
            } else {
                newRows.append(rows[index])
                newCosts.append(costs[index])
            }
        }
        return TailBlock(
            newRows, firstPosition: firstPosition, receivedTimes: receivedTimes, costs: newCosts,
            identities: newIdentities, positions: positions)
    }

    /// Neighbours, oldest first, as one block.
    static func merging(_ blocks: [TailBlock]) -> TailBlock {
        var (rows, costs) = (EventRows(), RowCosts())
        var (receivedTimes, identities): ([Int64], [UInt64]) = ([], [])
        let count = blocks.reduce(0) { $0 + $1.count }
        rows.bytes.reserveCapacity(blocks.reduce(0) { $0 + $1.rows.bytes.count })
        rows.starts.reserveCapacity(count)
        receivedTimes.reserveCapacity(count)
        identities.reserveCapacity(count)
        for block in blocks {
            precondition(block.firstPosition == blocks[0].firstPosition + Int64(rows.count), "neighbours")
            rows.append(contentsOf: block.rows)
            costs.append(contentsOf: block.costs)
            receivedTimes.append(contentsOf: block.receivedTimes)
            identities.append(contentsOf: block.identities)
        }
        return TailBlock(
            rows, firstPosition: blocks[0].firstPosition, receivedTimes: receivedTimes, costs: costs,
            identities: identities)
    }

    /// The block's rows of one type as columns, in position order; nil if it has none. Computed once.
    func table(_ layout: EventTableLayout) -> Chunk? {
        let (known, wanted) = tables.withLock { tables -> (Chunk?, [Int]) in
            if let known = tables.made[layout.typeID] { return (known, []) }
            let rows = tables.rows ?? rowsByType
            tables.rows = rows
            return (nil, rows[layout.typeID] ?? [])
        }
        if let known { return known }
        guard !wanted.isEmpty else { return nil }
        var transposer = RowTransposer(layout, rowCount: wanted.count)
        transposer.append(self, wanted)
        let chunk = transposer.finish()
        tables.withLock { tables in
            tables.made[layout.typeID] = chunk
            tables.rows?[layout.typeID] = nil
        }
        return chunk
    }

    /// Looked at once for all types: a question may want each of them.
    private var rowsByType: [UInt16: [Int]] {
        var found: [UInt16: [Int]] = [:]
        for index in rows.indices { found[rows[index].type, default: []].append(index) }
        return found
    }
}
