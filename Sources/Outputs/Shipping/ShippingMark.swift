/// How far a destination has got, as its own row says, which changes in the transaction that brings the rows. It is the
/// truth; what is kept here is a copy for who wants to know while the destination is away.
package struct ShippingMark: Hashable, Sendable {
    // tests: a database in memory keeps it.
    /// Counts the transactions: whoever ships knows by it whether the destination is where he left it.
    package var epoch: Int64 = 0
    /// Events up to here are there.
    package var position: Int64 = 0
    /// When the event at the position was received, ns since 1970 UTC, by which a store that was put back and went on
    /// from there is known; nil: nobody knows, or somebody else set the position.
    package var receivedTime: Int64?
    /// What the store noted up to here about events before (prices that came late, corrections, rows that others stand
    /// for, other rules of outcomes) has been followed.
    var correctedPosition: Int64 = 0
    /// Conversations that silence had closed by then are closed there, ns since 1970 UTC.
    var closedTime: Int64 = .min

    /// Nothing was shipped.
    package init() {}
}
