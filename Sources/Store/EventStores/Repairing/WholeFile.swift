import Platform
import Segments

/// A file that holds what another one is to hold, perhaps but for some bytes that are known.
struct WholeFile: Sendable {
    var path: String
    /// What stands where the file itself has something else, by offset.
    var patches: [Int: UInt8] = [:]
    var lengthBytes: Int
    var sha256: [UInt8]

    /// Whether the file is there and holds it.
    /// - Throws: ``StorageError`` that is not of this one file.
    /// - Complexity: O(file), ``FlushStep`` of it in memory.
    func holds(_ fileSystem: any FileSystem) throws -> Bool {
        do {
            guard try fileSystem.lengthBytes(of: path) == lengthBytes else { return false }
            return try digest(of: try fileSystem.open(path, .read)) { _, _ in } == sha256
        } catch where StoreError.isOfPlace(error) {
            return false
        }
    }

    /// Writes it under another name, or its own, so that a crash leaves what was there or all of it.
    /// - Throws: ``StorageError``; ``CorruptionError`` where the file holds something else by now: nothing changed
    ///   then.
    func write(to target: String, _ fileSystem: any FileSystem) throws {
        let temporary = target + ".new"
        let source = try fileSystem.open(path, .read)
        do {
            try write(source, to: temporary, fileSystem)
            try fileSystem.rename(temporary, to: target)
        } catch {
            // Where the disk is full, each attempt would make it fuller.
            try? fileSystem.remove(temporary)
            throw error
        }
        try fileSystem.flushDirectory(parentDirectory(of: target))
    }

    private func write(_ source: any File, to temporary: String, _ fileSystem: any FileSystem) throws {
        let file = try fileSystem.open(temporary, .replace)
        defer { file.close() }
        let found = try digest(of: source) { piece, offset in
            try file.write(piece, at: offset)
            try file.flush()
        }
        guard found == sha256 else {
            throw CorruptionError(file: path, offset: 0, expectation: "the SHA-256 that the manifest names")
        }
    }

    /// Reads it piece by piece, and closes it.
    private func digest(of file: any File, _ each: (_ piece: [UInt8], _ offset: Int) throws -> Void) throws -> [UInt8] {
        defer { file.close() }
        return try SegmentMending.digest(of: file, lengthBytes, patches, each)
    }
}
