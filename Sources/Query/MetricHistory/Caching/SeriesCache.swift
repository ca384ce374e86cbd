import Synchronization

/// What requests have counted, for those that come after them: cells of pieces of tables that never change. A server
/// has one for its lifetime, a command one for all of its requests; it may be asked from any thread, over whatever
/// snapshots.
///
/// What is kept follows from the pieces alone, so that an answer is the same with it and without it.
package final class SeriesCache: Sendable {
    private struct State {
        /// Metrics with too many label sets.
        var unkept: Set<IndexKey> = []
        var indices: [IndexKey: Kept<CellIndex>] = [:]
        /// Cells at every point, by number of the piece.
        var runs: [UInt64: Kept<CellRun>] = [:]
        /// Of metrics whose pieces count together.
        var ratings: [IndexKey: Kept<RatingIndex>] = [:]
        // texts: tables have names of ours.
        var activities: [String: Kept<ActivityIndex>] = [:]
        var bytes = 0
        var uses: UInt64 = 0
        var steps = 0
        var ordered = 0
    }

    private struct Kept<Value: Sendable>: Sendable {
        let value: Value
        var bytes: Int
        var use: UInt64
    }

    private let limitBytes: Int
    private let state = Mutex(State())

    /// - Parameter limitBytes: what it may hold; what was used longest ago is given up first.
    package init(limitBytes: Int = 128 << 20) { self.limitBytes = limitBytes }

    /// What it holds now, roughly.
    package var memoryBytes: Int { state.withLock { $0.bytes } }
    /// Rows that were read and cells that were looked at so far.
    package var steps: Int { state.withLock { $0.steps } }

    // tests: what is in order stays so.
    /// Series that were put in order by the texts of their labels so far.
    package var ordered: Int { state.withLock { $0.ordered } }

    func count(steps: Int) { state.withLock { $0.steps += steps } }
    func count(ordered: Int) { state.withLock { $0.ordered += ordered } }

    func index(_ key: IndexKey) -> CellIndex? {
        state.withLock { state in
            state.uses += 1
            state.indices[key]?.use = state.uses
            return state.indices[key]?.value
        }
    }

    func keep(_ index: CellIndex, as key: IndexKey) {
        state.withLock { state in
            state.uses += 1
            state.bytes += index.memoryBytes - (state.indices[key]?.bytes ?? 0)
            state.indices[key] = Kept(value: index, bytes: index.memoryBytes, use: state.uses)
            shrink(&state)
        }
    }

    /// The label sets of an index hold more than before.
    func hold(_ bytes: Int, with index: CellIndex, as key: IndexKey) {
        state.withLock { state in
            guard state.indices[key]?.value.sets === index.sets else { return }
            state.indices[key]?.bytes += bytes
            state.bytes += bytes
            shrink(&state)
        }
    }

    /// What is known of last ratings, perhaps nothing yet.
    func ratings(_ key: IndexKey) -> RatingIndex {
        state.withLock { state in
            let known = state.ratings[key] ?? Kept(value: RatingIndex(), bytes: 0, use: 0)
            state.ratings[key] = known
            return known.value
        }
    }

    /// It holds more than before, or less.
    func hold(_ ratings: RatingIndex, as key: IndexKey) {
        let bytes = ratings.memoryBytes
        state.withLock { state in
            guard let known = state.ratings[key], known.value === ratings else { return }
            state.bytes += bytes - known.bytes
            state.ratings[key]?.bytes = bytes
            shrink(&state)
        }
    }

    func activity(_ table: String) -> ActivityIndex? { state.withLock { $0.activities[table]?.value } }

    func keep(_ index: ActivityIndex, ofTable table: String) {
        state.withLock { state in
            state.uses += 1
            state.bytes += index.memoryBytes - (state.activities[table]?.bytes ?? 0)
            state.activities[table] = Kept(value: index, bytes: index.memoryBytes, use: state.uses)
            shrink(&state)
        }
    }

    /// Label sets never become fewer.
    func giveUp(_ key: IndexKey) {
        state.withLock { state in
            state.unkept.insert(key)
            state.bytes -= state.ratings.removeValue(forKey: key)?.bytes ?? 0
        }
    }
    func hasGivenUp(_ key: IndexKey) -> Bool { state.withLock { $0.unkept.contains(key) } }

    func run(of piece: CellPiece) -> CellRun? {
        state.withLock { state in
            state.uses += 1
            state.runs[piece.number]?.use = state.uses
            return state.runs[piece.number]?.value
        }
    }

    func keep(_ run: CellRun, of piece: CellPiece) {
        state.withLock { state in
            state.uses += 1
            let bytes = run.memoryBytes + 64
            state.bytes += bytes - (state.runs[piece.number]?.bytes ?? 0)
            state.runs[piece.number] = Kept(value: run, bytes: bytes, use: state.uses)
            shrink(&state)
        }
    }

    /// Gives up a quarter where there is too much: cells at every point first, which are read again piece by piece.
    private func shrink(_ state: inout State) {
        guard state.bytes > limitBytes else { return }
        let goal = limitBytes / 4 * 3
        // order: no two have one use.
        for (number, kept) in state.runs.sorted(by: { $0.value.use < $1.value.use }) where state.bytes > goal {
            state.runs[number] = nil
            state.bytes -= kept.bytes
        }
        // order: likewise.
        for (key, kept) in state.indices.sorted(by: { $0.value.use < $1.value.use }) where state.bytes > limitBytes {
            state.indices[key] = nil
            state.bytes -= kept.bytes
        }
        // What these made went with the indices.
        if state.bytes > limitBytes {
            // order: they are added up.
            state.bytes -= state.ratings.values.reduce(0) { $0 + $1.bytes }
            state.ratings = [:]
        }
        // order: likewise.
        for (table, kept) in state.activities.sorted(by: { $0.value.use < $1.value.use })
        where state.bytes > limitBytes {
            state.activities[table] = nil
            state.bytes -= kept.bytes
        }
    }
}
