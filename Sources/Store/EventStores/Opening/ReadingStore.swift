import EventLogs
import Platform
import Segments

extension EventStore {
    /// Opens a directory to read from it. Nothing in it changes and no right to write is needed: what a start mends,
    /// marks and notes it does in memory alone. No lock is taken, so another process may serve the directory: what is
    /// seen is the manifest in force and the log as far as it had got, with events among them perhaps whose senders
    /// have no answer yet. The store must not be appended to.
    /// - Throws: as ``open(at:context:options:)``; also where another process went on sealing through several attempts.
    package static func openForReading(
        at directory: String, context: StoreContext, options: StoreOptions = StoreOptions()
    ) throws -> EventStore {
        try readingBeside {
            var context = context
            context.fileSystem = overlay(of: directory, context.fileSystem)
            return try open(at: directory, context: context, options: options, by: .reader)
        }
    }

    /// Reads files of a store from the manifest on, anew where another process may have changed them meanwhile: a seal
    /// publishes and then lets go of what was before it, and who looks in between finds neither whole.
    /// - Throws: what `body` throws, at once where no change explains it, else after several attempts.
    package static func readingBeside<Result>(_ body: () throws -> Result) throws -> Result {
        try trying(isWorthAgain: isOfChange, body)
    }

    /// Opens a directory as ``openForReading(at:context:options:)`` does, reads from it and closes it.
    /// - Parameter isRepeatable: whether it may begin again where another process has let go of a file that it reads.
    /// - Throws: what `body` throws, and what opening and closing throw.
    package static func reading<Result>(
        _ directory: String, context: StoreContext, isRepeatable: Bool = false, _ body: (EventStore) throws -> Result
    ) throws -> Result {
        do {
            return try trying(isWorthAgain: { isRepeatable && $0 is Overtaken }) {
                let store = try openForReading(at: directory, context: context)
                do {
                    let result = try body(store)
                    try store.close()
                    return result
                } catch {
                    let isOvertaken = store.isOvertaken(error)
                    // The first failure is the one to tell.
                    try? store.close()
                    if isOvertaken { throw Overtaken(error: error) }
                    throw error
                }
            }
        } catch let failure as Overtaken {
            throw failure.error
        }
    }

    /// Looks for what is not as it should be among the files of a directory, anew where another process has published
    /// meanwhile, which may explain files that are gone.
    /// - Parameters:
    ///   - isSound: whether nothing was found.
    ///   - look: is given what says the version of the manifest in force; nil where it cannot be told.
    /// - Throws: what `look` throws, where it is not worth another attempt.
    static func lookingBeside<Found>(
        _ directory: String, _ fileSystem: any FileSystem, isWorthAgain: (any Error) -> Bool = { _ in false },
        isSound: (Found) -> Bool, _ look: (_ published: () -> UInt64?) throws -> Found
    ) throws -> Found {
        let segments = StoreFiles(root: directory).segments
        func version() -> UInt64? {
            (try? ManifestStore.survey(fileSystem: fileSystem, directory: segments))?.version
        }
        var before: UInt64?
        return try trying(isWorthAgain: isWorthAgain, isEnough: { isSound($0) || version() == before }) {
            before = version()
            return try look(version)
        }
    }

    /// Does something again, several times, where another process may have made it fail, or not give enough.
    private static func trying<Result>(
        isWorthAgain: (any Error) -> Bool, isEnough: (Result) -> Bool = { _ in true }, _ body: () throws -> Result
    ) throws -> Result {
        var attemptsLeft = 4
        while true {
            do {
                let result = try body()
                if attemptsLeft == 0 || isEnough(result) { return result }
            } catch where attemptsLeft > 0 && isWorthAgain(error) {}
            attemptsLeft -= 1
        }
    }

    /// Whether a reader met a file that is gone since another process has published a later manifest: what was asked
    /// may be asked of the directory as it is now.
    package func isOvertaken(_ error: any Error) -> Bool { (error as? StorageError)?.isMissing == true && hasMovedOn }

    /// Whether it may be that another process changed the directory meanwhile; damage is damage the next time, too.
    private static func isOfChange(_ error: any Error) -> Bool {
        if case .logDamaged = error as? StoreError { return true }
        return error is CorruptionError || (error as? StorageError)?.isMissing == true
    }

    /// The directory as it is now, with what is changed over it in memory.
    static func overlay(of directory: String, _ fileSystem: any FileSystem) -> OverlayFileSystem {
        let files = StoreFiles(root: directory)
        return OverlayFileSystem(
            fileSystem, isKept: { StoreFiles.isOurs(segmentFile: fileName(of: $0)) },
            growing: OverlayFileSystem.Growing(in: files.log) { EventLog.isLast($0, in: $1) })
    }
}

/// What a reader threw who met a file that is gone.
private struct Overtaken: Error {
    var error: any Error
}
