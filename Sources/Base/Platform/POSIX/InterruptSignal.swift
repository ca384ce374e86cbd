internal import Glibc
import Synchronization

/// Ctrl-C, or a supervisor's request, for work that may end early and still say what it did.
package enum InterruptSignal {
    /// A lock-free flag, so that a signal handler may touch it.
    private static let count = Atomic<Int>(0)
    /// The signal that asked first.
    private static let first = Atomic<Int32>(0)

    /// From here on the first SIGINT or SIGTERM only asks (see ``isRequested``); the second ends the process.
    package static func watch() {
        // Made before the handler needs it: a handler may not run the initialiser.
        _ = (count.load(ordering: .relaxed), first.load(ordering: .relaxed))
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                if InterruptSignal.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
                InterruptSignal.first.store(number, ordering: .relaxed)
            }
        }
    }

    /// Whether somebody asked for the end.
    package static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

    /// Whether it was a supervisor (SIGTERM) who asked first, and not a person at a terminal.
    package static var isTermination: Bool { first.load(ordering: .relaxed) == SIGTERM }
}
