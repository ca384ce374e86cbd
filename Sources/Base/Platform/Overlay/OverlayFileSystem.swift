internal import Glibc
internal import Synchronization

/// A volume that is read and never written: what is changed is changed in memory, seen through this value alone, and
/// gone with it. So whatever opens files for itself, mends and marks them, can look at files that are not its own,
/// among them such as another process changes meanwhile.
///
/// A directory is listed once, as it was when it was first asked for. No lock is taken, and none keeps anybody out.
package final class OverlayFileSystem: FileSystem {
    private struct State {
        /// Files that are not as on the volume; nil for one that is gone.
        var nodes: [String: OverlayNode?] = [:]
        var createdDirectories: Set<String> = []
        var removedDirectories: Set<String> = []
        var listings: [String: [DirectoryEntry]] = [:]
        /// Open files of the volume, so that they stay readable when they lose their names.
        var kept: [String: any File] = [:]
    }

    /// The files of one directory to whose ends another process may be writing.
    package struct Growing: Sendable {
        var directory: String
        var isGrowing: @Sendable (_ name: String, [DirectoryEntry]) -> Bool

        /// - Parameter isGrowing: says it of a name, given what else is in the directory.
        package init(
            in directory: String, _ isGrowing: @escaping @Sendable (_ name: String, [DirectoryEntry]) -> Bool
        ) {
            (self.directory, self.isGrowing) = (directory, isGrowing)
        }
    }

    private let base: any FileSystem
    private let isKept: @Sendable (String) -> Bool
    private let growing: Growing?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - base: the volume.
    ///   - isKept: whether a file stays open once it was read, for as long as descriptors last: another process may
    ///     remove it.
    ///   - growing: files that are copied into memory when they are opened first.
    package init(
        _ base: any FileSystem, isKept: @escaping @Sendable (String) -> Bool = { _ in false },
        growing: Growing? = nil
    ) {
        (self.base, self.isKept, self.growing) = (base, isKept, growing)
    }

    // MARK: Files

    /// The file of the volume, or the one that lies over it.
    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        try state.withLock { state throws(StorageError) in
            func failure(_ code: Int32) -> StorageError { StorageError(.open, path: path, code: code) }
            if let node = state.nodes[path] ?? nil {
                if options.creation == .exclusively { throw failure(EEXIST) }
                if options.creation == .emptied { node.truncate(to: 0) }
                return OverlayFile(path: path, node: node, isWritable: options.access == .readWrite)
            }
            let isGone = state.nodes.keys.contains(path)
            let isThere = try isOnVolume(path, state)
            if options.access == .read, options.creation == .never {
                // The volume says itself what is amiss.
                if isGone { throw failure(ENOENT) }
                return try read(path, &state)
            }
            if isThere, options.creation == .exclusively { throw failure(EEXIST) }
            if !isThere {
                guard options.creation != .never, try hasDirectory(parentDirectory(of: path), state) else {
                    throw failure(ENOENT)
                }
            }
            let node = isThere && options.creation != .emptied ? try adopt(path, &state) : OverlayNode()
            state.nodes[path] = node
            return OverlayFile(path: path, node: node, isWritable: options.access == .readWrite)
        }
    }

    private func read(_ path: String, _ state: inout State) throws(StorageError) -> any File {
        if try isGrowing(path, &state) {
            let node = try OverlayNode(copying: opened(path, &state))
            state.nodes[path] = node
            return OverlayFile(path: path, node: node, isWritable: false)
        }
        if let kept = state.kept[path] { return SharedFile(kept) }
        let file = try opened(path, &state)
        guard isKept(path) else { return file }
        state.kept[path] = file
        return SharedFile(file)
    }

    /// The file as it is on the volume, under changes to come.
    private func adopt(_ path: String, _ state: inout State) throws(StorageError) -> OverlayNode {
        let file: any File
        if let kept = state.kept[path] { file = kept } else { file = try opened(path, &state) }
        return try isGrowing(path, &state) ? OverlayNode(copying: file) : OverlayNode(over: file)
    }

    private func isGrowing(_ path: String, _ state: inout State) throws(StorageError) -> Bool {
        guard let growing, parentDirectory(of: path) == growing.directory else { return false }
        return growing.isGrowing(fileName(of: path), try entries(of: growing.directory, &state))
    }

    private func opened(_ path: String, _ state: inout State) throws(StorageError) -> any File {
        do {
            return try base.open(path, .read)
        } catch {
            guard error.isScarcity, !state.kept.isEmpty else { throw error }
            state.kept = [:]
        }
        return try base.open(path, .read)
    }

    /// In memory alone.
    package func rename(_ path: String, to newPath: String) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            let node = try node(path, .rename, &state)
            guard try hasDirectory(parentDirectory(of: newPath), state) else {
                throw StorageError(.rename, path: path, code: ENOENT)
            }
            guard path != newPath else { return }
            state.nodes[newPath] = node
            state.nodes[path] = .some(nil)
        }
    }

    /// In memory alone.
    package func link(_ path: String, as newPath: String) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            let node = try node(path, .link, &state)
            guard try hasDirectory(parentDirectory(of: newPath), state) else {
                throw StorageError(.link, path: path, code: ENOENT)
            }
            let isTaken = try isOnVolume(newPath, state)
            guard !isTaken, (state.nodes[newPath] ?? nil) == nil else {
                throw StorageError(.link, path: path, code: EEXIST)
            }
            state.nodes[path] = node
            state.nodes[newPath] = node
        }
    }

    /// As on the volume.
    package func linkTarget(of path: String) throws(StorageError) -> String? { try base.linkTarget(of: path) }

    /// In memory alone.
    package func remove(_ path: String) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            if (state.nodes[path] ?? nil) == nil {
                guard try isOnVolume(path, state) else { throw StorageError(.remove, path: path, code: ENOENT) }
            }
            state.nodes[path] = .some(nil)
        }
    }

    private func node(
        _ path: String, _ operation: StorageError.Operation, _ state: inout State
    ) throws(StorageError) -> OverlayNode {
        if let node = state.nodes[path] ?? nil { return node }
        guard try isOnVolume(path, state) else { throw StorageError(operation, path: path, code: ENOENT) }
        return try adopt(path, &state)
    }

    private func isOnVolume(_ path: String, _ state: State) throws(StorageError) -> Bool {
        if state.nodes.keys.contains(path) { return false }
        return try base.lengthBytes(of: path) != nil
    }

    /// Of the file as it is seen here.
    package func lengthBytes(of path: String) throws(StorageError) -> Int? {
        try state.withLock { state throws(StorageError) in
            guard state.nodes.keys.contains(path) else { return try base.lengthBytes(of: path) }
            return (state.nodes[path] ?? nil)?.lengthBytes
        }
    }

    /// Bytes of memory that what was changed takes; room that was reserved takes none.
    /// - Complexity: O(files changed).
    package var heldBytes: Int {
        // order: a sum.
        state.withLock { state in state.nodes.values.reduce(0) { $0 + ($1?.heldBytes ?? 0) } }
    }

    // MARK: Directories

    /// As the volume was when it was first asked, with what changed here.
    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        try state.withLock { state throws(StorageError) in
            guard try hasDirectory(directory, state) else { throw StorageError(.list, path: directory, code: ENOENT) }
            var entries = Set(try entries(of: directory, &state))
            // order: into a set.
            for (path, node) in state.nodes where parentDirectory(of: path) == directory {
                let entry = DirectoryEntry(name: fileName(of: path), isDirectory: false)
                if node == nil { entries.remove(entry) } else { entries.insert(entry) }
            }
            // order: into a set.
            for path in state.createdDirectories where parentDirectory(of: path) == directory && path != directory {
                entries.insert(DirectoryEntry(name: fileName(of: path), isDirectory: true))
            }
            // order: out of a set.
            for path in state.removedDirectories where parentDirectory(of: path) == directory {
                entries.remove(DirectoryEntry(name: fileName(of: path), isDirectory: true))
            }
            // order: sorted.
            return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    /// Entries on the volume.
    private func entries(of directory: String, _ state: inout State) throws(StorageError) -> [DirectoryEntry] {
        if let known = state.listings[directory] { return known }
        let entries = try base.isDirectory(directory) ? try base.list(directory) : []
        state.listings[directory] = entries
        return entries
    }

    private func hasDirectory(_ path: String, _ state: State) throws(StorageError) -> Bool {
        if state.createdDirectories.contains(path) { return true }
        if state.removedDirectories.contains(path) { return false }
        return try base.isDirectory(path)
    }

    /// Whether it is seen here.
    package func isDirectory(_ path: String) throws(StorageError) -> Bool {
        try state.withLock { state throws(StorageError) in try hasDirectory(path, state) }
    }

    /// In memory alone.
    package func createDirectories(_ path: String) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            var path = path
            while try !hasDirectory(path, state) {
                state.createdDirectories.insert(path)
                state.removedDirectories.remove(path)
                let parent = parentDirectory(of: path)
                if parent == path { break }
                path = parent
            }
        }
    }

    /// In memory alone.
    package func removeDirectory(_ path: String) throws(StorageError) {
        guard try list(path).isEmpty else { throw StorageError(.remove, path: path, code: ENOTEMPTY) }
        state.withLock { state in
            state.createdDirectories.remove(path)
            state.removedDirectories.insert(path)
        }
    }

    /// Nothing here outlives the process.
    package func flushDirectory(_ path: String) throws(StorageError) {
        guard try isDirectory(path) else { throw StorageError(.flushDirectory, path: path, code: ENOENT) }
    }

    /// What is written here takes no room of the volume.
    package func freeBytes(at path: String) throws(StorageError) -> Int { 1 << 50 }

    /// What is changed here opens no file.
    package var openFilesMax: Int { base.openFilesMax }

    /// Holds nothing and keeps nobody out.
    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock { NoLock() }
}

/// Holds nothing.
private final class NoLock: FileLock {
    func release() {}
}

/// An open file that several use: it closes with the last of them.
private final class SharedFile: File {
    private let file: any File

    init(_ file: any File) { self.file = file }

    var path: String { file.path }
    func lengthBytes() throws(StorageError) -> Int { try file.lengthBytes() }
    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        try file.read(into: &span, at: offset)
    }
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? { try file.nextData(from: offset) }
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) { try file.write(bytes, at: offset) }
    func preallocate(bytes: Int) throws(StorageError) { try file.preallocate(bytes: bytes) }
    func flush() throws(StorageError) { try file.flush() }
    func truncate(toBytes length: Int) throws(StorageError) { try file.truncate(toBytes: length) }
    func close() {}
}
