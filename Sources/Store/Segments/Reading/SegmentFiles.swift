internal import Columnar
package import Platform
import Synchronization

/// The files of segments that are open: those that were read last, and no more than a process can spare, however many
/// segments a store has. Others are opened again when they are read. Safe from any thread.
package final class SegmentFiles: Sendable {
    private struct Open {
        var path: String
        var file: any File
    }

    private let fileSystem: any FileSystem
    private let countMax: Int
    /// In the order in which they were asked for last.
    private let opened = Mutex<[Open]>([])
    /// Of all segments.
    let sharedTexts = SharedTexts()

    /// Of all segments that are read through these files.
    let filters = KeptFilters()

    /// Likewise.
    let pages = KeptPages()

    /// Likewise.
    let lookups = KeptLookups()

    /// Likewise.
    let runs: KeptRuns

    /// Likewise.
    let occurrences: KeptOccurrences

    /// Likewise.
    let texts: KeptTexts

    /// Files that are open while nobody reads, where the process may have many.
    package static let keptMax = 48

    /// - Parameters:
    ///   - countMax: files that are open while nobody reads; nil: ``keptMax``, and no more than a quarter of what the
    ///     process may have open. Where it has too many, libraries below end it.
    ///   - keptTextBytesMax: what numbers of texts that pages have in common may take, bytes; 0: none are kept.
    ///   - keptRunBytesMax: what runs of times in one bucket may take, bytes; 0: none are kept.
    ///   - keptOccurrenceBytesMax: what bits of texts that pages have may take, bytes, roughly; 0: none are kept.
    package init(
        fileSystem: any FileSystem, countMax: Int? = nil, keptTextBytesMax: Int = 8 << 20,
        keptRunBytesMax: Int = 4 << 20, keptOccurrenceBytesMax: Int = 4 << 20
    ) {
        let countMax = countMax ?? max(1, min(Self.keptMax, fileSystem.openFilesMax / 4))
        precondition(countMax > 0, "a file that is read is open")
        self.fileSystem = fileSystem
        self.countMax = countMax
        texts = KeptTexts(bytesMax: keptTextBytesMax)
        runs = KeptRuns(bytesMax: keptRunBytesMax)
        occurrences = KeptOccurrences(bytesMax: keptOccurrenceBytesMax)
    }

    /// The file, open for as long as somebody holds it.
    /// - Complexity: O(open files).
    func file(_ path: String) throws(StorageError) -> any File {
        let known: (any File)? = opened.withLock { opened in
            guard let index = opened.lastIndex(where: { $0.path == path }) else { return nil }
            opened.append(opened.remove(at: index))
            return opened.last?.file
        }
        if let known { return known }
        let file = try open(path)
        // What is dropped closes when nobody holds it any more, and not under the lock.
        let dropped = opened.withLock { opened in
            opened.append(Open(path: path, file: file))
            let dropped = Array(opened.prefix(max(0, opened.count - countMax)))
            opened.removeFirst(dropped.count)
            return dropped
        }
        assert(dropped.count <= 1, "one came")
        return file
    }

    /// The file that has the name now, in place of one that was opened under it and is not what it should be. Where
    /// somebody has opened it anew meanwhile, that one.
    func reopened(_ path: String, insteadOf file: any File) throws(StorageError) -> any File {
        let dropped = opened.withLock { opened in
            defer { opened.removeAll { $0.file === file } }
            return opened.filter { $0.file === file }
        }
        assert(dropped.count <= 1, "a file is kept once")
        return try self.file(path)
    }

    private func open(_ path: String) throws(StorageError) -> any File {
        do {
            return try fileSystem.open(path, .read)
        } catch {
            guard error.isScarcity else { throw error }
            // What this process has too many of may be what is kept here.
            let dropped = opened.withLock { opened in
                defer { opened = [] }
                return opened
            }
            guard !dropped.isEmpty else { throw error }
        }
        return try fileSystem.open(path, .read)
    }

    /// Lets go of a file that nobody will ask for any more.
    func forget(_ path: String) {
        let dropped = opened.withLock { opened in
            defer { opened.removeAll { $0.path == path } }
            return opened.filter { $0.path == path }
        }
        assert(dropped.count <= 2, "two that read at one time may both have opened it")
    }
}
