import EventLogs
import Platform

/// Whether a store has a log, before it is read: for all who open, look at or mend one.
enum LogState {
    /// No store was begun.
    case absent
    case there
    /// A store was begun, and the folder of its log is gone, or all records that were in it and what tells of segments.
    case lost(CorruptionError)

    /// Of a new store the log's folder is made, durably, before that of the segments: who has this one had a log, even
    /// if power went while it was begun.
    /// - Throws: ``StorageError``.
    init(_ files: StoreFiles, _ fileSystem: any FileSystem) throws(StorageError) {
        if try fileSystem.isDirectory(files.log) {
            self = try Self.hasLostAll(files, fileSystem) ? .lost(Self.allLost(files)) : .there
        } else if try fileSystem.isDirectory(files.segments) {
            self = .lost(
                CorruptionError(
                    file: files.log, offset: 0, expectation: "the store's log, found no log; put the folder back"))
        } else {
            self = .absent
        }
    }

    /// A segment is written after the log has its events, so where there is one and neither a log nor a manifest, both
    /// are lost: this is no new store, and the segments are not what an attempt left that came to nothing.
    private static func hasLostAll(_ files: StoreFiles, _ fileSystem: any FileSystem) throws(StorageError) -> Bool {
        guard try !EventLog.hasRecords(fileSystem.list(files.log)), try fileSystem.isDirectory(files.segments) else {
            return false
        }
        let entries = try fileSystem.list(files.segments)
        var names = entries.map(\.name)
        if entries.contains(where: { $0.isDirectory && files.segments + "/" + $0.name == files.archive }) {
            names += try fileSystem.list(files.archive).map(\.name)
        }
        return names.contains(where: StoreFiles.isOurs(segmentFile:)) && !names.contains { $0.contains("manifest") }
    }

    private static func allLost(_ files: StoreFiles) -> CorruptionError {
        CorruptionError(
            file: files.log, offset: 0,
            expectation: "the store's log, found neither log nor manifest beside segments; put the files back")
    }
}
