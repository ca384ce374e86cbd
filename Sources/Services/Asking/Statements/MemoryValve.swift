package import Platform
import Synchronization

/// Keeps what the process holds below what it may, where what is booked does not come to what is held: has the
/// allocator give back what it keeps, and where that does not help, lets no question in until it is less. It begins a
/// sixteenth before the limit, for what is let in already goes on.
///
/// What the process holds while nobody asks is not of questions, and refusing them would not lessen it: it raises what
/// it may. Free memory is given back then as well, near the limit or not.
package final class MemoryValve: Sendable {
    /// What a look found.
    package enum Change: Hashable, Sendable {
        /// From now on no question is let in.
        case closed(heldBytes: Int)
        /// They are let in again.
        case opened(heldBytes: Int)
    }

    private struct State {
        /// When free memory was given back last, on the monotonic clock, and what was held after that.
        var last: (time: Int64, heldBytes: Int)?
        /// What was held when nobody asked, without what could be given back.
        var idleBytes = 0
        /// Since when nobody asks, on the monotonic clock; nil while somebody does.
        var idleSince: Int64?
    }

    /// Giving back stops who allocates for a moment, so it is not done more often than this …
    private static let pauseNanoseconds: Int64 = 10_000_000_000
    /// … or than this where so much came since: what many threads let go of in the midst of what they use comes to
    /// hundreds of megabytes a second. Where it came to too much it is done at once.
    private static let shortPauseNanoseconds: Int64 = 1_000_000_000
    /// Where nobody asked for so long, and so much more is held than when free memory was given back last, it is done
    /// however far the limit is: what questions let go of would stay until the next ones.
    private static let restNanoseconds: Int64 = 10_000_000_000
    private static let restGrowthBytes = 32 << 20
    private var growthBytes: Int { limitBytes / 16 }
    /// What is held at most while questions are let in.
    private var openBytesMax: Int { limitBytes - limitBytes / 16 }

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
    ///   - giveBack: has the allocator return what is free; called at most once a look.
    package init(
        limitBytes: Int, clock: any Clock, heldBytes: @escaping @Sendable () -> Int?,
        giveBack: @escaping @Sendable () -> Void
    ) {
        (self.limitBytes, self.clock, self.heldBytes, self.giveBack) = (limitBytes, clock, heldBytes, giveBack)
    }

    /// Whether no question is let in.
    package var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Looks what is held; to be asked several times a second, by one thread at a time. May take as long as the
    /// allocator needs to look through what it keeps.
    /// - Parameter isIdle: no question is answered, and no answer lies there.
    /// - Returns: nil where all is as it was.
    package func look(isIdle: Bool) -> Change? {
        guard var held = heldBytes() else { return nil }
        let now = clock.monotonicNanoseconds()
        let isAtRest = rests(holding: held, isIdle: isIdle, now)
        let isNearLimit = held > limitBytes / 4 * 3 && state.withLock { state in
            guard let last = state.last else { return true }
            let hasGrown = held - last.heldBytes >= growthBytes
            if hasGrown && held > openBytesMax { return true }
            return now - last.time >= (hasGrown ? Self.shortPauseNanoseconds : Self.pauseNanoseconds)
        }
        let isDue = isAtRest || isNearLimit
        if isDue {
            giveBack()
            held = heldBytes() ?? held
            state.withLock { [held] state in state.last = (now, held) }
        }
        let most = state.withLock { state in
            if isIdle, isDue || held < state.idleBytes { state.idleBytes = held }
            return state.idleBytes > openBytesMax ? state.idleBytes + limitBytes / 8 : openBytesMax
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

    private func rests(holding held: Int, isIdle: Bool, _ now: Int64) -> Bool {
        state.withLock { state in
            guard isIdle else {
                state.idleSince = nil
                return false
            }
            let since = state.idleSince ?? now
            state.idleSince = since
            let more = held - (state.last?.heldBytes ?? 0)
            return now - since >= Self.restNanoseconds && more >= Self.restGrowthBytes
        }
    }
}
