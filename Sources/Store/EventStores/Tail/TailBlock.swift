import Columnar
import Domain
import Projections
import Synchronization

/// Accepted events that no segment holds yet as they are, in the order of their positions: a run of new ones, or some
/// that stand for sealed ones. Never changes, so that readers share it with the writer; neighbours are merged into
/// larger blocks as they grow in number.
final class TailBlock: Sendable {
    let bytes: [UInt8]
    /// Where each row begins.
    let starts: [UInt32]
    /// Position of the first event.
    let firstPosition: Int64
    /// Of each event, ascending; nil where they follow the first one by one.
    private let positions: [Int64]?
    let receivedTimes: [Int64]
    /// Index into `costs`, −1 for events that cost nothing.
    let costIndices: [Int32]
    let costs: [CallCost]
    /// Hash of each event's identity; empty in blocks that are only folded.
    let identities: [UInt64]
    private let tables = Mutex<[UInt16: Chunk]>([:])

    init(
        bytes: [UInt8], starts: [UInt32], firstPosition: Int64, receivedTimes: [Int64], costIndices: [Int32],
        costs: [CallCost],
        identities: [UInt64], positions: [Int64]? = nil
    ) {
        precondition(positions.map { $0.count == starts.count && $0.first == firstPosition } ?? true)
        self.positions = positions
        precondition(starts.count == receivedTimes.count && starts.count == costIndices.count)
        self.bytes = bytes
        self.starts = starts
        self.firstPosition = firstPosition
        self.receivedTimes = receivedTimes
        self.costIndices = costIndices
        self.costs = costs
        self.identities = identities
    }

    var count: Int { starts.count }
    var lastPosition: Int64 { positions?.last ?? firstPosition + Int64(count) - 1 }

    func position(of row: Int) -> Int64 { positions?[row] ?? firstPosition + Int64(row) }

    /// The row of a position; nil where the block does not hold it.
    func row(of position: Int64) -> Int? {
        guard position >= firstPosition, position <= lastPosition else { return nil }
        guard let positions else { return Int(position - firstPosition) }
        var (low, high) = (0, positions.count)
        while low < high {
            let middle = (low + high) / 2
            if positions[middle] < position { low = middle + 1 } else { high = middle }
        }
        return positions[low] == position ? low : nil
    }

    /// The bytes of one row.
    func bytes(of row: Int) -> [UInt8] {
        let start = Int(starts[row])
        return Array(bytes[start..<(start + EventRowCursor.byteCount(bytes, at: start))])
    }

    /// What a row's call was booked at; nil for events that cost nothing.
    func cost(of row: Int) -> CallCost? { costIndices[row] < 0 ? nil : costs[Int(costIndices[row])] }

    /// The same events at other costs.
    func replacing(costs: [CallCost]) -> TailBlock {
        precondition(costs.count == self.costs.count)
        return TailBlock(
            bytes: bytes, starts: starts, firstPosition: firstPosition, receivedTimes: receivedTimes,
            costIndices: costIndices,
            costs: costs, identities: identities, positions: positions)
    }

    /// The same events with other rows for some of them.
    /// - Parameters:
    ///   - rows: by index of the event.
    ///   - identityKey: keys the hashes of identities, which a new row may change by its time.
    ///   - cost: what a row costs at its position; nil for events that cost nothing.
    func replacing(
        rows: [Int: [UInt8]], identityKey: UInt64,
        cost: (_ bytes: [UInt8], _ start: Int, _ position: Int64) -> CallCost?
    ) -> TailBlock {
        var newIdentities = identities
        var builder = TailBlockBuilder()
        builder.reserve(bytes: bytes.count)
        for row in 0..<count {
            if let replacement = rows[row] {
                let start = builder.append(row: replacement[...])
                newIdentities[row] = EventIdentity.hash(replacement, at: 0, key: identityKey)
                builder.append(cost: cost(builder.bytes, start, position(of: row)))
            } else {
                let start = Int(starts[row])
                builder.append(row: bytes[start..<(start + EventRowCursor.byteCount(bytes, at: start))])
                builder.append(cost: self.cost(of: row))
            }
        }
        return builder.finish(
            firstPosition: firstPosition, receivedTimes: receivedTimes, identities: newIdentities, positions: positions)
    }

    /// Neighbours, oldest first, as one block.
    static func merging(_ blocks: [TailBlock]) -> TailBlock {
        var bytes: [UInt8] = []
        var starts: [UInt32] = []
        var receivedTimes: [Int64] = []
        var costIndices: [Int32] = []
        var costs: [CallCost] = []
        bytes.reserveCapacity(blocks.reduce(0) { $0 + $1.bytes.count })
        for block in blocks {
            precondition(block.firstPosition == blocks[0].firstPosition + Int64(starts.count), "neighbours")
            let byteOffset = UInt32(bytes.count)
            let costOffset = Int32(costs.count)
            bytes.append(contentsOf: block.bytes)
            for start in block.starts { starts.append(start + byteOffset) }
            receivedTimes.append(contentsOf: block.receivedTimes)
            for index in block.costIndices { costIndices.append(index < 0 ? -1 : index + costOffset) }
            costs.append(contentsOf: block.costs)
        }
        return TailBlock(
            bytes: bytes, starts: starts, firstPosition: blocks[0].firstPosition, receivedTimes: receivedTimes,
            costIndices: costIndices, costs: costs, identities: blocks.flatMap(\.identities))
    }

    /// The block's rows of one type as columns, in position order; nil if it has none. Computed once.
    func table(_ layout: EventTableLayout) -> Chunk? {
        if let known = tables.withLock({ $0[layout.typeID] }) { return known.rowCount == 0 ? nil : known }
        var transposer = RowTransposer(layout)
        for row in 0..<count where EventRowCursor.type(bytes, at: Int(starts[row])) == layout.typeID {
            transposer.append(self, row)
        }
        let chunk = transposer.finish()
        tables.withLock { $0[layout.typeID] = chunk }
        return chunk.rowCount == 0 ? nil : chunk
    }
}
