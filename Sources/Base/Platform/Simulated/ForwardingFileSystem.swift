// tests: volumes that answer otherwise than another one in what a test is about.
/// A volume that answers as another one does, but for what whoever conforms answers otherwise. It keeps no second names.
package protocol ForwardingFileSystem: FileSystem {
    /// The volume that is asked.
    var base: any FileSystem { get }
}

extension ForwardingFileSystem {
    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        try base.open(path, options)
    }

    package func rename(_ path: String, to newPath: String) throws(StorageError) {
        try base.rename(path, to: newPath)
    }

    /// As the other one says.
    package func absolutePath(of directory: String) throws(StorageError) -> String {
        try base.absolutePath(of: directory)
    }

    /// As the other one says.
    package func linkTarget(of path: String) throws(StorageError) -> String? { try base.linkTarget(of: path) }
    package func remove(_ path: String) throws(StorageError) { try base.remove(path) }
    package func removeDirectory(_ path: String) throws(StorageError) { try base.removeDirectory(path) }
    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] { try base.list(directory) }
    package func createDirectories(_ path: String) throws(StorageError) { try base.createDirectories(path) }
    package func flushDirectory(_ path: String) throws(StorageError) { try base.flushDirectory(path) }
    package func lengthBytes(of path: String) throws(StorageError) -> Int? { try base.lengthBytes(of: path) }
    package func isDirectory(_ path: String) throws(StorageError) -> Bool { try base.isDirectory(path) }
    package func freeBytes(at path: String) throws(StorageError) -> Int { try base.freeBytes(at: path) }
    package var openFilesMax: Int { base.openFilesMax }

    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        try base.lock(path, isSecret: isSecret)
    }
}
