package import Platform

/// How a log is opened.
package struct EventLogOptions: Sendable {
    /// Size of a file, but for a log's first one, which is smaller; a record that does not fit one gets a file of its
    /// own.
    var fileBytes: Int
    /// Freed files kept for use again.
    var spareFilesMax: Int
    /// Appended bytes are written, unflushed, when this many have gathered.
    var bufferBytes: Int
    /// The log is known to reach this place (a manifest says so): ending before it is damage, not a torn tail.
    package var mustReach: LogPlace?

    /// - Precondition: `fileBytes` is a multiple of eight within the limits of ``LogFormat``.
    package init(
        fileBytes: Int = 64 << 20, spareFilesMax: Int = 2, bufferBytes: Int = 1 << 20,
        mustReach: LogPlace? = nil
    ) {
        precondition((LogFormat.fileBytesMin...LogFormat.fileBytesMax).contains(fileBytes))
        precondition(fileBytes % LogFormat.alignmentBytes == 0)
        self.fileBytes = fileBytes
        self.spareFilesMax = spareFilesMax
        self.bufferBytes = bufferBytes
        self.mustReach = mustReach
    }
}

/// Where replay begins.
package enum ReplayStart: Sendable {
    /// With the oldest record kept.
    case beginning
    /// With the record at a place that a checkpoint kept.
    case place(LogPlace)
    /// With the first record that holds this position or a later one, and records without events from there on.
    case position(Int64)
}

/// What opening found and did.
package struct RecoveryReport: Sendable, Equatable {
    /// No log was there; one was begun.
    package var isNew = false
    /// The log ended in an end marker.
    package var wasClosed = false
    package var files = 0
    /// Handed to the replay.
    var replayedRecords = 0
    package var replayedEvents = 0
    /// Bytes of a torn record that were cut; 0 when the log ended between two records.
    package var tornBytes = 0
    /// Intact records behind the cut that a power cut kept though it lost what came before them; never acknowledged.
    package var orphanedRecords = 0
    /// Position of the next event.
    package var nextPosition: Int64 = 0

    package init() {}
}

/// Why the log does not take a record.
package enum EventLogError: Error, Sendable, CustomStringConvertible {
    /// An earlier write or flush failed. What was not flushed then may be lost, so nothing is taken any more: restart,
    /// which reads what is really there.
    case stopped(StorageError)
    /// The payload is longer than ``LogFormat/payloadBytesMax``: split the batch.
    case recordTooLarge(payloadBytes: Int)
    /// Records that are to be taken together have at least this many bytes, more than ``LogFormat/fileBytesMax``
    /// allows: take fewer at once.
    case reservationTooLarge(bytes: Int)
    /// Closed.
    case closed

    package var description: String {
        switch self {
        case .stopped(let cause):
            "the log takes nothing after a failure (\(cause)); restart to go on from what is stored"
        case .recordTooLarge(let bytes):
            "a record of \(bytes) bytes exceeds \(LogFormat.payloadBytesMax): split the batch"
        case .reservationTooLarge(let bytes):
            "records of \(bytes) bytes or more exceed \(LogFormat.reservedBytesMax): take fewer at once"
        case .closed: "the log is closed"
        }
    }
}
