import Hashing
import Platform
import Segments

extension StateFile {
    /// Writes it under the name that belongs to an id, and its copy.
    /// - Parameter flushesInSteps: for what is written beside a log, which others wait for.
    func write(
        as id: UInt64, in directory: String, _ fileSystem: any FileSystem, flushesInSteps: Bool
    ) throws(StorageError) -> FileReference {
        let bytes = serialised
        let reference = FileReference(
            fileName: StoreFiles.stateName(id), lengthBytes: bytes.count, sha256: SHA256.hash(bytes))
        // Twice: the log that it follows from may be gone with the next step.
        for name in [reference.fileName, reference.copyName] {
            try fileSystem.replace(directory + "/" + name, with: bytes, flushesInSteps: flushesInSteps)
        }
        return reference
    }
}
