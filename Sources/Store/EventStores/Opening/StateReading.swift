import Hashing
import Platform
import Segments

/// The state that a manifest names. It stands in two files, so that damage of one of them ends nothing: what it holds
/// of a past whose log is gone exists nowhere else.
struct StateReading {
    let state: StateFile
    /// Why the file itself could not be used; nil where it could.
    let damage: CorruptionError?
    let reference: FileReference
    /// What was written.
    let bytes: [UInt8]

    /// nil where nothing was ever sealed.
    /// - Throws: ``StorageError``; ``FileContentError`` where neither file holds what the manifest names.
    init?(_ manifest: Manifest, in directory: String, _ fileSystem: any FileSystem) throws {
        guard let reference = manifest.projections else { return nil }
        self.reference = reference
        let path = directory + "/" + reference.fileName
        do {
            bytes = try Self.whole(reference, path, fileSystem)
            damage = nil
        } catch where StoreError.isOfPlace(error) {
            let copy = directory + "/" + reference.copyName
            guard let whole = try? Self.whole(reference, copy, fileSystem) else {
                var damage = Self.damage(error, path)
                damage.expectation += ", and \(reference.copyName) does not hold it either"
                throw damage
            }
            bytes = whole
            damage = Self.damage(error, path, whole: whole, fileSystem)
        }
        do {
            state = try StateFile(parsing: bytes)
        } catch {
            throw error.of(path)
        }
    }

    /// The bytes of a file that is what the manifest names.
    static func whole(_ reference: FileReference, _ path: String, _ fileSystem: any FileSystem) throws -> [UInt8] {
        let bytes = try fileSystem.contents(of: path)
        guard SHA256.hash(bytes) == reference.sha256 else {
            throw CorruptionError(file: path, offset: 0, expectation: "the SHA-256 that the manifest names")
        }
        return bytes
    }

    /// What is the matter with a file, at the first place where it differs from what was written.
    static func damage(
        _ error: any Error, _ path: String, whole: [UInt8]? = nil, _ fileSystem: (any FileSystem)? = nil
    ) -> CorruptionError {
        if (error as? StorageError)?.isMissing == true {
            return CorruptionError(file: path, offset: 0, expectation: "the state of the store; the file is missing")
        }
        guard var damage = error as? CorruptionError else {
            return CorruptionError(file: path, offset: 0, expectation: "a file that can be read (\(error))")
        }
        if let whole, let found = try? fileSystem?.contents(of: path) {
            let differs = zip(found, whole).enumerated().first { $1.0 != $1.1 }?.offset
            damage.offset = differs ?? min(found.count, whole.count)
        }
        return damage
    }

    /// Writes the file anew where it was damaged or missing, and its copy where that is so.
    /// - Parameter comparingCopy: whether the copy is read for it: who only reads the store leaves it.
    /// - Returns: which one could not be written, and why: the other one serves the next start, too.
    func restore(
        in directory: String, _ fileSystem: any FileSystem, comparingCopy: Bool
    ) -> (file: String, failure: StorageError)? {
        let path: String
        if damage != nil {
            path = directory + "/" + reference.fileName
        } else {
            path = directory + "/" + reference.copyName
            guard comparingCopy, (try? fileSystem.contents(of: path)) != bytes else { return nil }
        }
        do {
            try fileSystem.replace(path, with: bytes)
            return nil
        } catch {
            return (path, error)
        }
    }
}
