internal import Bytes
internal import Hashing
package import Platform

/// The versions of the manifest in a store's directory: `manifest-<version>`, the two newest kept.
///
/// A version is written under a temporary name, flushed, renamed, and the directory flushed; only then is the version
/// before the last removed. So at any crash at least one whole version is there, and the newest whole one is the state.
/// For one thread at a time.
///
/// Each version is written twice, `copy-of-manifest-<version>` once the file is durable: where the file itself is
/// damaged or missing its copy is read. So a copy is never that of a version that was not published. Versions of before
/// have none.
package struct ManifestStore: Sendable {
    private let fileSystem: any FileSystem
    /// Where versions and live files are.
    package let directory: String
    /// The version of `current`; 0 when nothing was ever published.
    package private(set) var version: UInt64 = 0
    /// The manifest in force.
    package private(set) var current = Manifest()
    /// Versions older than the one before `current` that are still there.
    private var stale: [UInt64] = []
    /// Files of the version before `current`, which a start may yet return to.
    private var previousNames: [String] = []
    /// Which of the current version's two files is to be written anew, and with what; nil where both are known to be
    /// there.
    private var restoration: (path: String, bytes: [UInt8])?
    private var currentHash: [UInt8] = Array(repeating: 0, count: ManifestCoding.hashBytes)
    /// Whether a start may find a version that failed to be published: the files that it names are to stay until
    /// another one takes its place.
    package private(set) var mayHaveUnpublished = false

    /// What opening found beside the manifest it took.
    package struct Findings: Equatable, Sendable {
        /// Newer versions that were damaged or not legal, and why; the state is that of an older one.
        package var refused: [CorruptionError] = []
        /// Newer versions of which the copy alone is there, and does not serve. They count for nothing.
        package var loneCopies: [LoneManifestCopy] = []
        /// The file of the version that is in force is damaged or missing: its copy was read.
        package var restored: CorruptionError?
        /// Files with temporary names, left by a crash.
        package var temporaryFiles: [String] = []
        /// Files that neither the manifest nor the caller knows; sorted.
        package var unknownFiles: [String] = []

        /// All that is damaged of the manifests.
        package var damage: [CorruptionError] { refused + [restored].compactMap { $0 } }

        /// Why a newer version than the one in force may be the state; nil where nothing speaks for one.
        package var doubt: CorruptionError? { refused.first ?? loneCopies.first?.damage }

        /// What opening found; by default nothing to speak of.
        package init(refused: [CorruptionError] = [], temporaryFiles: [String] = [], unknownFiles: [String] = []) {
            self.refused = refused
            self.temporaryFiles = temporaryFiles
            self.unknownFiles = unknownFiles
        }
    }

    /// Reads the newest whole and legal version: its own hash holds, it continues the version before it where that one
    /// is there and whole, and every file it names, or a copy of it, is there in full length. Writes nothing.
    /// - Parameters:
    ///   - isKnown: names in the directory that belong to others, such as log files.
    ///   - comparingCopy: whether the copy of the version in force is read as well, so that ``restoreFile()`` makes it
    ///     where it is not what the file is: for who may write.
    /// - Throws: `StorageError`; `CorruptionError` when versions exist and none is legal, which names all of them;
    ///   `NewerFormatError` where the newest whole one is of a form that this version does not know: an older one would
    ///   forget what came after it.
    package static func open(
        fileSystem: any FileSystem, directory: String, isKnown: (String) -> Bool = { _ in false },
        comparingCopy: Bool = false
    ) throws -> (store: ManifestStore, findings: Findings) {
        var store = ManifestStore(fileSystem: fileSystem, directory: directory)
        var findings = Findings()
        let entries = try fileSystem.list(directory)
        let names = entries.filter { !$0.isDirectory }.map(\.name)
        let versions = Self.versions(named: names)
        var isFound = versions.isEmpty
        for version in versions where !isFound {
            do {
                findings.restored = try store.load(version.number, comparingCopy)
                isFound = true
            } catch let error as CorruptionError {
                if version.hasFile {
                    findings.refused.append(error)
                } else {
                    findings.loneCopies.append(
                        LoneManifestCopy(file: store.copyPath(version.number), reason: error))
                }
            }
        }
        guard isFound else { throw Self.all(findings.refused + findings.loneCopies.map(\.damage)) }
        store.stale = versions.map { $0.number }.filter { $0 < store.version && store.version - $0 > 1 }.sorted()
        let live = Set(store.keptFileNames)
        let all = try (names + archivedNames(in: directory, entries, fileSystem)).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        findings.temporaryFiles = all.filter { $0.hasSuffix(".new") }
        findings.unknownFiles = all.filter { name in
            !name.hasSuffix(".new") && !live.contains(name) && Self.version(ofFileName: name) == nil
                && Self.version(ofCopyName: name) == nil && !isKnown(name)
        }
        return (store, findings)
    }

    /// Names of the files in the folder of archived segments, as a manifest has them; none where there is no such
    /// folder among the entries of the directory.
    private static func archivedNames(
        in directory: String, _ entries: [DirectoryEntry], _ fileSystem: any FileSystem
    ) throws(StorageError) -> [String] {
        let beginning = ManifestSegment.archiveBeginning
        guard let folder = entries.first(where: { $0.isDirectory && $0.name + "/" == beginning }) else { return [] }
        return try fileSystem.list(directory + "/" + folder.name).filter { !$0.isDirectory }.map { beginning + $0.name }
    }

    /// What is the matter where opening found something damaged: a newer manifest that is damaged, if there is one.
    /// Under an older one files and log look damaged that are whole.
    package static func cause(
        of damage: CorruptionError, fileSystem: any FileSystem, directory: String
    ) -> CorruptionError {
        (try? open(fileSystem: fileSystem, directory: directory))?.findings.doubt ?? damage
    }

    /// Several as one, which says of each what is the matter.
    private static func all(_ refused: [CorruptionError]) -> CorruptionError {
        var all = refused[0]
        for other in refused.dropFirst() { all.expectation += "; no other one serves: \(other)" }
        return all
    }

    /// The versions that names tell of, by their files or their copies, the newest first.
    private static func versions(named names: [String]) -> [(number: UInt64, hasFile: Bool, hasCopy: Bool)] {
        let files = Set(names.compactMap(version(ofFileName:)))
        let copies = Set(names.compactMap(version(ofCopyName:)))
        return files.union(copies).sorted(by: >).map { ($0, files.contains($0), copies.contains($0)) }
    }

    private init(fileSystem: any FileSystem, directory: String) {
        self.fileSystem = fileSystem
        self.directory = directory
    }

    /// Publishes the next version; when this returns, it is the state, whatever crashes. Where it throws, the version
    /// before is the state.
    package mutating func publish(_ manifest: Manifest) throws(StorageError) {
        assert(currentHash.count == ManifestCoding.hashBytes, "the hash of the version in force")
        let next = version + 1
        let bytes = ManifestCoding.encode(manifest, version: next, previous: currentHash)
        if planted(.swapManifestWrites), version > 0 {
            try fileSystem.remove(path(version))
            try? fileSystem.remove(copyPath(version))
        }
        do throws(StorageError) {
            try fileSystem.replace(path(next), with: bytes)
        } catch {
            if !withdraw(next, bytes) { mayHaveUnpublished = true }
            throw error
        }
        mayHaveUnpublished = false
        // It is published. Where there is no room for its copy the next start makes it.
        try? fileSystem.replace(copyPath(next), with: bytes)
        restoration = nil
        stale.append(contentsOf: version > 1 ? [version - 1] : [])
        version = next
        previousNames = current.liveFileNames
        current = manifest
        currentHash = SHA256.hash(bytes)
        // Versions before the last are no longer needed. A failure to remove one, or a crash that brings it back, harms
        // nothing: the next opening finds it again.
        assert(stale.allSatisfy { $0 + 1 < version }, "the two newest versions stay")
        for old in stale {
            try? fileSystem.remove(path(old))
            try? fileSystem.remove(copyPath(old))
        }
        stale = []
    }

    /// Takes back a version that was not published, which may have its name all the same: the files that it alone names
    /// go, and a start would miss them.
    /// - Returns: false where a start may find it still.
    private func withdraw(_ version: UInt64, _ bytes: [UInt8]) -> Bool {
        do throws(StorageError) {
            // One that was there before is damaged, and tells of what is lost.
            guard try fileSystem.lengthBytes(of: path(version)) != nil,
                try fileSystem.contents(of: path(version)) == bytes
            else { return true }
            try fileSystem.remove(path(version))
            try fileSystem.flushDirectory(directory)
            return true
        } catch {
            return false
        }
    }

    /// The file of the current version as it was written, under both names that it has; nil where nothing was
    /// published.
    /// - Throws: `StorageError`; `FileContentError` where neither of the two is what was read.
    package func written() throws -> (names: [String], bytes: [UInt8])? {
        guard version > 0 else { return nil }
        let (_, bytes, _) = try Self.read(version, in: directory, fileSystem)
        guard SHA256.hash(bytes) == currentHash else {
            throw CorruptionError(file: path(version), offset: 0, expectation: "the manifest that was read before")
        }
        return ([Self.fileName(version), Self.copyName(version)], bytes)
    }

    /// Writes the file of the current version anew where it was damaged or missing, and its copy where that is known to
    /// be so.
    /// - Returns: which one could not be written, and why: the other one serves the next opening, too.
    package mutating func restoreFile() -> (file: String, failure: StorageError)? {
        guard let restoration else { return nil }
        do {
            try fileSystem.replace(restoration.path, with: restoration.bytes)
        } catch {
            return (restoration.path, error)
        }
        self.restoration = nil
        return nil
    }

    /// Files that a version which is kept names: the current one, or the one before it.
    package var keptFileNames: [String] { current.liveFileNames + previousNames }

    /// Files that the version before the current one names alone: they go with it, once there is another one.
    package var outgoingFileNames: [String] {
        let live = Set(current.liveFileNames)
        return previousNames.filter { !live.contains($0) }
    }

    /// Removes files that a crash left under temporary names; call it once recovery has decided.
    package func removeTemporaryFiles(_ findings: Findings) throws(StorageError) {
        for name in findings.temporaryFiles { try fileSystem.remove(directory + "/" + name) }
        let folders = Set(findings.temporaryFiles.map { parentDirectory(of: directory + "/" + $0) })
        for folder in folders.sorted() { try fileSystem.flushDirectory(folder) }
    }

    /// Reads every file that the manifest names and compares length and SHA-256; answers the damage found.
    package func verifyFiles() throws(StorageError) -> [CorruptionError] {
        var damage: [CorruptionError] = []
        for file in Self.files(of: current) {
            do {
                let handle = try fileSystem.open(directory + "/" + file.fileName, .read)
                if try fileDigest(handle, lengthBytes: file.lengthBytes) != file.sha256 {
                    damage.append(
                        CorruptionError(
                            file: handle.path, offset: 0, expectation: "the SHA-256 that the manifest names"))
                }
            } catch let error as CorruptionError {
                damage.append(error)
            } catch let error as StorageError {
                throw error
            } catch {
                preconditionFailure("files fail in two ways")
            }
        }
        return damage
    }

    /// Whether a later version than the current one was published by somebody else.
    package var hasMovedOn: Bool {
        func isThere(_ version: UInt64) -> Bool? {
            try? [path(version), copyPath(version)].contains { try fileSystem.lengthBytes(of: $0) != nil }
        }
        return isThere(version + 1) == true || version > 0 && isThere(version) == false
    }

    /// The version that one file holds, of which it is the writing itself or the copy, whichever version is in force.
    /// - Returns: nil where the file's name is that of neither.
    /// - Throws: `StorageError`; `FileContentError` where the file is not whole, or of a newer form.
    package static func read(
        fileAt path: String, _ fileSystem: any FileSystem
    ) throws -> (manifest: Manifest, version: UInt64, bytes: [UInt8])? {
        let name = Platform.fileName(of: path)
        guard let version = version(ofFileName: name) ?? version(ofCopyName: name) else { return nil }
        let bytes = try fileSystem.contents(of: path)
        return (try decoded(bytes, version, path).manifest, version, bytes)
    }

    private func path(_ version: UInt64) -> String { directory + "/" + Self.fileName(version) }

    private func copyPath(_ version: UInt64) -> String { directory + "/" + Self.copyName(version) }

    private static func copyName(_ version: UInt64) -> String { FileReference.copyName(of: fileName(version)) }

    private static func version(ofCopyName name: String) -> UInt64? {
        FileReference.original(ofCopy: name).flatMap(version(ofFileName:))
    }

    /// `manifest-` and the version in 16 hexadecimal digits.
    package static func fileName(_ version: UInt64) -> String {
        let digits = String(version, radix: 16)
        return "manifest-" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The same bytes with a length and a hash that pass for what was written as a version: whoever tries readers with
    /// what nobody wrote would else try the hash alone.
    package static func resealed(_ bytes: [UInt8], version: UInt64) -> [UInt8] {
        ManifestCoding.resealed(bytes, version: version)
    }

    static func version(ofFileName name: String) -> UInt64? {
        guard name.hasPrefix("manifest-"), let version = UInt64(name.dropFirst(9), radix: 16), fileName(version) == name
        else { return nil }
        return version
    }

    private static func files(of manifest: Manifest) -> [FileReference] {
        let segments = manifest.segments.map(\.description).map {
            FileReference(fileName: $0.fileName, lengthBytes: $0.lengthBytes, sha256: $0.sha256)
        }
        return segments + [manifest.projections].compactMap { $0 }
    }

    /// The newest version that is whole in itself, whether or not the files are there that it names, and what is the
    /// matter with others. A copy alone serves where opening takes it.
    /// - Returns: version 0 where there is none; of a fault also whether the other one of the version's two files holds
    ///   what was written.
    /// - Throws: `StorageError`; `NewerFormatError` where the newest whole one is of a form that this version does not
    ///   know.
    package static func survey(
        fileSystem: any FileSystem, directory: String
    ) throws -> (
        manifest: Manifest, version: UInt64, faults: [(damage: CorruptionError, isServed: Bool)],
        loneCopies: [LoneManifestCopy]
    ) {
        var found: (manifest: Manifest, version: UInt64)?
        var faults: [(damage: CorruptionError, isServed: Bool)] = []
        var loneCopies: [LoneManifestCopy] = []
        var whole: Set<UInt64> = []
        let names = try fileSystem.list(directory).filter { !$0.isDirectory }.map(\.name)
        let versions = versions(named: names)
        // Of versions before the one in force a crash may have left the copy alone.
        for (version, hasFile, _) in versions where found == nil || hasFile {
            do {
                if !hasFile {
                    var store = ManifestStore(fileSystem: fileSystem, directory: directory)
                    _ = try store.load(version, false)
                }
                let (decoded, _, damage) = try read(version, in: directory, fileSystem)
                if let damage { faults.append((damage, true)) } else { whole.insert(version) }
                found = found ?? (decoded.manifest, version)
            } catch let fault as CorruptionError {
                if hasFile {
                    faults.append((fault, false))
                } else {
                    loneCopies.append(LoneManifestCopy(file: directory + "/" + copyName(version), reason: fault))
                }
            } catch let failure as NewerFormatError {
                // Versions before the one in force are read by nobody who knows no newer form.
                if found == nil { throw failure }
            }
        }
        for (version, hasFile, hasCopy) in versions where hasFile && hasCopy {
            let copy = directory + "/" + copyName(version)
            do {
                _ = try decoded(try fileSystem.contents(of: copy), version, copy)
            } catch let fault as CorruptionError {
                faults.append((fault, whole.contains(version)))
            } catch is NewerFormatError {
                continue
            }
        }
        return (found?.manifest ?? Manifest(), found?.version ?? 0, faults, loneCopies)
    }

    /// Whether a second writing of a file stands beside its place: whoever reads the file compares the hash.
    private func hasCopy(_ file: FileReference) throws(StorageError) -> Bool {
        try fileSystem.lengthBytes(of: directory + "/" + file.copyName) == file.lengthBytes
    }

    /// A version as it was written.
    private typealias Decoded = (manifest: Manifest, version: UInt64, previous: [UInt8])

    /// Versions go up by one: no store has come to this one, and those above never run out.
    private static let versionMax: UInt64 = 1 << 62

    private static func decoded(_ bytes: [UInt8], _ version: UInt64, _ path: String) throws -> Decoded {
        let decoded: Decoded
        do {
            decoded = try ManifestCoding.decode(bytes)
        } catch {
            throw error.of(path)
        }
        guard decoded.version == version else {
            throw CorruptionError(file: path, offset: 16, expectation: "version \(version)")
        }
        guard (1..<versionMax).contains(version) else {
            throw CorruptionError(file: path, offset: 16, expectation: "a version below \(versionMax)")
        }
        return decoded
    }

    /// The version's file, or its copy where the file is damaged or missing, and what is the matter with the file then.
    private static func read(
        _ version: UInt64, in directory: String, _ fileSystem: any FileSystem
    ) throws -> (decoded: Decoded, bytes: [UInt8], damage: CorruptionError?) {
        let (path, copy) = (directory + "/" + fileName(version), directory + "/" + copyName(version))
        var damage: CorruptionError
        do {
            let bytes = try fileSystem.contents(of: path)
            return (try decoded(bytes, version, path), bytes, nil)
        } catch let error as CorruptionError {
            damage = error
        } catch let error as StorageError where error.isMissing || error.isNoFile {
            // Where the copy is gone as well, another process has published meanwhile.
            guard try fileSystem.lengthBytes(of: copy) != nil else { throw error }
            let found = error.isMissing ? "the file is missing" : "what stands there is no file"
            damage = CorruptionError(file: path, offset: 0, expectation: "a manifest of the store; \(found)")
        }
        guard let bytes = try? fileSystem.contents(of: copy), let decoded = try? decoded(bytes, version, copy)
        else {
            damage.expectation += ", and \(copyName(version)) does not hold it either"
            throw damage
        }
        return (decoded, bytes, damage)
    }

    /// - Returns: what is the matter with the file, where its copy was read.
    private mutating func load(_ version: UInt64, _ comparesCopy: Bool) throws -> CorruptionError? {
        let path = path(version)
        let (decoded, bytes, damage) = try Self.read(version, in: directory, fileSystem)
        var previous: [String] = []
        if version > 1, try fileSystem.lengthBytes(of: self.path(version - 1)) != nil {
            let before = try fileSystem.contents(of: self.path(version - 1))
            // A damaged predecessor says nothing; a whole one must be the one that this version continues.
            if let whole = try? ManifestCoding.decode(before) {
                guard SHA256.hash(before) == decoded.previous else {
                    throw CorruptionError(file: path, offset: 24, expectation: "the hash of version \(version - 1)")
                }
                previous = whole.manifest.liveFileNames
            }
        }
        for file in Self.files(of: decoded.manifest) {
            let length = try fileSystem.lengthBytes(of: directory + "/" + file.fileName)
            guard try length == file.lengthBytes || hasCopy(file) else {
                let path = directory + "/" + file.fileName
                throw CorruptionError(
                    file: path, offset: length ?? 0, expectation: "a file of \(file.lengthBytes) bytes")
            }
        }
        self.version = version
        previousNames = previous
        current = decoded.manifest
        currentHash = SHA256.hash(bytes)
        if damage != nil {
            restoration = (path, bytes)
        } else if comparesCopy, (try? fileSystem.contents(of: copyPath(version))) != bytes {
            restoration = (copyPath(version), bytes)
        } else {
            restoration = nil
        }
        return damage
    }
}
