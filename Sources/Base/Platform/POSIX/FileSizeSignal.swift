internal import Glibc

/// SIGXFSZ, which a thread gets that makes a file longer than may be (`RLIMIT_FSIZE`, `ulimit -f`).
package enum FileSizeSignal {
    /// From here on it ends no process: the write fails, and whoever wrote can say so. Threads of libraries do not hear
    /// it, but the main one does, on which some commands write, and a process would end there without a word.
    package static func ignore() { _ = signal(SIGXFSZ, SIG_IGN) }
}
