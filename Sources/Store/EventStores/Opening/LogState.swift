import Platform

/// Whether a store has a log, before it is read: for all who open, look at or mend one.
enum LogState {
    /// No store was begun.
    case absent
    case there
    /// A store was begun, and the folder of its log is gone.
    case lost(CorruptionError)

    /// Of a new store the log's folder is made, durably, before that of the segments: who has this one had a log, even
    /// if power went while it was begun.
    /// - Throws: ``StorageError``.
    init(_ files: StoreFiles, _ fileSystem: any FileSystem) throws(StorageError) {
        if try fileSystem.isDirectory(files.log) {
            self = .there
        } else if try fileSystem.isDirectory(files.segments) {
            self = .lost(
                CorruptionError(
                    file: files.log, offset: 0, expectation: "the store's log, found no log; put the folder back"))
        } else {
            self = .absent
        }
    }
}
