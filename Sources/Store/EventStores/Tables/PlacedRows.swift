import Domain
import Projections

/// Event rows with what stands beside each of them in a block, in whatever order: read back from columns, or taken out
/// of blocks.
struct PlacedRows: Sendable {
    var rows = EventRows()
    /// Of each event.
    var positions: [Int64] = []
    /// Of each event, ns since 1970 UTC.
    var receivedTimes: [Int64] = []
    var costs = RowCosts()

    /// No rows.
    init() {}

    /// The rows of a block; none is copied.
    init(_ block: TailBlock) {
        rows = block.rows
        positions = block.rows.indices.map { block.position(of: $0) }
        (receivedTimes, costs) = (block.receivedTimes, block.costs)
    }

    /// How many events.
    var count: Int { rows.count }

    /// Copies a row to the end.
    mutating func append(_ row: EventRow, position: Int64, receivedTime: Int64, cost: CallCost?) {
        rows.append(row)
        positions.append(position)
        receivedTimes.append(receivedTime)
        costs.append(cost)
    }

    /// Copies other rows to the end.
    mutating func append(contentsOf more: PlacedRows) {
        rows.append(contentsOf: more.rows)
        positions += more.positions
        receivedTimes += more.receivedTimes
        costs.append(contentsOf: more.costs)
    }

    /// Copies those of other rows to the end that stand at the wanted positions.
    mutating func append(contentsOf more: PlacedRows, at wanted: ClosedRange<Int64>) {
        for row in more.rows.indices where wanted.contains(more.positions[row]) {
            append(
                more.rows[row], position: more.positions[row], receivedTime: more.receivedTimes[row],
                cost: more.costs[row])
        }
    }

    /// The rows in the order of their positions, as a block that counts positions one by one from a first one.
    func block(from firstPosition: Int64) -> TailBlock {
        block(inOrder: sortedRows, from: firstPosition, positions: nil)
    }

    /// The rows in the order of their positions, as a block that tells the position of each, to be read through; nil
    /// where there are none.
    var orderedBlock: TailBlock? {
        if let first = positions.first, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) {
            return TailBlock(
                rows, firstPosition: first, receivedTimes: receivedTimes, costs: costs, positions: positions)
        }
        let order = sortedRows
        guard let first = order.first else { return nil }
        return block(inOrder: order, from: positions[first], positions: order.map { positions[$0] })
    }

    /// Numbers of the rows, in the order of their positions.
    private var sortedRows: [Int] { positions.indices.sorted { positions[$0] < positions[$1] } }

    /// - Parameter positions: of each row of the block; nil: one by one from the first.
    private func block(inOrder order: [Int], from firstPosition: Int64, positions: [Int64]?) -> TailBlock {
        TailBlock(
            EventRows(bytes: rows.bytes, starts: order.map { rows.starts[$0] }), firstPosition: firstPosition,
            receivedTimes: order.map { receivedTimes[$0] }, costs: RowCosts(order.map { costs[$0] }),
            positions: positions)
    }

    /// The rows as a block that tells the position of each.
    /// - Precondition: at least one row; they ascend by position.
    func block(identityKey: UInt64) -> TailBlock {
        TailBlock(
            rows, firstPosition: positions[0], receivedTimes: receivedTimes, costs: costs,
            identities: rows.identityHashes(key: identityKey), positions: positions)
    }
}
