/// How a file is opened.
package struct FileOptions: Sendable {
    /// What may be done through the handle.
    package enum Access: Sendable { case read, readWrite }
    /// What happens where the file is missing or present.
    package enum Creation: Sendable {
        /// The file must exist.
        case never
        /// Created empty when missing.
        case ifMissing
        /// Must be missing.
        case exclusively
        /// Created when missing, emptied when present.
        case emptied
    }

    package var access: Access
    var creation: Creation
    /// Readable by the owner only (mode 0600), not by its group as well: from when the file is created, or opened to be
    /// changed.
    package var isSecret: Bool
    /// Whether what is no file serves, too, such as a pipe, whose writer is waited for; otherwise it is refused at
    /// once.
    var takesPipes: Bool

    package init(_ access: Access, creation: Creation = .never, isSecret: Bool = false, takesPipes: Bool = false) {
        self.access = access
        self.creation = creation
        self.isSecret = isSecret
        self.takesPipes = takesPipes
    }

    /// An existing file, to be read.
    package static let read = FileOptions(.read)
    /// What somebody named to be read from its beginning to its end: a file, or a pipe.
    package static let input = FileOptions(.read, takesPipes: true)
    /// An existing file, to be read and changed in place.
    package static let update = FileOptions(.readWrite)
    /// Created when missing, to be read and changed.
    package static let append = FileOptions(.readWrite, creation: .ifMissing)
    /// A new file; refuses one that exists.
    package static let create = FileOptions(.readWrite, creation: .exclusively)
    /// An empty file, whatever was there.
    package static let replace = FileOptions(.readWrite, creation: .emptied)
}

/// An entry of a directory.
package struct DirectoryEntry: Hashable, Sendable {
    package var name: String
    package var isDirectory: Bool

    package init(name: String, isDirectory: Bool) {
        self.name = name
        self.isDirectory = isDirectory
    }
}

/// All that the product does with files goes through here, so that tests can crash, fill and damage the disk.
///
/// Paths are texts as the system takes them; `/` separates. Nothing is durable until it is flushed: contents by
/// ``File/flush()``, names (created, renamed, removed) by ``flushDirectory(_:)`` on the directory that holds them.
package protocol FileSystem: AnyObject, Sendable {
    /// Refuses what is no file, without waiting for anybody (``StorageError/isNoFile``), unless the options take it.
    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File

    /// Atomic for readers; replaces a file of the new name. Durable once both directories are flushed.
    func rename(_ path: String, to newPath: String) throws(StorageError)

    /// Gives a file a second name, which must be free: from then on both names are those of one file. Durable once the
    /// directory of the new name is flushed. A volume that keeps no second names, or is not that of the file, says so
    /// (``StorageError/hasNoSecondName``).
    func link(_ path: String, as newPath: String) throws(StorageError)

    /// Where a name leads that stands for a directory elsewhere; nil where it is no such name, whether or not anything
    /// has it.
    func linkTarget(of path: String) throws(StorageError) -> String?

    /// Has a name, which must be free, stand for a directory elsewhere, whose path is absolute. Durable once the
    /// directory of the name is flushed.
    func linkDirectory(_ path: String, to target: String) throws(StorageError)

    /// The path from the root by which a directory that is there is known, whatever stands for it.
    func absolutePath(of directory: String) throws(StorageError) -> String

    /// Removes a file.
    func remove(_ path: String) throws(StorageError)

    /// Removes a directory that is empty.
    func removeDirectory(_ path: String) throws(StorageError)

    /// Entries sorted by name (bytes); without `.` and `..`.
    func list(_ directory: String) throws(StorageError) -> [DirectoryEntry]

    /// The same without names that stand for something elsewhere (``linkTarget(of:)``). Nothing is asked of where they
    /// lead: that may be another volume, which hangs.
    func listOwn(_ directory: String) throws(StorageError) -> [DirectoryEntry]

    /// Creates the directory and the missing ones above it, and flushes each into its parent.
    func createDirectories(_ path: String) throws(StorageError)

    /// Makes the names in a directory durable.
    func flushDirectory(_ path: String) throws(StorageError)

    /// Length in bytes; nil when there is no such file, or one that has no length beforehand: a directory, a pipe.
    func lengthBytes(of path: String) throws(StorageError) -> Int?

    /// Whether a directory of that name exists.
    func isDirectory(_ path: String) throws(StorageError) -> Bool

    /// Bytes that may still be written to the volume that holds `path`.
    func freeBytes(at path: String) throws(StorageError) -> Int

    /// How many files and sockets the process may have open at one time.
    var openFilesMax: Int { get }

    /// Takes the lock file (created when missing) for this process alone; fails at once when another holds it. The
    /// system drops the lock with the process, so a file left behind by a killed process locks nobody out.
    /// - Parameter isSecret: whether the file is its owner's alone, as its neighbours are.
    func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock

    /// Takes from a file or directory what a new one would not let others do, since an earlier version may have made
    /// it; gives nothing, and goes on where it may not. For what is not opened to be changed, which does it, too.
    func tighten(_ path: String, isSecret: Bool)
}

/// Held until ``release()`` or until the last reference goes.
package protocol FileLock: AnyObject, Sendable {
    func release()
}

/// An open file. Reads and writes name their offset, so a handle may be shared between threads; the system's
/// interruptions are retried and short transfers completed. Closed by ``close()`` or with the last reference.
package protocol File: AnyObject, Sendable {
    var path: String { get }

    func lengthBytes() throws(StorageError) -> Int

    /// Fills the span from `offset` on. Returns the bytes read: fewer than asked only where the file ends.
    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int

    /// The first stretch from `offset` on that may hold anything but zeros, as far as that is known without reading:
    /// nil where there is none up to the end. What was written before the call is in it, whoever wrote it.
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>?

    /// Writes all bytes at `offset`, extending the file where needed.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError)

    /// Reserves disk space up to `bytes` and extends the file with zeros to that length; never shortens it.
    func preallocate(bytes: Int) throws(StorageError)

    /// Makes written contents and the length durable (`fdatasync`). After a failure nothing written since the flush
    /// before may be taken for durable, whatever a later call says.
    func flush() throws(StorageError)

    func truncate(toBytes length: Int) throws(StorageError)

    /// Further use fails. Closing twice is harmless.
    func close()
}

extension File {
    package func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try write(bytes.span, at: offset)
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends.
    package func read(upTo count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        var failure: StorageError?
        // Sound: whoever reads into a span has written the bytes that it says were read, and no others are told of.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            var span = unsafe buffer.mutableSpan
            do throws(StorageError) { done = try read(into: &span, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Exactly `count` bytes; a file that ends before them is damaged: ``CorruptionError``.
    package func read(exactly count: Int, at offset: Int) throws -> [UInt8] {
        let bytes = try read(upTo: count, at: offset)
        guard bytes.count == count else {
            throw CorruptionError(
                file: path, offset: offset + bytes.count, expectation: "\(count - bytes.count) more bytes")
        }
        return bytes
    }

    /// Overwrites `count` bytes with zeros, a mebibyte at a time.
    package func writeZeros(_ count: Int, at offset: Int) throws(StorageError) {
        let zeros = [UInt8](repeating: 0, count: min(count, 1 << 20))
        var done = 0
        while done < count {
            let step = min(zeros.count, count - done)
            try write(zeros.span.extracting(first: step), at: offset + done)
            done += step
        }
    }
}

extension FileSystem {
    /// None, where nobody keeps second names.
    package func link(_ path: String, as newPath: String) throws(StorageError) {
        throw StorageError(.link, path: path, code: SystemErrorText.noSecondName)
    }

    /// The path itself, where there is but one root and no name stands for another.
    package func absolutePath(of directory: String) throws(StorageError) -> String { directory }

    /// None, where no name stands for a directory elsewhere.
    package func linkTarget(of path: String) throws(StorageError) -> String? { nil }

    /// Of those that ``list(_:)`` gives.
    package func listOwn(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        for entry in try list(directory) where try linkTarget(of: directory + "/" + entry.name) == nil {
            entries.append(entry)
        }
        return entries
    }

    /// None, likewise.
    package func linkDirectory(_ path: String, to target: String) throws(StorageError) {
        throw StorageError(.link, path: path, code: SystemErrorText.noSecondName)
    }

    /// Nothing, where what is kept has no owner.
    package func tighten(_ path: String, isSecret: Bool) {}

    /// As ``lock(_:isSecret:)``, with a file like others.
    package func lock(_ path: String) throws(StorageError) -> any FileLock { try lock(path, isSecret: false) }

    /// The whole file, as long as the volume says it is: of what we wrote ourselves.
    package func contents(of path: String) throws(StorageError) -> [UInt8] {
        let file = try open(path, .read)
        defer { file.close() }
        return try file.read(upTo: try file.lengthBytes(), at: 0)
    }

    /// What somebody named to be read whole: a file, or a pipe up to its end. Waits for whoever writes into the pipe,
    /// whose bytes are gone then; takes no more memory than twice the bound.
    /// - Parameter takesPipes: false where only a file will do.
    /// - Returns: nil for more than `bytesMax`.
    package func input(_ path: String, bytesMax: Int, takesPipes: Bool = true) throws(StorageError) -> [UInt8]? {
        let file = try open(path, takesPipes ? .input : .read)
        defer { file.close() }
        var bytes: [UInt8] = []
        while bytes.count <= bytesMax {
            let wanted = min(64 << 10, bytesMax + 1 - bytes.count)
            let piece = try file.read(upTo: wanted, at: bytes.count)
            bytes += piece
            // Fewer than asked are the end: a second look at a terminal would wait for a second one.
            guard piece.count == wanted else { return bytes }
        }
        return nil
    }

    /// Replaces a file whole so that a crash leaves the old or the new one: writes and flushes a neighbour of the name
    /// `path` + `.new`, renames it, flushes the directory. Where that fails the neighbour is removed again.
    /// - Parameter flushesInSteps: a step (``FlushStep``) at a time, for what is long and written beside a log.
    package func replace(
        _ path: String, with bytes: [UInt8], isSecret: Bool = false, flushesInSteps: Bool = false
    ) throws(StorageError) {
        let temporary = path + ".new"
        let file = try open(temporary, FileOptions(.readWrite, creation: .emptied, isSecret: isSecret))
        defer { file.close() }
        do throws(StorageError) {
            var done = 0
            repeat {
                let end = flushesInSteps ? min(done + FlushStep.bytes, bytes.count) : bytes.count
                try file.write(bytes.span.extracting(done..<end), at: done)
                if !planted(.renameBeforeFlush) { try file.flush() }
                done = end
            } while done < bytes.count
            try rename(temporary, to: path)
            if planted(.renameBeforeFlush) { try file.flush() }
        } catch {
            // Where the disk is full, each attempt would make it fuller.
            try? remove(temporary)
            throw error
        }
        if !planted(.dropReplacedNameFlush) { try flushDirectory(parentDirectory(of: path)) }
    }
}

/// How much is written before it is flushed, where others wait for flushes of their files meanwhile: what a disk has
/// been handed goes before theirs.
package enum FlushStep {
    /// Some milliseconds of a slow disk.
    package static let bytes = 2 << 20
}

/// The directory that holds `path`: all before the last `/`, `.` where there is none.
package func parentDirectory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The last part of a path.
package func fileName(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
}
