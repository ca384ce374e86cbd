import EventLogs
import JSONTexts
package import Platform

/// Why the store can't take events or answer.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// An earlier flush failed: nothing is acknowledged until the process starts anew.
    case stopped(reason: String)
    /// The disk is full; nothing was lost, the same call may be repeated.
    case noSpace(reason: String)
    /// The machine is short of something, or a file cannot be read or written now; nothing was lost, the same call may
    /// be repeated.
    case unavailable(reason: String)
    /// Memory holds as many events without a segment as it may, so that none is taken until a seal makes room; nothing
    /// was lost, the same call may be repeated, and not with success before so many seconds, as far as is known.
    case tailFull(reason: String, retrySeconds: Int)
    /// The files of the store come to as much as its budget lets them, and nothing may go; nothing was lost, and the
    /// same call may be repeated.
    case budgetSpent(reason: String)
    case closed
    /// The store has events, and its secret is gone: with a new one no user and no repeat would be recognised.
    case keyMissing(path: String)
    /// The log is damaged at a place that a start reads: without a backup ``EventStore/setLogAside(at:context:)`` says
    /// what would be lost.
    case logDamaged(CorruptionError)
    /// The log is damaged, and nothing says how it could go on: nothing was sealed.
    case logLost(CorruptionError)
    /// A re-booking would change more than 9.2 million USD at once.
    case correctionTooLarge
    /// A re-booking asks for calls of before this time (ns), some of which retention dropped, or events beside them:
    /// what they cost is fixed.
    case correctionTooOld(horizon: Int64)
    /// What a record would have to tell is more than one record of the log holds; nothing changed.
    case recordTooLarge(bytes: Int)
    /// What is to be taken together has at least this many bytes, more than a file of the log holds; nothing changed.
    case batchTooLarge(bytes: Int)

    package var description: String {
        switch self {
        case .stopped(let reason):
            "the store has stopped taking events because a flush failed (\(reason)); check the disk and restart"
        case .noSpace(let reason): "the disk is full (\(reason)); ingest goes on by itself once there is room"
        case .unavailable(let reason): "the store cannot do it now (\(reason)); nothing was lost"
        case .tailFull(let reason, _): "no event is taken until a seal makes room (\(reason)); nothing was lost"
        case .budgetSpent(let reason):
            "the files in the data directory come to as much as max_disk lets them, and no event can go (\(reason)); "
                + "nothing was lost, and ingest goes on by itself once there is room"
        case .closed: "the store is closed"
        case .keyMissing(let path):
            "\(path) is missing: users and repeats are recognised by it; put it back from the backup that is kept with the directory"
        case .logDamaged(let damage): "\(damage)"
        case .logLost(let damage):
            "\(damage) (nothing was sealed, and nothing before it says how the log could go on)"
        case .correctionTooLarge:
            "the correction is beyond 9,223,372 USD; book shorter periods again, one after the other"
        case .correctionTooOld(let horizon):
            "calls of before \(RFC3339.render(horizon)) were dropped by retention, or events beside them, and what "
                + "they cost stays as it is; book again from then on"
        case .recordTooLarge(let bytes):
            "a record of it would have \(bytes) bytes, and the log holds \(LogFormat.payloadBytesMax); ask for less at once, "
                + "such as one model instead of all"
        case .batchTooLarge(let bytes):
            "a batch of \(bytes) bytes or more does not fit a file of the log, which holds \(LogFormat.fileBytesMax); "
                + "send less at once"
        }
    }
}

extension StoreError {
    /// Whether the state is sound and what was asked for is at fault: too much at once.
    package var isOfRequest: Bool {
        switch self {
        case .correctionTooLarge, .correctionTooOld, .recordTooLarge, .batchTooLarge: true
        case .stopped, .noSpace, .unavailable, .tailFull, .budgetSpent, .closed, .keyMissing, .logDamaged, .logLost:
            false
        }
    }

    /// Whether what failed is one place of one file that was written before: damage, a form of a newer version, a
    /// sector that cannot be read, a file that is gone. What does not need that place goes on.
    static func isOfPlace(_ error: any Error) -> Bool {
        error is any FileContentError || (error as? StorageError)?.isOfPlace ?? false
    }

    /// What was read; nil where the place cannot be: a sector that the disk no longer reads is as good as damage.
    static func ifReadable<Result>(_ body: () throws -> Result?) throws -> Result? {
        do {
            return try body()
        } catch where isOfPlace(error) {
            return nil
        }
    }

    /// What a failed step means for the caller, while the log goes on; damage and the store's own errors pass as they
    /// are.
    static func wrapping(_ error: any Error) -> any Error {
        if let error = error as? StorageError {
            return error.isSpaceExhausted ? noSpace(reason: "\(error)") : unavailable(reason: "\(error)")
        }
        if let error = error as? EventLogError {
            switch error {
            case .stopped(let cause): return stopped(reason: "\(cause)")
            case .closed: return closed
            case .recordTooLarge(let bytes): return recordTooLarge(bytes: bytes)
            case .reservationTooLarge(let bytes): return batchTooLarge(bytes: bytes)
            }
        }
        return error
    }
}
