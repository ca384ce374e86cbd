import Bytes
import Columnar
import Synchronization

/// What a plan was prepared to the last time, for whoever asks the same again: it stays so while the rollups are the
/// same and reach as far back, the settings are, and subqueries answer the same. Safe on any thread.
package final class KeptPreparation: Sendable {
    /// All that decides what the one plan becomes.
    struct Basis: Hashable, Sendable {
        /// As the catalog describes them, with the time from which on each is whole.
        var rollups: [RollupDescription]
        var timeZone: ExactText
        var usesRollups: Bool
        /// What subqueries answered, in order.
        var answers: [Scalar] = []
    }

    private struct Kept: Sendable {
        var basis: Basis
        var prepared: Plan
    }

    /// Rollups put in several stretches of time for one table: so many parts are kept beside as many as the plan has.
    private static let partsMore = 256
    /// Answers of subqueries are numbers and times, mostly.
    private static let answerBytesMax = 1 << 10

    /// The most parts (``Plan/partsCount``) that a prepared plan has which is kept.
    package let partsMax: Int
    /// Whether subqueries have to be answered before anybody knows what the plan becomes.
    let asksSubqueries: Bool
    private let plan: Plan
    private let kept = Mutex<Kept?>(nil)

    /// Nothing yet.
    /// - Parameter plan: the only one that it is for, as the compiler gave it.
    /// - Complexity: O(size).
    package init(of plan: Plan) {
        self.plan = plan
        partsMax = plan.partsCount + Self.partsMore
        asksSubqueries = plan.holdsSubquery
    }

    /// What was kept on this basis; nil where that was another, or nothing was.
    func plan(of plan: Plan, on basis: Basis) -> Plan? {
        assert(plan == self.plan, "a preparation is of one plan")
        let known = kept.withLock { $0 }
        return known?.basis == basis ? known?.prepared : nil
    }

    /// Keeps it instead of what was kept, unless it is larger than was expected, or what it rests on cannot be compared
    /// to the last bit.
    func keep(_ prepared: Plan, on basis: Basis) {
        guard prepared.partsCount <= partsMax, basis.answers.allSatisfy(\.isComparedByBits),
            basis.answers.reduce(0, { $0 + $1.textBytes + 32 }) <= Self.answerBytesMax
        else { return }
        let old = kept.withLock { kept in
            defer { kept = Kept(basis: basis, prepared: prepared) }
            return kept
        }
        // It goes when this returns, not under the lock.
        withExtendedLifetime(old) {}
    }
}

extension Scalar {
    /// Whether equal values are written alike: 0 and -0 are not.
    fileprivate var isComparedByBits: Bool {
        switch self {
        case .double, .array: false
        case .null, .boolean, .integer, .numeric, .text, .timestamptz, .timestamp, .date, .interval, .json: true
        }
    }
}
