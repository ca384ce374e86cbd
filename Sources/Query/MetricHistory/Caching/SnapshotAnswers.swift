import Plans
import PromQLText
import Synchronization

/// What requests over one snapshot were answered, for those that are the same: rules and panels have selectors and
/// windows in common. It goes with the snapshot's source, so that nothing in it can be of another state of things, and
/// is booked as the requests are.
final class SnapshotAnswers: Sendable {
    /// All that decides an answer, but for how many samples it may have.
    struct Key: Hashable, Sendable {
        private let matchers: SeriesMatchers
        private let after, through: Int64
        private let windows: SeriesWindows?

        /// Whether few samples of each series are looked at, as rules do it.
        fileprivate var isAskedOnce: Bool { windows?.count == 1 }

        init(_ request: SeriesRequest) {
            (matchers, windows) = (request.matchers, request.windows)
            (after, through) = (request.after, request.through)
        }
    }

    private static let bytesMax = 16 << 20
    /// Of one answer: long ones are asked for by one panel alone, wide ones by several rules.
    private static let (longBytesMax, wideBytesMax) = (1 << 20, 8 << 20)

    private struct State {
        var known: [Key: [Series]] = [:]
        var bytes = 0
        var booking: MemoryBooking?
    }

    private let state = Mutex(State())

    /// nil where it is not known.
    func answer(_ key: Key) -> [Series]? { state.withLock { $0.known[key] } }

    /// Keeps an answer where there is room for it.
    func keep(_ series: [Series], as key: Key, in pool: MemoryPool?) {
        // What is kept of label sets holds the texts of their labels.
        let bytes = series.reduce(256) { $0 + 128 + $1.labels.listedBytes + $1.samples.heldBytes }
        guard bytes <= (key.isAskedOnce ? Self.wideBytesMax : Self.longBytesMax) else { return }
        state.withLock { state in
            guard state.known[key] == nil, state.bytes + bytes <= Self.bytesMax else { return }
            if state.booking == nil { state.booking = pool.map { MemoryBooking(in: $0) } }
            guard state.booking?.change(to: state.bytes + bytes) ?? true else { return }
            state.known[key] = series
            state.bytes += bytes
        }
    }
}
