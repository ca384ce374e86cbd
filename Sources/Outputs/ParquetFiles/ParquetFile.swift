import Hashing
import Platform

/// A file that is written from its beginning to its end under another name, and has its own only when it is whole and
/// flushed: `path` + `.new` until then, removed again where that fails.
enum ParquetFile {
    /// - Parameter body: is given what takes bytes, in order.
    /// - Returns: how long it is, and the hash of its bytes.
    /// - Throws: what `body` throws, `StorageError`.
    static func write(
        _ path: String, in disk: any FileSystem, _ body: (_ take: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> (bytes: Int, sha256: [UInt8]) {
        let temporary = path + ".new"
        let file = try disk.open(temporary, .replace)
        defer { file.close() }
        var length = 0
        var hash = SHA256()
        do {
            try body { bytes in
                try file.write(bytes, at: length)
                hash.update(bytes)
                length += bytes.count
            }
            try file.flush()
            try disk.rename(temporary, to: path)
        } catch {
            // Where the disk is full, each attempt would make it fuller.
            try? disk.remove(temporary)
            throw error
        }
        try disk.flushDirectory(parentDirectory(of: path))
        return (length, hash.finish())
    }
}
