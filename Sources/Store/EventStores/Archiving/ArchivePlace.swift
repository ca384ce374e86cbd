import JSONTexts
import Platform
import Segments

/// The directory elsewhere in which archived segments lie, where one was set. A link among the segments leads there, so
/// that whoever reads the store finds them without being told where they are.
///
/// In it stands whose it is: by that a directory that is not mounted, or another store's, is told from the store's own.
/// A copy of the store has the same key, and what leads there; so it stands there as well where the store lies, since
/// two that go on with one archive would each remove from it what the other one has put there. A copy on another
/// machine may lie at a path of the same name: ``ArchiveClaim`` tells it from its original.
enum ArchivePlace {
    /// Whether what was archived elsewhere is there; nothing is looked for where nothing leads elsewhere.
    /// - Parameter isOwner: whether the store is to go on with it: a copy may be read.
    /// - Throws: ``ArchiveRefusal`` where the directory is not there, or is another store's; ``StorageError``.
    static func check(_ files: StoreFiles, _ fileSystem: any FileSystem, asOwner isOwner: Bool = false) throws {
        guard let target = try fileSystem.linkTarget(of: files.archive) else { return }
        guard let found = try mark(at: files.archiveMark, fileSystem) else {
            throw missing(target, files, fileSystem)
        }
        // What is the matter with a key that cannot be read others say.
        guard let key = try? StoreKey.read(files.secret, fileSystem: fileSystem) else { return }
        let owner = isOwner ? try fileSystem.absolutePath(of: files.root) : nil
        try check(found, of: target, Mark(fingerprint: ExportHeader.fingerprint(ofKey: key), owner: owner), files)
    }

    /// Has archived segments lie in a directory from now on, which is made where it is missing: its mark first, then
    /// what leads there. Power may go at any step, and the next start goes on.
    /// - Parameters:
    ///   - directory: an absolute path.
    ///   - fingerprint: of the store's key.
    /// - Throws: ``ArchiveRefusal`` where they lie somewhere else, or the directory holds anything else;
    ///   ``StorageError``.
    static func prepare(
        _ directory: String, fingerprint: String, _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws {
        if let target = try fileSystem.linkTarget(of: files.archive) {
            guard isSame(target, directory) else { throw elsewhere(target, than: directory, files) }
            // Durable before a manifest names what lies there: that is published in the same directory.
            return
        }
        if try fileSystem.isDirectory(files.archive) {
            guard try fileSystem.list(files.archive).isEmpty else {
                throw elsewhere(files.archive, than: directory, files)
            }
            try fileSystem.removeDirectory(files.archive)
        }
        try fileSystem.createDirectories(directory)
        let path = directory + "/" + StoreFiles.archiveMarkName
        let mark = Mark(fingerprint: fingerprint, owner: try fileSystem.absolutePath(of: files.root))
        let found = try self.mark(at: path, fileSystem)
        if let found { try check(found, of: directory, mark, files) }
        // A store that was put back as it was earlier is taken for the one that has archived more since, and would
        // remove that as what no manifest names.
        try checkHoldsNothingElse(directory, files, fileSystem)
        if found == nil { try ArchiveClaim.forget(files, fileSystem) }
        // One that is there may be of an attempt whose flush failed: nothing leads to what power takes away.
        try fileSystem.replace(path, with: found ?? mark.bytes)
        try fileSystem.linkDirectory(files.archive, to: directory)
        try fileSystem.flushDirectory(files.segments)
    }

    /// Beside what is archived on another volume, as much again is left for others.
    /// - Throws: ``ArchiveRefusal`` where there is less room than that, as far as the system says.
    static func checkRoom(
        for segments: [SealedSegment], _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws(ArchiveRefusal) {
        let bytes = segments.reduce(0) { $0 + $1.reader.lengthBytes }
        if let free = try? fileSystem.freeBytes(at: files.archive), free / 2 <= bytes { throw noRoom(files) }
    }

    static func noRoom(_ files: StoreFiles) -> ArchiveRefusal {
        ArchiveRefusal(
            reason: "the volume of \(files.archive) has no room for twice what is archived at one time",
            advice: "make room on it")
    }

    /// A slash at the end leads nowhere else.
    private static func isSame(_ path: String, _ other: String) -> Bool {
        func bytes(_ path: String) -> [UInt8] { Array(path.utf8.reversed().drop { $0 == UInt8(ascii: "/") }) }
        return bytes(path) == bytes(other)
    }

    /// What stands in the directory: a line for the store, one for where it lies, one with a word (``ArchiveClaim``).
    struct Mark {
        let fingerprint: String
        /// nil where that is not asked.
        let owner: String?

        var store: [UInt8] { Array("archived segments of the store with the key \(fingerprint)\n".utf8) }
        /// Without the word.
        var bytes: [UInt8] { store + Array((owner ?? "").utf8) + [UInt8(ascii: "\n")] }
    }

    /// No path that the system takes is longer, with the line before it.
    private static let markBytesMax = 8_192

    /// nil where there is none.
    static func mark(at path: String, _ fileSystem: any FileSystem) throws(StorageError) -> [UInt8]? {
        do throws(StorageError) {
            return try fileSystem.input(path, bytesMax: markBytesMax, takesPipes: false) ?? []
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private static func check(
        _ found: [UInt8], of directory: String, _ mark: Mark, _ files: StoreFiles
    ) throws(ArchiveRefusal) {
        let name = StoreFiles.archiveMarkName
        guard found.starts(with: mark.store) else {
            throw ArchiveRefusal(
                reason: "\(directory) is the archive of another store, as \(name) in it says",
                advice: "give each store a directory of its own, or put this store's own one back")
        }
        guard let owner = mark.owner, !found.starts(with: mark.bytes) else { return }
        let line = found.dropFirst(mark.store.count).prefix { $0 != UInt8(ascii: "\n") }
        let told = String(decoding: line, as: UTF8.self)
        throw ArchiveRefusal(
            reason: "\(directory) is the archive of the data directory \(told), as \(name) in it says, and this one is "
                + "\(owner): a copy would remove from it what the other one has put there since",
            advice: "go on with that one; or, where it was moved or is never written to again, remove \(name) in "
                + "\(directory) and \(files.archive), and start with archive.directory \(directory)")
    }

    /// Beside what a new volume has there may be what the store itself has archived: somebody moves it.
    private static func checkHoldsNothingElse(
        _ directory: String, _ files: StoreFiles, _ fileSystem: any FileSystem
    ) throws {
        // What a crash left under a temporary name of ours nobody needs.
        let names = try fileSystem.list(directory).map(\.name).filter { name in
            ![StoreFiles.archiveMarkName, StoreFiles.archiveMarkName + ".new", "lost+found"].contains(name)
                && !name.hasSuffix(segmentFileEnding + ".new")
        }
        guard let other = names.first(where: { !$0.hasSuffix(segmentFileEnding) }) ?? names.first else { return }
        let known = Set((archived(files, fileSystem) ?? []).map(\.description.fileName))
        guard !names.allSatisfy({ known.contains(ManifestSegment.archiveBeginning + $0) }) else { return }
        throw ArchiveRefusal(
            reason: "\(directory) holds other files, such as \(other)",
            advice: "give the archive a directory of its own, or remove what no store needs any more")
    }

    /// What the manifest in force names; nil where it may be another one, since something is the matter with it.
    private static func archived(_ files: StoreFiles, _ fileSystem: any FileSystem) -> [ManifestSegment]? {
        guard let survey = try? ManifestStore.survey(fileSystem: fileSystem, directory: files.segments),
            survey.faults.isEmpty, survey.loneCopies.isEmpty
        else { return nil }
        return survey.manifest.segments.filter(\.isArchived)
    }

    private static func elsewhere(
        _ found: String, than directory: String, _ files: StoreFiles
    ) -> ArchiveRefusal {
        let asItIs = found == files.archive ? "leave archive.directory out" : "set archive.directory to \(found)"
        return ArchiveRefusal(
            reason: "archived segments lie in \(found), and archive.directory is \(directory)",
            advice: "\(asItIs); or, while nothing serves the store, move all files of \(found) to \(directory) and "
                + "remove \(files.archive)")
    }

    /// Which events are not there.
    private static func missing(
        _ target: String, _ files: StoreFiles, _ fileSystem: any FileSystem
    ) -> ArchiveRefusal {
        let reason = "\(target) is not there, not mounted or empty: \(files.archive) leads there"
        let advice = "mount it, or put it back from a backup; nothing is answered without it"
        guard let segments = archived(files, fileSystem) else {
            return ArchiveRefusal(reason: reason, advice: advice)
        }
        guard !segments.isEmpty else {
            return ArchiveRefusal(
                reason: reason,
                advice: "mount it; where it is gone, remove \(files.archive): nothing was archived yet")
        }
        var missing = segments.count == 1 ? "1 segment is missing" : "\(segments.count) segments are missing"
        let positions = segments.compactMap(\.positions)
        if let first = positions.map(\.lowerBound).min(), let last = positions.map(\.upperBound).max() {
            missing += ", with events of positions \(first) to \(last)"
        }
        let times = segments.compactMap(\.description.timeRange)
        if let first = times.map(\.lowerBound).min(), let last = times.map(\.upperBound).max() {
            missing += ", of \(RFC3339.render(first)) to \(RFC3339.render(last))"
        }
        return ArchiveRefusal(reason: "\(reason), and \(missing)", advice: advice)
    }
}

/// Why what was archived cannot be used, or cannot be kept where it was asked for; nothing has changed.
package struct ArchiveRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let reason: String
    /// What to do about it.
    package let advice: String

    package var description: String { reason }
}
