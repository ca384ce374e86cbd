import Bytes
import Domain
import EventStores
import OperatorLogs
import Platform
import Segments

/// What `plimsoll serve` says of its own life; that of the server the server says.
extension OperatorLog {
    /// Before anything is done.
    func begins(in directory: String) {
        notice("starting", [LogField(.version, Version.text), LogField(.data, directory)])
    }

    /// What a start found, and what it did about it.
    func opened(_ store: EventStore, nanoseconds: Int64) {
        let found = store.recovery
        let milliseconds = Int(nanoseconds / 1_000_000)
        guard !found.isNew else {
            return notice("a new store was begun", [LogField(.milliseconds, milliseconds)])
        }
        let place = [
            LogField(.events, found.replayedEvents), LogField(.records, found.replayedRecords),
            LogField(.position, Int(store.snapshot().position)), LogField(.milliseconds, milliseconds),
        ]
        notice(
            found.wasClosed
                ? "the store was opened: nothing was under way when it was left"
                : "the store was recovered: it was left while something was under way", place)
        if found.tornBytes > 0 || found.orphanedRecords > 0 {
            warning(
                "the end of the log was cut: a record there was never finished, and never acknowledged",
                [LogField(.bytes, found.tornBytes), LogField(.records, found.orphanedRecords)])
        }
        for damage in found.restored {
            // Where it could not be written the store's troubles say so.
            let isWritten = !found.unrestored.contains { $0.hasSameBytes(as: damage.file) }
            error(
                "a file that is kept twice is damaged; its copy was read"
                    + (isWritten ? ", and the file written anew" : ""),
                [LogField(.error, "\(damage)"), LogField(.advice, "look at the disk, since damage seldom comes alone")])
        }
        for copy in found.loneManifestCopies {
            warning("\(copy)", [LogField(.advice, LoneManifestCopy.advice)])
        }
        for damage in found.damage {
            error(
                "a newer manifest is damaged; what it said was read again from the log",
                [LogField(.error, "\(damage)"), LogField(.advice, CorruptionError.extentAdvice())])
        }
    }

    /// The end of a process that could not start, or go on.
    func ended(by failure: CommandFailure) {
        critical(
            failure.message,
            [LogField(.status, Int(failure.status.rawValue))] + (failure.advice.map { [LogField(.advice, $0)] } ?? []))
    }
}
