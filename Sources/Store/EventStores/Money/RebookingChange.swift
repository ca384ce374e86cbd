import Projections

/// What calls that are booked again cost before and after, told apart by whether the two are exact. In pico-USD.
package struct RebookingChange: Hashable, Sendable {
    /// The cost of several calls together: the same at both ends where all are exact.
    package struct Bounds: Hashable, Sendable {
        /// At least this.
        package private(set) var low: Int128 = 0
        /// At most this; nil where nobody knows an upper end.
        package private(set) var high: Int128? = 0

        fileprivate mutating func add(_ low: Int128, _ high: Int128?) {
            self.low += low
            self.high = self.high.flatMap { known in high.map { known + $0 } }
        }
    }

    /// Calls of one kind.
    package struct Part: Hashable, Sendable {
        /// How many.
        package private(set) var calls: Int64 = 0
        /// What they cost until now.
        package private(set) var before = Bounds()
        /// What they cost from now on.
        package private(set) var after = Bounds()

        fileprivate mutating func add(_ old: CallCost?, _ new: CallCost?) {
            calls += 1
            before.add(old?.lowPicoUSD ?? 0, old?.highPicoUSD)
            after.add(new?.lowPicoUSD ?? 0, new?.highPicoUSD)
        }

        /// By how much they cost more, at least; nil where nobody knows.
        package var differenceLow: Int128? { before.high.map { after.low - $0 } }
        /// By how much they cost more, at most; nil where nobody knows.
        package var differenceHigh: Int128? { after.high.map { $0 - before.low } }
    }

    /// All of them.
    package private(set) var all = Part()
    /// Those whose cost was exact and is.
    package private(set) var exact = Part()
    /// Those whose cost was exact and is no longer.
    package private(set) var exactBefore = Part()
    /// Those whose cost was not exact and is now.
    package private(set) var exactAfter = Part()
    /// Those whose cost was not exact and is not.
    package private(set) var inexact = Part()

    mutating func add(_ old: CallCost?, _ new: CallCost?) {
        all.add(old, new)
        switch (old?.costPicoUSD != nil, new?.costPicoUSD != nil) {
        case (true, true): exact.add(old, new)
        case (true, false): exactBefore.add(old, new)
        case (false, true): exactAfter.add(old, new)
        case (false, false): inexact.add(old, new)
        }
    }
}
