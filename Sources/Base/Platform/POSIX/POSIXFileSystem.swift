internal import Glibc
internal import Synchronization

/// The machine's own files.
package final class POSIXFileSystem: FileSystem {
    /// Who may read what is created here; the process's umask can only take away from it.
    package enum Readers: Sendable {
        /// The owner, and its group: what a store keeps (0640, directories 0750). A file that more may read is theirs
        /// alone from when it is opened to be changed, or tightened.
        case group
        /// Whom the umask lets, as with any program: what an operator asked for, maybe for another service to read.
        case everyone
    }

    private let readers: Readers

    /// Secret files (``FileOptions/isSecret``) are their owner's alone, whoever may read the others.
    package init(readers: Readers = .group) { self.readers = readers }

    private func mode(isSecret: Bool) -> mode_t { isSecret ? 0o600 : readers == .group ? 0o640 : 0o666 }
    private var directoryMode: mode_t { readers == .group ? 0o750 : 0o777 }

    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        var flags = O_CLOEXEC | (options.access == .read ? O_RDONLY : O_RDWR)
        switch options.creation {
        case .never: break
        case .ifMissing: flags |= O_CREAT
        case .exclusively: flags |= O_CREAT | O_EXCL
        case .emptied: flags |= O_CREAT | O_TRUNC
        }
        // A pipe would have its writer waited for, and a device might wait for whatever it is.
        if !options.takesPipes { flags |= O_NONBLOCK | O_NOCTTY }
        let opened = try descriptor(.open, path, flags, mode: mode(isSecret: options.isSecret))
        let file = POSIXFile(path: path, descriptor: opened)
        if !options.takesPipes { try file.checkIsFile() }
        if options.access == .readWrite { tighten(opened, isSecret: options.isSecret) }
        return file
    }

    /// Takes from a file that was there what a new one would not have: an earlier version may have made it for more
    /// readers. Gives nothing, and leaves what an operator asked for as it is. Who does not own it may not change that,
    /// and goes on.
    private func tighten(_ file: Int32, isSecret: Bool) {
        guard isSecret || readers == .group else { return }
        var status = stat()
        // Sound: `status` is a whole `stat` that outlives the call.
        guard unsafe fstat(file, &status) == 0 else { return }
        let found = status.st_mode & 0o7777
        let promised: mode_t
        switch status.st_mode & S_IFMT {
        case S_IFREG: promised = mode(isSecret: isSecret)
        // Whose group files get in it, and who may remove what of others, is no right of readers.
        case S_IFDIR: promised = directoryMode | 0o7000
        default: return
        }
        if found & ~promised != 0 { _ = fchmod(file, found & promised) }
    }

    package func tighten(_ path: String, isSecret: Bool) {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        guard let opened = try? descriptor(.open, path, flags) else { return }
        tighten(opened, isSecret: isSecret)
        _ = Glibc.close(opened)
    }

    private func descriptor(
        _ operation: StorageError.Operation, _ path: String, _ flags: Int32, mode: mode_t = 0
    ) throws(StorageError) -> Int32 {
        // Sound: the text is passed as a NUL-terminated copy that lives for the call.
        try retryingInterruptions(operation, path: path) { unsafe Glibc.open(path, flags, mode) }
    }

    package func rename(_ path: String, to newPath: String) throws(StorageError) {
        // Sound: both texts are NUL-terminated copies that live for the call.
        _ = try retryingInterruptions(.rename, path: path) { unsafe Glibc.rename(path, newPath) }
    }

    /// Both names are those of one file.
    package func link(_ path: String, as newPath: String) throws(StorageError) {
        // Sound: both texts are NUL-terminated copies that live for the call.
        _ = try retryingInterruptions(.link, path: path) { unsafe Glibc.link(path, newPath) }
    }

    /// No path that the system takes is longer.
    private static let pathBytesMax = 4_096

    /// Where a symbolic link leads.
    package func linkTarget(of path: String) throws(StorageError) -> String? {
        var buffer = [CChar](repeating: 0, count: Self.pathBytesMax)
        // Sound: the buffer's own length is passed, and so many of its bytes are written as are told.
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count >= 0 else {
            let code = errno
            // No link, or nothing at all.
            if code == EINVAL || code == ENOENT || code == ENOTDIR { return nil }
            throw StorageError(.examine, path: path, code: code)
        }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A symbolic link.
    package func linkDirectory(_ path: String, to target: String) throws(StorageError) {
        // Sound: both texts are NUL-terminated copies that live for the call.
        _ = try retryingInterruptions(.link, path: path) { unsafe symlink(target, path) }
    }

    /// Without symbolic links.
    package func absolutePath(of directory: String) throws(StorageError) -> String {
        // Sound: the system allocates a NUL-terminated text, which is copied and freed once.
        guard let path = unsafe realpath(directory, nil) else {
            throw StorageError(.examine, path: directory, code: errno)
        }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    package func remove(_ path: String) throws(StorageError) {
        // Sound: a NUL-terminated copy that lives for the call.
        _ = try retryingInterruptions(.remove, path: path) { unsafe unlink(path) }
    }

    package func removeDirectory(_ path: String) throws(StorageError) {
        // Sound: a NUL-terminated copy that lives for the call.
        _ = try retryingInterruptions(.remove, path: path) { unsafe rmdir(path) }
    }

    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        try entries(of: directory) { path, _ throws(StorageError) in try isDirectory(path) }
    }

    /// Directories by the kinds that the directory itself says.
    package func listOwn(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        try entries(of: directory) { path, kind throws(StorageError) in
            switch kind {
            case UInt8(DT_DIR): return true
            case UInt8(DT_LNK): return nil
            // Some volumes do not say.
            case UInt8(DT_UNKNOWN): return try linkTarget(of: path) == nil ? try isDirectory(path) : nil
            default: return false
            }
        }
    }

    /// - Parameter look: says by the path of an entry and what the directory says of it whether that is a directory;
    ///   nil: it is left out.
    private func entries(
        of directory: String, _ look: (String, UInt8) throws(StorageError) -> Bool?
    ) throws(StorageError) -> [DirectoryEntry] {
        // Sound: a NUL-terminated copy that lives for the call.
        guard let stream = unsafe opendir(directory) else { throw StorageError(.list, path: directory, code: errno) }
        defer { _ = unsafe closedir(stream) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            // Sound: the stream is open and used by this thread alone; the entry is copied before the next call.
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw StorageError(.list, path: directory, code: errno) }
                break
            }
            // Sound: `d_name` is NUL-terminated within the entry that the system handed out.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            // Sound: a number, copied.
            let kind = unsafe entry.pointee.d_type
            guard name != ".", name != "..", let isDirectory = try look(directory + "/" + name, kind) else {
                continue
            }
            entries.append(DirectoryEntry(name: name, isDirectory: isDirectory))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package func createDirectories(_ path: String) throws(StorageError) {
        if try isDirectory(path) { return }
        let parent = parentDirectory(of: path)
        if parent != path { try createDirectories(parent) }
        do {
            // Sound: a NUL-terminated copy that lives for the call.
            _ = try retryingInterruptions(.createDirectory, path: path) { unsafe mkdir(path, directoryMode) }
        } catch {
            // Another thread or process may have been first.
            guard error.code == EEXIST, try isDirectory(path) else { throw error }
        }
        try flushDirectory(parent)
    }

    package func flushDirectory(_ path: String) throws(StorageError) {
        let directory = try descriptor(.flushDirectory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { _ = Glibc.close(directory) }
        _ = try retryingInterruptions(.flushDirectory, path: path) { fsync(directory) }
    }

    private func status(of path: String) throws(StorageError) -> stat? {
        var status = stat()
        // Sound: `status` is a whole `stat`, the text a NUL-terminated copy; both outlive the call.
        do {
            _ = try retryingInterruptions(.examine, path: path) { unsafe stat(path, &status) }
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
        return status
    }

    package func lengthBytes(of path: String) throws(StorageError) -> Int? {
        guard let status = try status(of: path), status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    package func isDirectory(_ path: String) throws(StorageError) -> Bool {
        guard let status = try status(of: path) else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    package func freeBytes(at path: String) throws(StorageError) -> Int {
        var volume = statvfs()
        // Sound: `volume` is a whole `statvfs`, the text a NUL-terminated copy; both outlive the call.
        _ = try retryingInterruptions(.examine, path: path) { unsafe statvfs(path, &volume) }
        let (bytes, overflow) = Int(clamping: volume.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: volume.f_frsize))
        return overflow ? .max : bytes
    }

    /// By `RLIMIT_NOFILE`.
    package var openFilesMax: Int { OpenFileLimit.current.now }

    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        let file = try descriptor(.lock, path, O_RDWR | O_CREAT | O_CLOEXEC, mode: mode(isSecret: isSecret))
        tighten(file, isSecret: isSecret)
        do {
            _ = try retryingInterruptions(.lock, path: path) { flock(file, LOCK_EX | LOCK_NB) }
        } catch {
            _ = Glibc.close(file)
            throw error
        }
        return POSIXFileLock(descriptor: file)
    }
}

/// A lock that belongs to an open descriptor: it goes when the descriptor is closed, by us or by the system.
private final class POSIXFileLock: FileLock {
    private let descriptor: Atomic<Int32>

    init(descriptor: Int32) { self.descriptor = Atomic(descriptor) }

    deinit { release() }

    func release() {
        let closing = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        guard closing >= 0 else { return }
        // A child that is being started has a copy of the descriptor until it becomes another program, and would keep
        // the lock for that long.
        _ = flock(closing, LOCK_UN)
        _ = Glibc.close(closing)
    }
}
