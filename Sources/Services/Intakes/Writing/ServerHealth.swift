package import Domain
package import OperatorLogs
package import Platform
import Synchronization

/// Whether the server takes events, and why not. Says when that begins and when it ends.
package final class ServerHealth: Sendable {
    /// What the store was short of, from the append that it refused until one succeeds: a full disk until there is
    /// clearly more room than then, memory full of unsealed events until there is room, anything else until the next
    /// look.
    private struct Fullness {
        var reason: String
        var isOfSpace: Bool
        var freeBytes: Int?
        var isLogged: Bool
    }

    private struct State {
        var failure: String?
        var fullness: Fullness?
        /// What was told last of what is not as it should be.
        var troubles: [Trouble] = []
        /// What was told last of events that retention dropped; nil before the first look.
        var drop: String??
        /// When a full disk was logged last, on the monotonic clock.
        var lastLogged: Int64?
    }

    /// Small appends may succeed between large ones that don't: one pair of lines in so much time is enough.
    private static let logNanoseconds: Int64 = 60_000_000_000
    /// Space that must have come free since the refusal for the disk to count as no longer full.
    private static let regainedBytes = 16 << 20

    private let state = Mutex(State())
    private let isStopping = Atomic<Bool>(false)
    private let log: OperatorLog
    private let clock: any Clock
    /// Places of files that somebody met and that cannot be used; they stop nothing that does not need them.
    package let damage: DamagedPlaces
    /// What reading all files once more has come to.
    package let scrub: ScrubRecord

    /// All is well at first.
    package init(log: OperatorLog, clock: any Clock) {
        self.log = log
        self.clock = clock
        damage = DamagedPlaces(log: log, clock: clock)
        scrub = ScrubRecord(clock: clock)
    }

    // tests: whether a failure stopped it, apart from a shutdown.
    /// Whether nothing is taken until a restart, because the store failed.
    package var isStorageFailed: Bool { state.withLock { $0.failure != nil } }

    /// Why nothing is taken until a restart; nil: what comes is tried.
    package var objection: String? {
        if let failure = state.withLock({ $0.failure }) { return "storage failed: \(failure)" }
        return isStopping.load(ordering: .relaxed) ? "stopping" : nil
    }

    /// Why events are better sent elsewhere now; nil: ready.
    package var unreadiness: Trouble? {
        if let objection { return Trouble(objection, isStorageFailed ? .restart : .asTold) }
        return state.withLock { state in
            state.fullness.map { Trouble($0.reason, $0.isOfSpace ? .space : .asTold) }
        }
    }

    /// Why the store takes no events, and that for as long as it does: what a full disk means, and a failed one. nil
    /// also while the server stops.
    package var refusal: Trouble? {
        state.withLock { state in
            state.failure.map { Trouble("no event is taken until a restart: \($0)", .restart) }
                ?? state.fullness.map {
                    Trouble("events are refused: \($0.reason)", $0.isOfSpace ? .space : .asTold)
                }
        }
    }

    /// All that is not as it should be.
    /// - Parameter troubles: what the store says of itself.
    package func troubles(beside troubles: [Trouble]) -> [Trouble] {
        [refusal].compactMap { $0 } + troubles + damage.troubles
    }

    /// Notes what the store threw. The first failure that does not pass by itself stays.
    /// - Parameter freeBytes: room on the disk now, where the system says.
    func storeThrew(_ error: any Error, freeBytes: Int?) {
        let reason = "\(error)"
        if damage.met(error) { return }
        if StoreFailure.isOfRequest(error) { return }
        guard StoreFailure.isPassing(error) else {
            let isFirst = state.withLock { state in
                defer { state.failure = state.failure ?? reason }
                return state.failure == nil
            }
            if isFirst { log.critical("no event is taken until a restart: \(reason)") }
            return
        }
        let now = clock.monotonicNanoseconds()
        let isOfSpace = StoreFailure.isOfSpace(error)
        let mustLog = state.withLock { state in
            let wasLogged = state.fullness?.isLogged ?? false
            let isDue = state.lastLogged.map { now - $0 >= Self.logNanoseconds } ?? true
            let mustLog = isDue && !wasLogged
            if mustLog { state.lastLogged = now }
            state.fullness = Fullness(
                reason: reason, isOfSpace: isOfSpace, freeBytes: freeBytes, isLogged: wasLogged || mustLog)
            return mustLog
        }
        if mustLog { log.error("events are refused: \(reason)") }
    }

    /// Notes that the store took events.
    func storeTook() { endFullness() }

    /// Looks whether room came back while nobody sends.
    /// - Parameter takesNothing: whether no event is taken before a seal makes room in memory, or old events leave some
    ///   of what the files may come to.
    package func note(freeBytes: Int?, takesNothing: Bool) {
        let isBack = state.withLock { state in
            guard !takesNothing, let fullness = state.fullness else { return false }
            guard fullness.isOfSpace else { return true }
            guard let before = fullness.freeBytes, let freeBytes else { return false }
            return freeBytes >= before + Self.regainedBytes
        }
        if isBack { endFullness() }
    }

    private func endFullness() {
        let known = state.withLock { state in
            defer { state.fullness = nil }
            return state.fullness
        }
        guard let known, known.isLogged else { return }
        log.warning("events are taken again" + (known.isOfSpace ? ": the disk has room" : ""))
    }

    /// Says what is not as it should be while the store goes on: each when it comes up, and when all is well.
    func note(troubles: [Trouble]) {
        let (new, areOver) = state.withLock { state in
            defer { state.troubles = troubles }
            return (troubles.filter { !state.troubles.contains($0) }, troubles.isEmpty && !state.troubles.isEmpty)
        }
        for trouble in new {
            log.error(trouble.text, trouble.advice.map { [LogField(.advice, $0)] } ?? [])
        }
        if areOver { log.warning("what was said of the store's troubles is over") }
    }

    /// Says that old events were dropped, each time once. What went before the server started was told then.
    func note(drop: String?) {
        let isNew = state.withLock { state in
            defer { state.drop = .some(drop) }
            return state.drop.map { $0 != drop } ?? false
        }
        if isNew, let drop { log.warning(drop) }
    }

    /// From now on nothing is taken.
    package func beginStopping() { isStopping.store(true, ordering: .relaxed) }

    /// Whether something is known of that the store is short of, and that ``note(freeBytes:takesNothing:)`` may end.
    package var isFull: Bool { state.withLock { $0.fullness != nil } }
}
