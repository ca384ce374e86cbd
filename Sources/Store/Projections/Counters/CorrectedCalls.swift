import Domain

/// How many calls a correction changed in a way that counters tell.
package struct CorrectedCalls: Hashable, Sendable {
    /// Those that had an exact cost and have none now.
    package private(set) var unpriced: UInt64 = 0
    /// Those that had none and have one now.
    package private(set) var priced: UInt64 = 0

    /// None.
    package init() {}

    /// Takes one call more; one that has an exact cost before and after, or neither, changes nothing.
    package mutating func add(_ before: CallCost?, _ after: CallCost?) {
        guard let before, let after else { return }
        if before.state == .priced, after.state != .priced { unpriced += 1 }
        if before.state != .priced, after.state == .priced { priced += 1 }
    }

    /// Whether counters stay as they are.
    package var isEmpty: Bool { unpriced == 0 && priced == 0 }
}
