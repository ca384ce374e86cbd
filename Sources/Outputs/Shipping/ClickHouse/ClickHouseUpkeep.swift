import Synchronization

// tests: looked at without a server.
/// What is known for as long as the process runs: when rows that no longer count are to be taken away, and where the
/// database was left.
package final class ClickHouseUpkeep: Sendable {
    private struct State {
        var shipments = 0
        // texts: names of tables.
        var changed: Set<String> = []
        /// The last shipment that counted when the database was left; nil: it has not been looked at yet.
        var last: Int64?
        /// The highest number that anybody had written down by then, and since.
        var highest: Int64 = 0
    }

    private let shipmentsMax: Int
    private let state = Mutex(State())

    /// - Parameter shipmentsMax: after so many.
    package init(after shipmentsMax: Int) { self.shipmentsMax = shipmentsMax }

    /// A shipment brought rows to some tables.
    /// - Returns: the tables that are due; nil: none are.
    func note(_ tables: [String]) -> Set<String>? {
        state.withLock { state in
            state.shipments += 1
            state.changed.formUnion(tables)
            guard state.shipments >= shipmentsMax else { return nil }
            defer { (state.shipments, state.changed) = (0, []) }
            return state.changed
        }
    }

    // MARK: Where it was left

    /// All that is there is known, up to a shipment that counts and a number that somebody wrote down.
    package func leave(last: Int64, highest: Int64) {
        state.withLock { state in
            state.last = last
            state.highest = max(highest, last)
        }
    }

    /// A number was written down.
    package func claim(_ revision: Int64) { state.withLock { $0.highest = max($0.highest, revision) } }

    /// Whether the database says that it is where it was left: one that was put back to an earlier state does not.
    package func isAsLeft(last: Int64, highest: Int64) -> Bool {
        state.withLock { $0.last == last && highest >= $0.highest }
    }
}
