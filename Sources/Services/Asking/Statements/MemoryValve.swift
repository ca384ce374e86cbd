package import Platform
import Synchronization

/// Keeps what the process holds below what it may, where what is booked does not come to what is held: has the
/// allocator give back what it keeps, and where that does not help, lets no question in until it is less.
///
/// What the process holds while nobody asks is not of questions, and refusing them would not lessen it: it raises what
/// it may.
package final class MemoryValve: Sendable {
    /// What a look found.
    package enum Change: Hashable, Sendable {
        /// From now on no question is let in.
        case closed(heldBytes: Int)
        /// They are let in again.
        case opened(heldBytes: Int)
    }

    private struct State {
        /// On the monotonic clock.
        var lastGivenBack: Int64?
        /// What was held when nobody asked, without what could be given back.
        var idleBytes = 0
    }

    /// Giving back stops who allocates for a moment.
    private static let pauseNanoseconds: Int64 = 10_000_000_000

    private let limitBytes: Int
    private let clock: any Clock
    private let heldBytes: @Sendable () -> Int?
    private let giveBack: @Sendable () -> Void
    private let state = Mutex(State())
    private let closed = Atomic<Bool>(false)

    /// Open at first.
    /// - Parameters:
    ///   - limitBytes: what the process is to hold at most.
    ///   - heldBytes: what it holds; nil where that is not known.
    ///   - giveBack: has the allocator return what is free; called at most every 10 s.
    package init(
        limitBytes: Int, clock: any Clock, heldBytes: @escaping @Sendable () -> Int?,
        giveBack: @escaping @Sendable () -> Void
    ) {
        (self.limitBytes, self.clock, self.heldBytes, self.giveBack) = (limitBytes, clock, heldBytes, giveBack)
    }

    // tests: it is asked without a question.
    /// Whether no question is let in.
    package var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Looks what is held; to be asked every second, by one thread at a time. May take as long as the allocator needs
    /// to look through what it keeps.
    /// - Parameter isIdle: no question is answered, and no answer lies there.
    /// - Returns: nil where all is as it was.
    package func look(isIdle: Bool) -> Change? {
        guard var held = heldBytes() else { return nil }
        let now = clock.monotonicNanoseconds()
        let isDue = held > limitBytes / 4 * 3 && state.withLock { state in
            if let last = state.lastGivenBack, now - last < Self.pauseNanoseconds { return false }
            state.lastGivenBack = now
            return true
        }
        if isDue {
            giveBack()
            held = heldBytes() ?? held
        }
        let most = state.withLock { state in
            if isIdle, isDue || held < state.idleBytes { state.idleBytes = held }
            return state.idleBytes > limitBytes ? state.idleBytes + limitBytes / 8 : limitBytes
        }
        if isClosed {
            guard held <= most else { return nil }
            closed.store(false, ordering: .relaxed)
            return .opened(heldBytes: held)
        }
        // What has not been asked back yet may be free.
        guard isDue, held > most else { return nil }
        closed.store(true, ordering: .relaxed)
        return .closed(heldBytes: held)
    }
}
