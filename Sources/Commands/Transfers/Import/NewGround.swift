package import Platform

/// A directory that an import may make: what a refused import has put there goes again, what was there before stays.
package struct CreatedDirectory: Sendable {
    private let directory: String
    private let fileSystem: any FileSystem
    /// Whether the directory itself was there.
    private let existed: Bool
    /// Whether nothing was in it.
    private let wasEmpty: Bool

    /// Looks at the directory before anything is made in it.
    /// - Throws: ``StorageError``.
    package init(_ directory: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let isThere = try fileSystem.isDirectory(directory)
        wasEmpty = try isThere ? fileSystem.list(directory).isEmpty : true
        (self.directory, self.fileSystem, existed) = (directory, fileSystem, isThere)
    }

    /// Takes away what came since; nothing where something was there before.
    ///
    /// Only for whoever had the store of the directory open, so that nothing of anybody else's is taken away.
    /// - Throws: ``StorageError``.
    package func leave() throws(StorageError) {
        guard wasEmpty, try fileSystem.isDirectory(directory) else { return }
        try clear(directory)
        if !existed { try fileSystem.removeDirectory(directory) }
    }

    private func clear(_ folder: String) throws(StorageError) {
        for entry in try fileSystem.list(folder) {
            let path = folder + "/" + entry.name
            if entry.isDirectory {
                try clear(path)
                try fileSystem.removeDirectory(path)
            } else {
                try fileSystem.remove(path)
            }
        }
    }
}
