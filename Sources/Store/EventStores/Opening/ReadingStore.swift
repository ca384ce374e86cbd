import EventLogs
import Platform

extension EventStore {
    /// Opens a directory to read from it. Nothing in it changes and no right to write is needed: what a start mends,
    /// marks and notes it does in memory alone. No lock is taken, so another process may serve the directory: what is
    /// seen is the manifest in force and the log as far as it had got, with events among them perhaps whose senders
    /// have no answer yet. The store must not be appended to.
    /// - Throws: as ``open(at:context:options:)``; also where another process went on sealing through several attempts.
    package static func openForReading(
        at directory: String, context: StoreContext, options: StoreOptions = StoreOptions()
    ) throws -> EventStore {
        var options = options
        options.mayLackKey = true
        var attemptsLeft = 4
        while true {
            var context = context
            context.fileSystem = overlay(of: directory, context.fileSystem)
            do {
                return try open(at: directory, context: context, options: options)
            } catch where attemptsLeft > 0 && isOfChange(error) {
                // A seal publishes and then lets go of what was before it; who looks in between finds neither whole.
                attemptsLeft -= 1
            }
        }
    }

    /// Whether it may be that another process changed the directory meanwhile; damage is damage the next time, too.
    private static func isOfChange(_ error: any Error) -> Bool {
        error is CorruptionError || (error as? StorageError)?.isMissing == true
    }

    private static func overlay(of directory: String, _ fileSystem: any FileSystem) -> OverlayFileSystem {
        let files = StoreFiles(root: directory)
        return OverlayFileSystem(
            fileSystem, isKept: { StoreFiles.isOurs(segmentFile: fileName(of: $0)) },
            growing: OverlayFileSystem.Growing(in: files.log) { EventLog.isLast($0, in: $1) })
    }
}
