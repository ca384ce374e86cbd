import Bytes
import Platform
import Synchronization

/// The right to change an archive elsewhere. A copy of the store on another machine, which finds the same directory
/// under the same path, and itself where its original lies, must not have it, too: each would remove what the other one
/// has put there since.
///
/// A random word stands in the directory, in its mark, and in a file of the store's own. It is another one after each
/// start and before each segment that is archived, so of several that know one word the first to go on has the archive,
/// and the others find that it is not theirs any more. An archive that an earlier version began has no word yet, and is
/// taken by the first.
///
/// The store's own file has the word that stands in the directory and the one that is to, and is written first:
/// whenever power goes, one of them stands there. Where a flush of the directory failed, power may leave there what
/// stood before, which the process after does not know: so the word that is seen is written once more before it is the
/// only one of before that the own file has. All this asks the volume of the archive, so a writer leaves it to its
/// jobs.
final class ArchiveClaim: Sendable {
    private let files: StoreFiles
    private let fileSystem: any FileSystem
    private let randomness: any Randomness
    /// Where the link leads, and what stands there before the word.
    private let target: String
    private let mark: ArchivePlace.Mark
    private let known: Mutex<Known>

    private struct Known {
        /// Those that may stand in the directory; an empty one for none.
        var words: [[UInt8]]
        /// Whether the one that is seen there is the one that power leaves there.
        var isDurable = false
    }

    private static let wordBytes = 16
    /// Two words with the ends of their lines.
    private static let fileBytesMax = 2 * (2 * wordBytes + 1)
    private static let lineEnd = UInt8(ascii: "\n")

    private init(_ files: StoreFiles, of target: String, _ mark: ArchivePlace.Mark, _ context: StoreContext) throws {
        (self.files, fileSystem, randomness) = (files, context.fileSystem, context.randomness)
        (self.target, self.mark) = (target, mark)
        known = Mutex(Known(words: try Self.words(files, context.fileSystem)))
    }

    /// The archive of a store that is opened to be written; nothing is changed yet.
    /// - Returns: nil where nothing leads elsewhere.
    /// - Throws: ``ArchiveRefusal`` where another one has gone on with it; ``StorageError``.
    static func find(_ files: StoreFiles, fingerprint: String, _ context: StoreContext) throws -> ArchiveClaim? {
        guard let target = try context.fileSystem.linkTarget(of: files.archive) else { return nil }
        let owner = try context.fileSystem.absolutePath(of: files.root)
        let mark = ArchivePlace.Mark(fingerprint: fingerprint, owner: owner)
        let claim = try ArchiveClaim(files, of: target, mark, context)
        try claim.check()
        return claim
    }

    /// ``renew()`` as the store starts. A volume that is full or can only be read is no reason not to: what it holds
    /// can be read, and nobody changes it meanwhile.
    /// - Throws: ``ArchiveRefusal`` where another one has gone on with it.
    func begin() throws { do { try renew() } catch is StorageError {} }

    /// Forgets all words, for a directory that has none yet.
    /// - Throws: ``StorageError``.
    static func forget(_ files: StoreFiles, _ fileSystem: any FileSystem) throws(StorageError) {
        try fileSystem.replace(files.archiveClaim, with: [lineEnd])
    }

    /// - Throws: ``ArchiveRefusal`` where another one has gone on with the archive; ``StorageError``.
    func check() throws { _ = try known.withLock { try word(among: $0.words) } }

    /// Has another word stand there from now on, durable when this returns: before anything is put there.
    /// - Throws: ``ArchiveRefusal`` where another one has gone on with the archive; ``StorageError``, after which it is
    ///   this store's as before.
    func renew() throws {
        try known.withLock { known in
            let found = try word(among: known.words)
            if !known.isDurable { try put(found, &known) }
            let next = Array(hexadecimal(randomness.bytes(Self.wordBytes)).utf8)
            known.words = [found, next]
            try fileSystem.replace(files.archiveClaim, with: found + [Self.lineEnd] + next + [Self.lineEnd])
            try put(next, &known)
        }
    }

    /// Has a word stand in the directory, durable when this returns.
    private func put(_ word: [UInt8], _ known: inout Known) throws(StorageError) {
        known.isDurable = false
        try fileSystem.replace(files.archiveMark, with: mark.bytes + word + [Self.lineEnd])
        known.isDurable = true
    }

    /// The word that stands there, which is one of some.
    private func word(among words: [[UInt8]]) throws -> [UInt8] {
        let found = try ArchivePlace.mark(at: files.archiveMark, fileSystem) ?? []
        let word = Array(found.dropFirst(mark.bytes.count).prefix { $0 != Self.lineEnd })
        guard found.starts(with: mark.bytes), words.contains(word) else { throw refusal }
        return word
    }

    private var refusal: ArchiveRefusal {
        let (mark, own) = (StoreFiles.archiveMarkName, files.archiveClaim)
        return ArchiveRefusal(
            reason: "another copy of this store has gone on with the archive in \(target): the word in \(mark) there "
                + "is none of those in \(own)",
            advice: "go on with that one; or, where it is never written to again, remove \(mark) in \(target) and "
                + "\(files.archive), and start with archive.directory \(target)")
    }

    /// Of the store's own file; none but no word, where there is no such file yet.
    private static func words(_ files: StoreFiles, _ fileSystem: any FileSystem) throws(StorageError) -> [[UInt8]] {
        do throws(StorageError) {
            let bytes = try fileSystem.input(files.archiveClaim, bytesMax: fileBytesMax, takesPipes: false) ?? []
            return bytes.split(separator: lineEnd, omittingEmptySubsequences: false).dropLast().map { Array($0) }
        } catch {
            if error.isMissing { return [[]] }
            throw error
        }
    }
}
