import Glibc

/// What the system says when a call fails.
package enum ErrorKind: String, CaseIterable, Sendable {
    case EIO, ENOSPC, EDQUOT, EINTR, EAGAIN, EMFILE

    /// The system's number.
    var code: Int32 {
        switch self {
        case .EIO: Glibc.EIO
        case .ENOSPC: Glibc.ENOSPC
        case .EDQUOT: Glibc.EDQUOT
        case .EINTR: Glibc.EINTR
        case .EAGAIN: Glibc.EAGAIN
        case .EMFILE: Glibc.EMFILE
        }
    }
}
