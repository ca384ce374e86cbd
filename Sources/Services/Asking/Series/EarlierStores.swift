package import EventStores
package import Plans
import Platform
import Synchronization

/// Makes stores as they were known earlier, for the questions of a server: one at a time, since each is read up to its
/// moment and held in memory. The last one is kept for a minute, as the panels of a dashboard ask at one moment, and
/// goes at once where its memory is wanted. Safe from any thread.
package final class EarlierStores: Sendable {
    private struct Kept {
        var moment: EarlierStore.Moment
        var store: KnownStore
        /// The monotonic clock.
        var endNanoseconds: Int64
    }

    private struct State {
        var isBuilding = false
        var kept: Kept?
    }

    private enum Turn {
        case known(KnownStore)
        case build
        case wait
    }

    private static let keptNanoseconds: Int64 = 60_000_000_000
    private let state = Mutex(State())
    private let now: @Sendable () -> Int64
    private let pause: @Sendable () -> Void

    /// - Parameters:
    ///   - memory: what questions share; where it runs short, what is kept goes.
    ///   - pause: lets a thread rest that waits for its turn.
    ///   - now: the monotonic clock.
    package init(
        within memory: MemoryPool, pause: @escaping @Sendable () -> Void = { pauseThread(milliseconds: 20) },
        now: @escaping @Sendable () -> Int64
    ) {
        (self.now, self.pause) = (now, pause)
        memory.onShortage { [weak self] in self?.forget() ?? false }
    }

    /// The store as it was known at a moment: the one that is kept for it, else what `build` makes. Blocks while
    /// another one is built.
    /// - Throws: what `build` throws; `QueryError` where the question's time is over before its turn, or it was
    ///   cancelled.
    package func store(
        at moment: EarlierStore.Moment, within options: QueryOptions, _ build: () throws -> KnownStore
    ) throws -> KnownStore {
        while true {
            switch turn(at: moment) {
            case .known(let store): return store
            case .build: return try built(at: moment, build)
            case .wait:
                try options.check()
                pause()
            }
        }
    }

    private func turn(at moment: EarlierStore.Moment) -> Turn {
        let now = now()
        let (turn, old) = state.withLock { state -> (Turn, Kept?) in
            if let kept = state.kept, kept.moment == moment, now < kept.endNanoseconds {
                return (.known(kept.store), nil)
            }
            guard !state.isBuilding else { return (.wait, nil) }
            state.isBuilding = true
            defer { state.kept = nil }
            return (.build, state.kept)
        }
        // What was kept goes before another one is built, and not under the lock.
        withExtendedLifetime(old) {}
        return turn
    }

    private func built(at moment: EarlierStore.Moment, _ build: () throws -> KnownStore) throws -> KnownStore {
        do {
            let store = try build()
            let (end, isNever) = now().addingReportingOverflow(Self.keptNanoseconds)
            state.withLock { state in
                state.isBuilding = false
                guard store.isSettled else { return }
                state.kept = Kept(moment: moment, store: store, endNanoseconds: isNever ? .max : end)
            }
            return store
        } catch {
            state.withLock { $0.isBuilding = false }
            throw error
        }
    }

    /// Lets go of what is kept once its time is over: to be called now and then.
    package func tick() {
        let now = now()
        let old = state.withLock { state -> Kept? in
            guard let kept = state.kept, now >= kept.endNanoseconds else { return nil }
            state.kept = nil
            return kept
        }
        // It goes when this returns, not under the lock.
        withExtendedLifetime(old) {}
    }

    /// - Returns: whether anything was kept.
    private func forget() -> Bool {
        let old = state.withLock { state -> Kept? in
            defer { state.kept = nil }
            return state.kept
        }
        return old != nil
    }
}
