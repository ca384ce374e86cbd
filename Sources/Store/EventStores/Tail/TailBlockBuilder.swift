import Domain
import Projections

/// Puts a block together: rows end to end, and what each costs beside them, in the same order.
struct TailBlockBuilder {
    private(set) var bytes: [UInt8] = []
    /// Where each row begins.
    private(set) var starts: [UInt32] = []
    private var costIndices: [Int32] = []
    private var costs: [CallCost] = []

    init() {}

    /// Rows that stand end to end already; what they cost is yet to be told.
    init(rows bytes: [UInt8], starts: [UInt32]) { (self.bytes, self.starts) = (bytes, starts) }

    mutating func reserve(bytes count: Int) { bytes.reserveCapacity(count) }

    /// - Returns: where the row begins in ``bytes``.
    @discardableResult
    mutating func append(row: ArraySlice<UInt8>) -> Int {
        let start = bytes.count
        starts.append(UInt32(start))
        bytes.append(contentsOf: row)
        return start
    }

    /// Files a row that came without a time of its own under one.
    mutating func set(time: Int64, ofRowAt start: Int) { EventRowCursor.setTime(time, in: &bytes, at: start) }

    /// What the next row without a cost costs; nil for an event that costs nothing.
    mutating func append(cost: CallCost?) {
        assert(costIndices.count < starts.count, "a row for each cost")
        costIndices.append(cost == nil ? -1 : Int32(costs.count))
        if let cost { costs.append(cost) }
    }

    /// - Parameters:
    ///   - identities: hashes, by row; empty in a block that is only folded.
    ///   - positions: by row, ascending; nil where they follow the first one by one.
    /// - Precondition: a cost, even if none, was told of each row; all else is by row.
    func finish(
        firstPosition: Int64, receivedTimes: [Int64], identities: [UInt64], positions: [Int64]? = nil
    ) -> TailBlock {
        TailBlock(
            bytes: bytes, starts: starts, firstPosition: firstPosition, receivedTimes: receivedTimes,
            costIndices: costIndices, costs: costs, identities: identities, positions: positions)
    }
}
