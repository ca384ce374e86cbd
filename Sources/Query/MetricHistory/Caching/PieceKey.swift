import Columnar

/// A piece of one of a metric's tables.
struct PieceKey: Hashable, Sendable {
    /// The table's place among the metric's.
    var table: Int
    var identity: MorselIdentity
}
