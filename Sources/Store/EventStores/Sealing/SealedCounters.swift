import Projections
import Synchronization

/// The counters of a seal's position on their way to the state file: as bytes as soon as these are wanted, since they
/// take a third of what counters do, which would stand there twice for as long as the seal lasts.
final class SealedCounters: Sendable {
    private enum State {
        case counters(MetricCounters)
        case bytes([UInt8])
    }

    private let state: Mutex<State>

    init(_ counters: MetricCounters) { state = Mutex(.counters(counters)) }

    /// `MetricCounters.serialised`; from then on nothing else is held.
    var bytes: [UInt8] {
        state.withLock { state in
            switch state {
            case .bytes(let bytes): return bytes
            case .counters(let counters):
                let bytes = counters.serialised
                state = .bytes(bytes)
                return bytes
            }
        }
    }
}
