// tests: volumes that answer otherwise than another one in what a test is about.
/// A volume that answers as another one does, but for what whoever conforms answers otherwise. It keeps no second
/// names.
package protocol ForwardingFileSystem: FileSystem {
    /// The volume that is asked.
    var base: any FileSystem { get }
}

extension ForwardingFileSystem {
    /// `base.open`.
    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        try base.open(path, options)
    }

    /// `base.rename`.
    package func rename(_ path: String, to newPath: String) throws(StorageError) {
        try base.rename(path, to: newPath)
    }

    /// `base.absolutePath`.
    package func absolutePath(of directory: String) throws(StorageError) -> String {
        try base.absolutePath(of: directory)
    }

    /// `base.linkTarget`.
    package func linkTarget(of path: String) throws(StorageError) -> String? { try base.linkTarget(of: path) }

    /// `base.remove`.
    package func remove(_ path: String) throws(StorageError) { try base.remove(path) }

    /// `base.removeDirectory`.
    package func removeDirectory(_ path: String) throws(StorageError) { try base.removeDirectory(path) }

    /// `base.list`.
    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] { try base.list(directory) }

    /// `base.createDirectories`.
    package func createDirectories(_ path: String) throws(StorageError) { try base.createDirectories(path) }

    /// `base.flushDirectory`.
    package func flushDirectory(_ path: String) throws(StorageError) { try base.flushDirectory(path) }

    /// `base.lengthBytes`.
    package func lengthBytes(of path: String) throws(StorageError) -> Int? { try base.lengthBytes(of: path) }

    /// `base.isDirectory`.
    package func isDirectory(_ path: String) throws(StorageError) -> Bool { try base.isDirectory(path) }

    /// `base.freeBytes`.
    package func freeBytes(at path: String) throws(StorageError) -> Int { try base.freeBytes(at: path) }

    /// `base.openFilesMax`.
    package var openFilesMax: Int { base.openFilesMax }

    /// `base.lock`.
    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        try base.lock(path, isSecret: isSecret)
    }
}
