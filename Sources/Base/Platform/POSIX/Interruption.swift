internal import Glibc
import Synchronization

/// Ctrl-C for work that may end early and still say what it did.
package enum InterruptSignal {
    /// A lock-free flag, so that a signal handler may touch it.
    private static let count = Atomic<Int>(0)

    /// From here on the first SIGINT or SIGTERM only asks (see ``isRequested``); the second ends the process.
    package static func watch() {
        // Made before the handler needs it: a handler may not run the initialiser.
        _ = count.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                if InterruptSignal.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
            }
        }
    }

    /// Whether somebody asked for the end.
    package static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
