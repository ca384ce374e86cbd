import EventLogs
import Platform
import Segments

/// How a backup is made.
package struct BackupOptions: Sendable {
    /// Whether the store's key goes with it: whoever has both has what stands for users.
    package var takesKey = false
    /// Whether files get second names where the volume gives them; else all are copied.
    package var links = true
    /// So many backups stay in the place, this one included.
    package var keptMax = 7

    /// The key stays where it is.
    package init() {}
}

/// Is told how many bytes have been looked at, of how many; what it throws ends the work.
package typealias BackupNote = (_ done: Int, _ total: Int) throws -> Void

/// Counts bytes for a note.
final class BackupTally {
    private var done = 0
    private let total: Int
    private let note: BackupNote

    init(_ total: Int, _ note: @escaping BackupNote) { (self.total, self.note) = (total, note) }

    func add(_ count: Int) throws {
        done += count
        try note(done, total)
    }
}

/// What a backup has come to.
package struct BackupSummary: Sendable {
    /// What it is of.
    package let record: BackupRecord
    /// Segments of the store.
    package let segments: Int
    /// What was there from backups before.
    package let found: BackupShare
    /// What got a second name.
    package let linked: BackupShare
    /// What was written.
    package let copied: BackupShare
    /// Numbers of backups that went, since others are newer.
    package let removed: [UInt64]
    /// Whether the key stands in the place, from this backup or one before.
    package let hasKey: Bool
}

extension EventStore {
    /// Backs a directory up, whether or not another process serves it: the store at one position, which is where it was
    /// when it was read, without the tokens of those who may ask. Nothing in the directory changes, but that its
    /// segments get second names on the same volume.
    ///
    /// Only what the place does not have yet is read and kept. Each file that is new is read to its end before it
    /// counts, and the whole is opened once before it is a backup; what was a backup before is one until then and after
    /// it.
    /// - Parameters:
    ///   - path: a place of backups of the same store, an empty directory, or one that is not there yet.
    ///   - note: is told how far it is.
    /// - Throws: ``BackupRefusal``; ``StorageError``; ``FileContentError`` and ``StoreError`` where the directory is
    ///   damaged, by file and place: no backup is made then.
    /// - Complexity: O(new bytes + bytes of the log + unsealed events).
    package static func backUp(
        _ directory: String, into path: String, context: StoreContext, options: BackupOptions = BackupOptions(),
        note: @escaping BackupNote = { _, _ in }
    ) throws -> BackupSummary {
        precondition(options.keptMax > 0, "the backup that is made stays")
        let place = BackupPlace(path, context.fileSystem)
        try place.begin()
        let lock = try context.fileSystem.lock(place.lock)
        defer { lock.release() }
        // Until there is a backup a place with pieces is known by it, and power may go before.
        if try place.numbers().isEmpty { try context.fileSystem.flushDirectory(path) }
        var run = try BackupRun(StoreFiles(root: directory), place, context, options)
        do {
            return try run.make(note)
        } catch {
            // Second names would keep what the store has let go of.
            try? place.removeUnfinished()
            throw error
        }
    }
}

/// One backup under way.
private struct BackupRun {
    let files: StoreFiles
    let place: BackupPlace
    let context: StoreContext
    let options: BackupOptions
    /// nil where nobody here may read it.
    private let key: [UInt8]?
    private var pieces: BackupPieces
    /// Segments that were kept, which no further attempt reads.
    private var segmentsKept = 0

    /// A store that goes on sealing may be met so often in between before it is told, if no segment was kept.
    private static let attemptsMax = 20

    init(_ files: StoreFiles, _ place: BackupPlace, _ context: StoreContext, _ options: BackupOptions) throws {
        (self.files, self.place, self.context, self.options) = (files, place, context, options)
        pieces = BackupPieces(place, links: options.links)
        do {
            key = try StoreKey.read(files.secret, fileSystem: context.fileSystem)
        } catch let error as StorageError where error.isMissing {
            throw StoreError.keyMissing(path: files.secret)
        } catch let error as StorageError where error.isDenied && !options.takesKey {
            key = nil
        }
    }

    private var fileSystem: any FileSystem { context.fileSystem }
    private var store: String { key.map(ExportHeader.fingerprint(ofKey:)) ?? "" }

    mutating func make(_ note: @escaping BackupNote) throws -> BackupSummary {
        try checkStore()
        try place.removeUnfinished()
        let number = try place.nextNumber()
        var attemptsLeft = Self.attemptsMax
        var failure: any Error = Overtaken()
        while attemptsLeft > 0 {
            let (kept, begun) = (segmentsKept, context.clock.wallNanoseconds())
            let source = try source()
            do {
                // On its own: what is said of the pieces at the end is what has become of them.
                let record = try keep(source, as: number, madeTime: begun, note)
                return try finish(record, source)
            } catch where source.isOvertaken && Self.mayBeGone(error) {
                attemptsLeft = segmentsKept > kept ? Self.attemptsMax : attemptsLeft - 1
                failure = error
            }
        }
        throw failure
    }

    /// What changes while it is read is read again there.
    private func source() throws -> BackupSource {
        try EventStore.readingBeside { try BackupSource(files, fileSystem) }
    }

    /// Whether it may come of files that the store has let go of since they were looked for.
    private static func mayBeGone(_ error: any Error) -> Bool {
        error is CorruptionError || error is Overtaken || (error as? StorageError)?.isMissing == true
    }

    /// The store has gone on, so that what was read of its log may be of another one.
    private struct Overtaken: Error, CustomStringConvertible {
        var description: String { "the store went on sealing each time it was read; try again when less comes in" }
    }

    /// - Throws: ``BackupRefusal`` where the place has backups of another store.
    private func checkStore() throws {
        guard !store.isEmpty else { return }
        // Of those that were made without the key nobody knows the store.
        let known = try place.numbers().lazy.compactMap { try? place.read($0).record.store }.first { !$0.isEmpty }
        guard let known, known != store else { return }
        throw BackupRefusal(
            reason: "\(place.directory) has backups of a store with another key than \(files.secret)",
            advice: "give each store a place of its own")
    }

    /// Makes everything that the source names a piece.
    private mutating func keep(
        _ source: BackupSource, as number: UInt64, madeTime: Int64, _ note: @escaping BackupNote
    ) throws -> BackupRecord {
        pieces.forgetFound()
        let total = source.segments.reduce(source.log.parts.reduce(0) { $0 + $1.countedBytes }) { $0 + $1.lengthBytes }
        let tally = BackupTally(total, note)
        let pins = try pin(source.segments, of: source)
        var kept = source.segments.map {
            BackupFile(path: BackupFile.segments + $0.fileName, lengthBytes: $0.lengthBytes, sha256: $0.sha256)
        }
        let log = try keepLog(source, tally)
        for (path, bytes) in source.small {
            kept.append(BackupFile(path: path, lengthBytes: bytes.count, sha256: try pieces.keep(bytes)))
        }
        // From here on what the store lets go of concerns segments alone, which are held, or are looked for again.
        guard !source.isOvertaken else { throw Overtaken() }
        for (segment, pin) in zip(source.segments, pins) {
            try keep(segment, pin, of: source, tally)
        }
        try pieces.flush()
        // The last one first: what opens a log goes on from its first file, see `StoreRestoring`.
        kept += log.reversed()
        let record = BackupRecord(
            number: number, position: 0, receivedTime: 0, madeTime: madeTime, store: store, files: kept)
        return try context.openingBackup(record, in: place) { store in
            let snapshot = store.snapshot()
            return BackupRecord(
                number: number, position: snapshot.position, receivedTime: snapshot.watermark, madeTime: madeTime,
                store: record.store, files: kept)
        }
    }

    /// Holds what is new, so that the store may let go of it meanwhile.
    private mutating func pin(
        _ segments: [SegmentDescription], of source: BackupSource
    ) throws -> [BackupPieces.Pin?] {
        var handlesLeft = max(0, fileSystem.openFilesMax / 2 - EventStore.openFilesMax)
        return try segments.map { segment in
            guard try !pieces.has(segment.sha256, lengthBytes: segment.lengthBytes) else { return nil }
            let pin = try pieces.pin(source.path(of: segment), as: segment.sha256, hasRoom: handlesLeft > 0)
            if case .handle = pin { handlesLeft -= 1 }
            return pin
        }
    }

    private mutating func keep(
        _ segment: SegmentDescription, _ pin: BackupPieces.Pin?, of source: BackupSource,
        _ tally: BackupTally
    ) throws {
        if try pieces.has(segment.sha256, lengthBytes: segment.lengthBytes) {
            pieces.note(found: segment.lengthBytes)
            return try tally.add(segment.lengthBytes)
        }
        let isWhole = try pieces.keep(
            source.path(of: segment), pin, as: segment.sha256, lengthBytes: segment.lengthBytes, tally)
        guard isWhole else { throw source.damage(of: segment, fileSystem) }
        segmentsKept += 1
    }

    private mutating func keepLog(_ source: BackupSource, _ tally: BackupTally) throws -> [BackupFile] {
        var kept: [BackupFile] = []
        for part in source.log.parts {
            let file = try source.volume.open(files.log + "/" + part.name, .read)
            defer { file.close() }
            let sha256 = try pieces.keep(
                changing: file, counted: part.countedBytes, lengthBytes: part.lengthBytes, tally)
            kept.append(BackupFile(path: BackupFile.log + part.name, lengthBytes: part.lengthBytes, sha256: sha256))
        }
        return kept
    }

    private func finish(_ record: BackupRecord, _ source: BackupSource) throws -> BackupSummary {
        if options.takesKey, let key {
            try StoreKey.write(key, to: place.key, fileSystem)
        }
        let hasKey = try fileSystem.lengthBytes(of: place.key) != nil
        try place.publish(record)
        // What does not go now goes with the next one.
        let removed = (try? place.removeOutdated(keeping: options.keptMax)) ?? []
        return BackupSummary(
            record: record, segments: source.segments.count, found: pieces.found, linked: pieces.linked,
            copied: pieces.copied, removed: removed, hasKey: hasKey)
    }
}

extension StoreContext {
    /// Opens a backup as the store that it is of, to read from it, and closes it.
    /// - Parameter keyFile: the store's key; nil: users' tokens cannot be told.
    /// - Throws: what opening a store throws: no start would go on from it.
    func openingBackup<Result>(
        _ backup: BackupRecord, in place: BackupPlace, keyFile: String? = nil, _ body: (EventStore) throws -> Result
    ) throws -> Result {
        let (volume, root) = place.volume(backup, keyFile: keyFile)
        var context = self
        context.fileSystem = volume
        return try EventStore.reading(root, context: context, body)
    }
}
