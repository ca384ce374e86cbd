import Columnar

/// What is kept of a piece: its cells at coarse points, and when each of its label sets begins.
final class CellPiece: Sendable {
    /// No other piece has it.
    let number = MorselIdentity.freshOrigin()
    let coarse: CellRun
    let firsts: [(set: Int, time: Int64)]
    /// Of its cells; nil where it has none.
    let points: ClosedRange<Int64>?
    let memoryBytes: Int

    init(_ fine: CellRun, firsts: [(set: Int, time: Int64)]) {
        (coarse, self.firsts, points) = (fine.coarse, firsts, fine.points)
        memoryBytes = coarse.memoryBytes + firsts.count * 16 + 256
    }
}
