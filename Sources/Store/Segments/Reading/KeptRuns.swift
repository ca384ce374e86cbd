internal import Columnar
internal import Synchronization

/// Where the times of groups leave one bucket for the next. Rows lie in the order of their times, mostly, so that a
/// group has few days and hours; whoever asks by day would read, verify and decode every time of it, question after
/// question, for these few places. Bounded for all segments together. Safe from any thread.
final class KeptRuns: Sendable {
    /// Which column of a segment, and by which buckets.
    struct Key: Hashable, Sendable {
        /// Place in the footer.
        var table: Int
        /// Place among the table's groups.
        var group: Int
        /// Place among the table's columns.
        var column: Int
        var buckets: TimeBuckets.Key
    }

    /// What is known.
    enum Look {
        /// Nothing yet, and it would be kept.
        case unknown
        /// nil: runs do not serve.
        case known(RunColumn?)
        /// Nothing, and it would not be kept.
        case noRoom
    }

    private struct Entry {
        /// nil: they do not serve.
        var runs: RunColumn?

        /// With what it takes to find it.
        var heldBytes: Int { KeptRuns.entryBytes + (runs?.memoryBytes ?? 0) }
    }

    private struct State {
        /// By origin of the segment.
        var segments: [UInt64: [Key: Entry]] = [:]
        var count = 0
        var bytes = 0
        /// How often there was no room.
        var refusals = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    /// What it takes to find an entry.
    private static let entryBytes = 128
    /// Where as many were refused for each that is kept, others are asked for now.
    private static let refusalsPerEntry = 64

    /// Nothing is known.
    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func look(_ key: Key, of origin: UInt64) -> Look {
        state.withLock { state in
            if let known = state.segments[origin]?[key] { return .known(known.runs) }
            if state.bytes + Self.entryBytes <= bytesMax { return .unknown }
            state.refusals += 1
            // One that is asked for by turns with more than there is room for would otherwise find nothing, ever.
            if state.refusals > state.count * Self.refusalsPerEntry { state = State() }
            return .noRoom
        }
    }

    /// Keeps what was found out; the last that there is room for may take more.
    /// - Parameter runs: of all rows; nil: they do not serve.
    func keep(_ runs: RunColumn?, as key: Key, of origin: UInt64) {
        state.withLock { state in
            // Somebody else may have kept it meanwhile.
            guard state.segments[origin]?[key] == nil, state.bytes + Self.entryBytes <= bytesMax else { return }
            let entry = Entry(runs: runs)
            state.segments[origin, default: [:]][key] = entry
            state.count += 1
            state.bytes += entry.heldBytes
        }
    }

    /// Lets go of an origin's.
    /// - Complexity: O(what is kept of it).
    func forget(origin: UInt64) {
        state.withLock { state in
            guard let gone = state.segments.removeValue(forKey: origin) else { return }
            state.count -= gone.count
            // order: they are added up.
            state.bytes -= gone.values.reduce(0) { $0 + $1.heldBytes }
            assert(state.bytes >= 0 && state.count >= 0, "what is let go was kept")
        }
    }
}
