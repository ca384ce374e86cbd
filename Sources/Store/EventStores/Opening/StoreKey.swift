import Hashing
import Platform

/// The secret of a store as a file: 32 bytes, and the first 8 of their SHA-256.
package enum StoreKey {
    /// The 32 bytes.
    /// - Parameter takesPipes: whether it is what somebody names, and not a store's own.
    /// - Throws: ``StorageError``; ``CorruptionError`` where the file holds no key.
    static func read(_ path: String, fileSystem: any FileSystem, takesPipes: Bool = false) throws -> [UInt8] {
        guard let secret = try fileSystem.input(path, bytesMax: 40, takesPipes: takesPipes) else {
            throw CorruptionError(file: path, offset: 40, expectation: "the end of the key")
        }
        guard secret.count == 40 else {
            throw CorruptionError(
                file: path, offset: secret.count, expectation: "32 secret bytes and 8 of their SHA-256")
        }
        guard SHA256.hash(Array(secret[..<32]))[..<8] == secret[32...] else {
            throw CorruptionError(file: path, offset: 32, expectation: "the SHA-256 of the secret before it")
        }
        return Array(secret[..<32])
    }

    /// What is the matter with the key of a store; nil where it is whole, and where nobody here may read it: who may
    /// not can look at all else.
    /// - Throws: ``StorageError`` that is not of this one file.
    static func damage(_ files: StoreFiles, _ fileSystem: any FileSystem) throws -> (any Error)? {
        do {
            _ = try read(files.secret, fileSystem: fileSystem)
            return nil
        } catch let error as CorruptionError {
            return error
        } catch let error as StorageError where error.isMissing {
            return StoreError.keyMissing(path: files.secret)
        } catch let error as StorageError where error.isNoFile {
            return error
        } catch let error as StorageError where error.isDenied {
            return nil
        }
    }

    /// What the hashes of events' identities are keyed with.
    static func identityKey(of secret: [UInt8]) -> UInt64 {
        hmacSHA256(key: secret, message: Array("plimsoll identities".utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Makes the key of a new store, readable by the owner only.
    static func make(_ files: StoreFiles, _ context: StoreContext) throws -> [UInt8] {
        let key = context.randomness.bytes(32)
        try write(key, to: files.secret, context.fileSystem)
        return key
    }

    /// Gives a store that has no event yet the key of another one, so that it knows the same users. Nothing changes
    /// where it has that key.
    /// - Throws: ``RestoreRefusal`` where the directory holds a store with events and another key, or one that has lost
    ///   its own; ``CorruptionError`` where the file holds no key; ``StorageError``.
    package static func install(from path: String, into directory: String, context: StoreContext) throws {
        let fileSystem = context.fileSystem
        let key: [UInt8]
        do {
            key = try read(path, fileSystem: fileSystem, takesPipes: true)
        } catch let error as StorageError where error.operation == .open && error.isMissing {
            throw RestoreRefusal(reason: "there is no key \(path)", advice: "the key of a store is DIR/keys/store.key")
        }
        let files = StoreFiles(root: directory)
        if try fileSystem.lengthBytes(of: files.secret) != nil {
            guard try read(files.secret, fileSystem: fileSystem) != key else { return }
            guard try isEmpty(directory, context) else {
                throw RestoreRefusal(
                    reason: "\(directory) holds a store with another key than \(path)",
                    advice: "import into a directory that is not there yet")
            }
            return try write(key, to: files.secret, fileSystem)
        }
        for part in [files.log, files.segments] where try fileSystem.isDirectory(part) {
            guard try fileSystem.list(part).isEmpty else {
                throw RestoreRefusal(
                    reason: "\(directory) holds a store that has lost its key",
                    advice: "put its own key back, or import into another directory")
            }
        }
        try write(key, to: files.secret, fileSystem)
    }

    /// Writes a key where there is none, or another one, for the owner alone.
    static func write(_ key: [UInt8], to path: String, _ fileSystem: any FileSystem) throws {
        try fileSystem.createDirectories(parentDirectory(of: path))
        try fileSystem.replace(path, with: contents(of: key), isSecret: true)
    }

    /// What stands in the file of a key.
    static func contents(of key: [UInt8]) -> [UInt8] { key + SHA256.hash(key)[..<8] }

    /// Whether nothing in the store depends on its key.
    private static func isEmpty(_ directory: String, _ context: StoreContext) throws -> Bool {
        let store = try EventStore.open(at: directory, context: context)
        let isEmpty = try store.hasNothing
        try store.close()
        return isEmpty
    }
}
