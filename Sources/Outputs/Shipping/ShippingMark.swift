/// How far a destination has got, as its own row says, which changes in the transaction that brings the rows. It is the
/// truth; what is kept here is a copy for who wants to know while the destination is away.
package struct ShippingMark: Hashable, Sendable {
    /// Counts the transactions: whoever ships knows by it whether the destination is where he left it.
    package var epoch: Int64 = 0
    /// Events up to here are there.
    package var position: Int64 = 0
    /// When the event at the position was received, ns since 1970 UTC, by which a store that was put back and went on
    /// from there is known; nil: nobody knows, or somebody else set the position.
    package var receivedTime: Int64?
    /// What the store noted up to here about events before (prices that came late, corrections, rows that others stand
    /// for, other rules of outcomes) has been followed.
    package var correctedPosition: Int64 = 0
    // tests: as above.
    /// Conversations that silence had closed by then are closed there, ns since 1970 UTC.
    package var closedTime: Int64 = .min

    /// Nothing was shipped.
    package init() {}

    /// No store and no destination counts so far, and one more than it is still a number.
    static let countMax: Int64 = 1 << 62

    /// The mark, where it is one that shipping has written: anybody may change a row over there.
    /// - Throws: ``ShippingFailure``.
    func checked() throws(ShippingFailure) -> ShippingMark {
        for count in [epoch, position, correctedPosition] where !(0...Self.countMax).contains(count) {
            throw ShippingFailure(
                .permanent, "mark", "the destination says that it is at \(count), where nobody has brought it",
                advice: "put right what it says of how far it got, or take all of it away and have everything shipped "
                    + "anew")
        }
        return self
    }
}
