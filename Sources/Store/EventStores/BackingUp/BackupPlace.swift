import Bytes
import Hashing
import Platform
import Segments

/// A directory of backups of one store.
///
///     backup-000000000003             what the third one is of (`BackupRecord`); the two last ones as an example
///     copy-of-backup-000000000003     the same once more
///     pieces/<SHA-256>                files of the store, each by what is in it, whichever backups have it
///     keys/store.key                  the store's key, where it was asked for
///     LOCK                            held by who changes anything here
///
/// A piece has its name once it is whole and flushed, a backup its file once its pieces are named for good: at any
/// crash what was a backup before is one. Pieces of an attempt that came to nothing serve the next one.
struct BackupPlace: Sendable {
    let directory: String
    let fileSystem: any FileSystem

    /// Looks at nothing yet.
    init(_ directory: String, _ fileSystem: any FileSystem) {
        (self.directory, self.fileSystem) = (directory, fileSystem)
    }

    var pieces: String { directory + "/pieces" }
    var lock: String { directory + "/LOCK" }
    var key: String { directory + "/keys/store.key" }

    func piece(_ sha256: [UInt8]) -> String { pieces + "/" + hexadecimal(sha256) }

    /// The name under which a piece is made.
    func unfinished(_ sha256: [UInt8]) -> String { piece(sha256) + Self.unfinishedEnding }

    private static let unfinishedEnding = ".new"
    private static let beginning = "backup-"
    private static let digits = 12
    /// Numbers go up by one: no place has come to this one.
    private static let numberMax: UInt64 = 999_999_999_999

    private static func name(_ number: UInt64) -> String {
        let text = String(number)
        return beginning + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// Whether a name is one that a piece has, or has while it is made.
    private static func isPiece(name: String) -> Bool {
        let digits = name.hasSuffix(unfinishedEnding) ? name.dropLast(unfinishedEnding.count) : name[...]
        return digits.utf8.count == 2 * SHA256.digestBytes
            && digits.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// The number of the backup that a file describes, by its name or that of its copy.
    private static func number(ofRecord name: String) -> UInt64? {
        number(FileReference.original(ofCopy: name) ?? name)
    }

    private static func number(_ name: String) -> UInt64? {
        guard name.hasPrefix(beginning), let number = UInt64(name.dropFirst(beginning.count)),
            (1...numberMax).contains(number), Self.name(number) == name
        else { return nil }
        return number
    }

    /// Where a backup is described: as a path, what names it.
    func record(_ number: UInt64) -> String { directory + "/" + Self.name(number) }

    private func copy(_ number: UInt64) -> String { directory + "/" + FileReference.copyName(of: Self.name(number)) }

    /// Makes the place where there is none.
    /// - Throws: ``BackupRefusal`` where something else is there; ``StorageError``.
    func begin() throws {
        if try fileSystem.lengthBytes(of: directory) != nil {
            throw BackupRefusal(
                reason: "\(directory) is a file", advice: "name a directory that is empty, or is not there yet")
        }
        if try fileSystem.isDirectory(directory), try !isBegun() {
            guard try fileSystem.list(directory).isEmpty else {
                throw BackupRefusal(
                    reason: "\(directory) is no empty directory and holds no backups",
                    advice: "name one that is empty, or is not there yet")
            }
        }
        try fileSystem.createDirectories(pieces)
    }

    /// Whether it is a place, of which there may be no more than the beginning. Others call a folder `pieces`, too, and
    /// keep in it what is theirs.
    private func isBegun() throws -> Bool {
        guard try fileSystem.isDirectory(pieces) else { return false }
        if try fileSystem.lengthBytes(of: lock) != nil || !numbers().isEmpty { return true }
        return try fileSystem.list(pieces).isEmpty
    }

    /// - Throws: ``BackupRefusal`` where there are no backups.
    func check() throws {
        guard try fileSystem.isDirectory(pieces) else {
            throw BackupRefusal(
                reason: "\(directory) is no place of backups", advice: "`plimsoll backup` makes one: name that")
        }
    }

    /// The numbers of all backups, the newest first.
    func numbers() throws(StorageError) -> [UInt64] {
        let names = try fileSystem.list(directory).map(\.name)
        return Set(names.compactMap(Self.number(ofRecord:))).sorted(by: >)
    }

    /// Why a backup cannot be read to its end that was there a moment ago: another one was made, and takes its place.
    /// - Parameter advice: what to do about it.
    /// - Returns: nil where it is still there, and where nobody can tell.
    func refusal(ofGone backup: BackupRecord, _ advice: String) -> BackupRefusal? {
        guard let numbers = try? numbers(), !numbers.contains(backup.number) else { return nil }
        return BackupRefusal(
            reason: "backup \(backup.number) of \(directory) went while it was read: newer ones have taken its place",
            advice: advice)
    }

    /// The number of the next one, greater than any here.
    func nextNumber() throws -> UInt64 {
        let last = try numbers().first ?? 0
        guard last < Self.numberMax else {
            throw BackupRefusal(reason: "\(directory) has come to its last number", advice: "begin another place")
        }
        return last + 1
    }

    /// Reads what a backup is of.
    /// - Parameter wanted: its number; nil for the newest one.
    /// - Returns: also what is the matter with one of its two files, where the other one was read.
    /// - Throws: ``BackupRefusal`` where there is none of the number; ``StorageError``; ``FileContentError`` where none
    ///   of its two files serves.
    func read(_ wanted: UInt64?) throws -> (record: BackupRecord, damage: CorruptionError?) {
        try check()
        let known = try numbers()
        guard let number = wanted ?? known.first, known.contains(number) else {
            throw BackupRefusal(
                reason: "\(directory) has no backup" + (wanted.map { " \($0)" } ?? ""),
                advice: known.isEmpty ? "none was finished yet" : "there are \(Self.listed(known))")
        }
        let copyPath = copy(number)
        let found: BackupRecord
        do {
            found = try Self.whole(record(number), number, fileSystem)
        } catch let damage as CorruptionError {
            if let copied = try? Self.whole(copyPath, number, fileSystem) { return (copied, damage) }
            throw CorruptionError(
                file: damage.file, offset: damage.offset,
                expectation: damage.expectation + ", and \(fileName(of: copyPath)) does not hold it either; there are "
                    + Self.listed(known))
        }
        // Power may have gone before the copy was written.
        guard try fileSystem.lengthBytes(of: copyPath) != nil else { return (found, nil) }
        do {
            _ = try Self.whole(copyPath, number, fileSystem)
        } catch let damage as CorruptionError {
            return (found, damage)
        }
        return (found, nil)
    }

    private static func listed(_ numbers: [UInt64]) -> String {
        "the backups " + numbers.reversed().map(String.init).joined(separator: ", ")
    }

    private static func whole(_ path: String, _ number: UInt64, _ fileSystem: any FileSystem) throws -> BackupRecord {
        guard try fileSystem.lengthBytes(of: path) != nil else {
            throw CorruptionError(file: path, offset: 0, expectation: "what a backup is of; the file is missing")
        }
        guard let bytes = try fileSystem.input(path, bytesMax: BackupRecord.bytesMax, takesPipes: false) else {
            throw CorruptionError(
                file: path, offset: BackupRecord.bytesMax, expectation: "the end of what a backup is of")
        }
        let record: BackupRecord
        do {
            record = try BackupRecord(parsing: bytes)
        } catch {
            throw error.of(path)
        }
        guard record.number == number else {
            throw CorruptionError(
                file: path, offset: 16, expectation: "the number in the file's name, found \(record.number)")
        }
        return record
    }

    /// Makes a backup one, durable when it returns.
    func publish(_ record: BackupRecord) throws(StorageError) {
        let bytes = record.serialised
        try fileSystem.replace(self.record(record.number), with: bytes)
        // It is one. Where there is no room for the copy, it does without.
        try? fileSystem.replace(copy(record.number), with: bytes)
    }

    /// Removes all backups but the newest ones, then pieces that none has which is left: files of other names are
    /// somebody else's. Where one that stays cannot be read nobody knows its pieces, and none is removed.
    /// - Returns: the numbers that went.
    func removeOutdated(keeping count: Int) throws -> [UInt64] {
        precondition(count > 0, "the newest one stays")
        let numbers = try numbers()
        let outdated = Array(numbers.dropFirst(count))
        for path in outdated.reversed().flatMap({ [record($0), copy($0)] }) {
            if try fileSystem.lengthBytes(of: path) != nil { try fileSystem.remove(path) }
        }
        // Before any piece goes: a backup that came back would lack it.
        if !outdated.isEmpty { try fileSystem.flushDirectory(directory) }
        guard let kept = pieceNames(of: Array(numbers.prefix(count))) else { return outdated }
        var hasRemoved = false
        for entry in try fileSystem.list(pieces)
        where !entry.isDirectory && Self.isPiece(name: entry.name) && !kept.contains(entry.name) {
            try fileSystem.remove(pieces + "/" + entry.name)
            hasRemoved = true
        }
        if hasRemoved { try fileSystem.flushDirectory(pieces) }
        return outdated
    }

    /// Removes what an attempt left that did not end: files that have no name of their own yet.
    func removeUnfinished() throws(StorageError) {
        func remove(in folder: String, _ isOurs: (String) -> Bool) throws(StorageError) {
            for entry in try fileSystem.list(folder) where !entry.isDirectory {
                guard entry.name.hasSuffix(Self.unfinishedEnding), isOurs(entry.name) else { continue }
                try fileSystem.remove(folder + "/" + entry.name)
            }
        }
        try remove(in: directory) { Self.number(ofRecord: String($0.dropLast(Self.unfinishedEnding.count))) != nil }
        try remove(in: pieces, Self.isPiece)
    }

    /// Files among the pieces that no backup has: an attempt that did not end made them; the next one takes them up.
    /// - Returns: nil where some backup cannot be read, so that nobody knows.
    func strayFiles() throws -> Int? {
        guard let known = try pieceNames(of: numbers()) else { return nil }
        return try fileSystem.list(pieces).count { Self.isPiece(name: $0.name) && !known.contains($0.name) }
    }

    /// Names of the pieces of some backups; nil where one of these cannot be read.
    private func pieceNames(of numbers: [UInt64]) -> Set<String>? {
        var names: Set<String> = []
        for number in numbers {
            guard let record = try? read(number).record else { return nil }
            names.formUnion(record.files.map { hexadecimal($0.sha256) })
        }
        return names
    }

    /// A backup as the directory of a store.
    /// - Parameter keyFile: the store's key; nil: nobody may read it there.
    /// - Returns: also the path of that directory.
    func volume(_ backup: BackupRecord, keyFile: String? = nil) -> (fileSystem: MappedFileSystem, root: String) {
        let files = StoreFiles(root: record(backup.number))
        var mapped = backup.files.map { (path: files.root + "/" + $0.path.text, target: piece($0.sha256)) }
        if let keyFile { mapped.append((files.secret, keyFile)) }
        let volume = MappedFileSystem(
            fileSystem, files: mapped, directories: [files.log, files.segments],
            denied: keyFile == nil ? [files.secret] : [])
        return (volume, files.root)
    }
}

/// What cannot be backed up or restored as it was asked for; nothing has changed.
package struct BackupRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let reason: String
    /// What to do about it.
    package let advice: String

    package var description: String { reason }
}
