import Projections
import Synchronization

/// The counters of a seal's position on their way to the state file: as bytes as soon as these are wanted, since they
/// take a third of what counters do, which would stand there twice for as long as the seal lasts.
///
/// Of an import they are to count its events first, which others need not wait for: whoever wants the bytes does it,
/// where nobody has.
final class SealedCounters: Sendable {
    private enum State {
        case counters(MetricCounters)
        /// And blocks of the seal that they are still to count, in order.
        case uncounted(MetricCounters, [TailBlock], ClockLeads)
        case counted(MetricCounters, [UInt8])
        case bytes([UInt8])
    }

    private let state: Mutex<State>
    /// Whether their events are counted beside the rest of the seal.
    let areCountedBeside: Bool

    /// - Parameters:
    ///   - uncounted: blocks that the counters are still to count, in order.
    ///   - leads: as arrivals of those are judged.
    init(_ counters: MetricCounters, uncounted: [TailBlock] = [], leads: ClockLeads) {
        areCountedBeside = !uncounted.isEmpty
        state = Mutex(uncounted.isEmpty ? .counters(counters) : .uncounted(counters, uncounted, leads))
    }

    /// `MetricCounters.serialised`; from then on nothing else is held, but what ``takeCounted()`` has not taken.
    var bytes: [UInt8] {
        state.withLock { state in
            switch state {
            case .bytes(let bytes), .counted(_, let bytes): return bytes
            case .counters(let counters):
                let bytes = counters.serialised
                state = .bytes(bytes)
                return bytes
            case .uncounted(var counters, let blocks, let leads):
                // Lets go of those that it has: the others are changed in place then.
                state = .bytes([])
                for block in blocks { counters.fold(block, leads) }
                let bytes = counters.serialised
                state = .counted(counters, bytes)
                return bytes
            }
        }
    }

    /// The counters with what they were still to count; nil where that was nothing, or they were taken.
    func takeCounted() -> MetricCounters? {
        state.withLock { state in
            guard case .counted(let counters, let bytes) = state else { return nil }
            state = .bytes(bytes)
            return counters
        }
    }
}
