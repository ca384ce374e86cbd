import Synchronization

/// What requests over one snapshot have found out of it: pieces of its tables never change.
final class SnapshotCells: Sendable {
    private struct State {
        var metrics: [IndexKey: CachedCells?] = [:]
        // texts: tables have names of ours.
        var tables: [String: ListedTable?] = [:]
        // texts: likewise.
        var activities: [String: ActivityPieces?] = [:]
        var first: Int64??
    }

    private let state = Mutex(State())

    /// nil where it is not known; the value nil where it can't be kept.
    func cells(_ key: IndexKey) -> CachedCells?? { state.withLock { $0.metrics[key] } }
    func keep(_ cells: CachedCells?, as key: IndexKey) { state.withLock { $0.metrics[key] = .some(cells) } }

    /// A table with its pieces, listed once; nil where there is none of the name.
    func table(_ name: String, _ list: () throws -> ListedTable?) rethrows -> ListedTable? {
        if let known = state.withLock({ $0.tables[name] }) { return known }
        let listed = try list()
        state.withLock { $0.tables[name] = .some(listed) }
        return listed
    }

    /// What is kept of who was active, by table; nil where nothing can be.
    func activity(_ table: String, _ list: () throws -> ActivityPieces?) rethrows -> ActivityPieces? {
        if let known = state.withLock({ $0.activities[table] }) { return known }
        let listed = try list()
        state.withLock { $0.activities[table] = .some(listed) }
        return listed
    }

    /// The time of the first event, looked for once.
    func first(_ find: () throws -> Int64?) rethrows -> Int64? {
        if let known = state.withLock({ $0.first }) { return known }
        let first = try find()
        state.withLock { $0.first = .some(first) }
        return first
    }
}
