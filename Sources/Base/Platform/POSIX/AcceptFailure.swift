internal import Glibc

/// Why a connection could not be taken, although who listens may go on listening.
package enum AcceptFailure: Hashable, Sendable {
    /// The machine, or the process, has nothing left to do it with: open files or memory. The connection waits.
    case scarcity
    /// Whoever connected has gone again.
    case gone

    /// nil: nobody can listen there any more.
    /// - Parameter code: the system's error number.
    package init?(code: Int32) {
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .scarcity
        case ECONNABORTED: self = .gone
        default: return nil
        }
    }
}
