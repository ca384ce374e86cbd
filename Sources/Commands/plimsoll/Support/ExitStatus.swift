/// How a command ended, for whoever started it.
enum ExitStatus: Int32 {
    case done = 0
    /// The command ran; what it checked is not as it should be.
    case checkFailed = 1
    /// Unknown options, unreadable input, a query that PostgreSQL would refuse.
    case badInput = 2
    /// No server answers at the address.
    case notReachable = 3
    /// Stored bytes are not what was written or are gone, or only a newer version can read them.
    case damagedData = 4
    /// The disk or the file system refused.
    case storageFailed = 5
    /// Ctrl-C, as shells say it; what was done until then was told.
    case interrupted = 130
    /// SIGTERM, likewise.
    case terminated = 143
}
