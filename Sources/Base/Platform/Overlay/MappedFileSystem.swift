internal import Glibc

/// A volume whose files lie elsewhere, under other names: what stands where is told once, and nothing in it changes. So
/// files that were put away by what is in them are read under the names that they had.
package final class MappedFileSystem: FileSystem {
    private let base: any FileSystem
    private let targets: [String: String]
    private let listings: [String: [DirectoryEntry]]
    private let denied: Set<String>

    /// - Parameters:
    ///   - base: where the files lie.
    ///   - files: the path of each here, and there.
    ///   - directories: such as may hold no file; those that hold one, or one of these, are there by that.
    ///   - denied: paths of files that are there and that nobody here may open.
    package init(
        _ base: any FileSystem, files: [(path: String, target: String)], directories: [String] = [],
        denied: Set<String> = []
    ) {
        self.base = base
        self.denied = denied
        targets = Dictionary(files.map { ($0.path, $0.target) }) { first, _ in first }
        var entries: [String: Set<DirectoryEntry>] = [:]
        func add(_ path: String, isDirectory: Bool) {
            if isDirectory, entries[path] == nil { entries[path] = [] }
            let parent = parentDirectory(of: path)
            guard parent != path else { return }
            let isKnown = entries[parent] != nil
            entries[parent, default: []].insert(DirectoryEntry(name: fileName(of: path), isDirectory: isDirectory))
            if !isKnown { add(parent, isDirectory: true) }
        }
        for path in directories { add(path, isDirectory: true) }
        for file in files { add(file.path, isDirectory: false) }
        for path in denied.sorted() { add(path, isDirectory: false) }
        listings = entries.mapValues { entries in
            entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        }
    }

    private func refusal(_ operation: StorageError.Operation, _ path: String) -> StorageError {
        StorageError(operation, path: path, code: EROFS)
    }

    /// The file that stands for the path: it says its own path.
    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        guard options.access == .read, options.creation == .never else { throw refusal(.open, path) }
        if denied.contains(path) { throw StorageError(.open, path: path, code: EACCES) }
        guard let target = targets[path] else { throw StorageError(.open, path: path, code: ENOENT) }
        return try base.open(target, options)
    }

    /// Of the file that stands for the path.
    package func lengthBytes(of path: String) throws(StorageError) -> Int? {
        guard let target = targets[path] else { return nil }
        return try base.lengthBytes(of: target)
    }

    /// As it was told.
    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        guard let entries = listings[directory] else { throw StorageError(.list, path: directory, code: ENOENT) }
        return entries
    }

    /// Whether it was told, or something in it.
    package func isDirectory(_ path: String) throws(StorageError) -> Bool { listings[path] != nil }

    /// None.
    package func freeBytes(at path: String) throws(StorageError) -> Int { 0 }

    /// As below.
    package var openFilesMax: Int { base.openFilesMax }

    /// Refused.
    package func rename(_ path: String, to newPath: String) throws(StorageError) { throw refusal(.rename, path) }
    /// Refused.
    package func link(_ path: String, as newPath: String) throws(StorageError) { throw refusal(.link, path) }
    /// Refused.
    package func remove(_ path: String) throws(StorageError) { throw refusal(.remove, path) }
    /// Refused.
    package func removeDirectory(_ path: String) throws(StorageError) { throw refusal(.remove, path) }
    /// Refused.
    package func createDirectories(_ path: String) throws(StorageError) { throw refusal(.createDirectory, path) }
    /// Refused.
    package func flushDirectory(_ path: String) throws(StorageError) { throw refusal(.flushDirectory, path) }
    /// Refused.
    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        throw refusal(.lock, path)
    }
}
