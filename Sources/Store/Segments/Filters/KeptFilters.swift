internal import Synchronization

/// Filters of columns that somebody has looked into, for whoever looks next: who asks for one conversation after
/// another would read all of them again for each. Bounded for all segments together; what came first goes first. Safe
/// from any thread.
final class KeptFilters: Sendable {
    /// Which filter it is.
    struct Key: Hashable, Sendable {
        /// Of the segment's reader: no other has it.
        var origin: UInt64
        /// In the file.
        var offset: Int
    }

    private struct State {
        var filters: [Key: BlockFilter] = [:]
        /// In the order in which they came; what lies before `first` is gone.
        var order: [Key] = []
        var first = 0
        var bytes = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    /// - Parameter bytesMax: what is held, roughly. A filter takes a byte for each text: a hundred million events have
    ///   some twenty million traces, and who looks for one looks into the filters of all.
    init(bytesMax: Int = 32 << 20) { self.bytesMax = bytesMax }

    /// nil where it is not known, or no more.
    func filter(_ key: Key) -> BlockFilter? { state.withLock { $0.filters[key] } }

    /// Keeps it, as long as there is room.
    func keep(_ filter: BlockFilter, as key: Key) {
        state.withLock { state in
            guard state.filters.updateValue(filter, forKey: key) == nil else { return }
            state.order.append(key)
            state.bytes += Self.heldBytes(filter)
            while state.bytes > bytesMax, state.first < state.order.count {
                if let gone = state.filters.removeValue(forKey: state.order[state.first]) {
                    state.bytes -= Self.heldBytes(gone)
                }
                state.first += 1
            }
            if state.first > state.order.count / 2 {
                state.order.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    /// With what it takes to find it.
    private static func heldBytes(_ filter: BlockFilter) -> Int { filter.byteCount + 160 }
}
