import Platform
import Segments
import Synchronization

/// Removes segments of an archive outside the data directory that nobody names any more, beside the writer: a volume
/// that is slow, or stuck, keeps no event waiting.
final class ArchiveRemoval: Sendable {
    private let names: [String]
    private let directory: String
    private let claim: ArchiveClaim
    private let fileSystem: any FileSystem
    private let outcome = Mutex<[String]?>(nil)
    private let lock = Mutex<(any FileLock)?>(nil)

    /// - Parameters:
    ///   - names: as manifests have them.
    ///   - directory: of the segments.
    init(_ names: [String], in directory: String, _ claim: ArchiveClaim, _ fileSystem: any FileSystem) {
        assert(names.allSatisfy { $0.hasPrefix(ManifestSegment.archiveBeginning) }, "others are removed at once")
        (self.names, self.directory, self.claim, self.fileSystem) = (names, directory, claim, fileSystem)
    }

    /// What could not be removed; nil while it has not ended.
    var left: [String]? { outcome.withLock { $0 } }

    /// Has the directory stay locked until it has ended, which nobody awaits any more.
    func keep(_ lock: any FileLock) { self.lock.withLock { $0 = lock } }

    func run() {
        // What another one goes on with is not this store's to remove; what is not there needs no more.
        let isOurs = (try? claim.check()) != nil
        let left = names.filter { name in
            guard isOurs else { return true }
            do throws(StorageError) {
                try fileSystem.remove(directory + "/" + name)
                return false
            } catch {
                return !error.isMissing
            }
        }
        outcome.withLock { $0 = left }
    }
}
