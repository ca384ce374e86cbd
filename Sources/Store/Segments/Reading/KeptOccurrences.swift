internal import Synchronization

/// Which texts of the blocks that a page names its rows have, as bits, one for each code: whoever counts how many ids
/// there are would read every row's, question after question. Bounded for all segments together. Safe from any thread.
final class KeptOccurrences: Sendable {
    /// Which column of a segment.
    struct Key: Hashable, Sendable {
        /// Place in the footer.
        var table: Int
        /// Place among the table's groups.
        var group: Int
        /// Place among the table's columns.
        var column: Int
    }

    private struct State {
        /// By origin of the segment.
        var segments: [UInt64: [Key: [UInt64]]] = [:]
        var bytes = 0
        /// How often there was no room.
        var refusals = 0
        var count = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    /// What it takes to find an entry.
    private static let entryBytes = 128
    /// Where as many were refused for each that is kept, others are kept now.
    private static let refusalsPerEntry = 64

    /// - Parameter bytesMax: what is held, roughly; the last that there is room for may take more.
    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// nil where nothing is known.
    func bits(_ key: Key, of origin: UInt64) -> [UInt64]? { state.withLock { $0.segments[origin]?[key] } }

    /// Whether nothing is known and there is room: what would not be kept need not be found out.
    func isOpen(for key: Key, of origin: UInt64) -> Bool {
        state.withLock { state in
            guard state.segments[origin]?[key] == nil else { return false }
            return hasRoom(&state)
        }
    }

    /// Keeps what was found out, where there is room.
    func keep(_ bits: [UInt64], as key: Key, of origin: UInt64) {
        state.withLock { state in
            // Somebody else may have kept it meanwhile.
            guard state.segments[origin]?[key] == nil, hasRoom(&state) else { return }
            state.segments[origin, default: [:]][key] = bits
            state.count += 1
            state.bytes += Self.entryBytes + bits.count * 8
        }
    }

    /// Whether one more is kept. What is asked for by turns with more than there is room for would otherwise never be:
    /// where others were refused often enough, all that is kept goes.
    private func hasRoom(_ state: inout State) -> Bool {
        if state.bytes + Self.entryBytes <= bytesMax { return true }
        state.refusals += 1
        if state.refusals > state.count * Self.refusalsPerEntry { state = State() }
        return false
    }

    /// Lets go of an origin's.
    /// - Complexity: O(what is kept of it).
    func forget(origin: UInt64) {
        state.withLock { state in
            guard let gone = state.segments.removeValue(forKey: origin) else { return }
            state.count -= gone.count
            // order: they are added up.
            state.bytes -= gone.values.reduce(0) { $0 + Self.entryBytes + $1.count * 8 }
            assert(state.bytes >= 0 && state.count >= 0, "what is let go was kept")
        }
    }
}
