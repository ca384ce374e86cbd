internal import Glibc
import Synchronization

/// SIGHUP, by which an operator asks a server to look at its files again.
package enum HangUpSignal {
    /// A lock-free flag, so that a signal handler may touch it.
    private static let isPending = Atomic<Bool>(false)

    /// From here on SIGHUP only asks (see ``take()``) and ends nothing.
    package static func watch() {
        // Made before the handler needs it: a handler may not run the initialiser.
        _ = isPending.load(ordering: .relaxed)
        _ = signal(SIGHUP) { _ in HangUpSignal.isPending.store(true, ordering: .relaxed) }
    }

    /// Whether somebody asked since this was called last.
    package static func take() -> Bool { isPending.exchange(false, ordering: .relaxed) }
}
