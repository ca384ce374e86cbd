import Bytes
import Domain
import Platform

/// What is restored of a backup.
package struct BackupRestoring: Sendable {
    /// Of the backup; nil for the newest one.
    package var number: UInt64?
    /// The store's key; nil for the one that stands in the place.
    package var keyFile: String?
    /// Up to where; nil for all that is in the backup.
    package var moment: EarlierStore.Moment?

    /// All of the newest one, with the key that stands in the place.
    package init() {}
}

/// What a restore has come to.
package struct RestoredBackup: Sendable {
    /// What the backup is of.
    package let record: BackupRecord
    /// The last position that is there.
    package let position: Int64
}

extension EventStore {
    /// Makes a store of a backup, in an empty directory: file by file as it was, so that whatever is asked of it is
    /// answered as by the store at the backup's position; or, up to an earlier moment, as it was known then
    /// (``EarlierStore``), in files of its own.
    ///
    /// Nothing opens the directory before it has ended, whatever crashes.
    /// - Parameter note: is told how far it is; nothing of a store up to a moment.
    /// - Throws: ``BackupRefusal``: nothing has changed, but where the backup went meanwhile; ``FileContentError``
    ///   where the backup is damaged; ``StorageError``. What is in the directory then is no store, and says so.
    package static func restoreBackup(
        _ path: String, into directory: String, context: StoreContext, _ wanted: BackupRestoring = BackupRestoring(),
        note: @escaping BackupNote = { _, _ in }
    ) throws -> RestoredBackup {
        let place = BackupPlace(path, context.fileSystem)
        let record = try place.read(wanted.number).record
        let restore = StoreRestoring(
            place: place, record: record, files: StoreFiles(root: directory), context: context)
        try restore.begin(key: try restore.check(wanted))
        do {
            if let moment = wanted.moment {
                try restore.replay(to: moment)
            } else {
                try restore.copyFiles(note)
            }
        } catch {
            let advice = "remove \(directory), and restore one that is there"
            throw place.refusal(ofGone: record, advice) ?? error
        }
        return try restore.finish(isWhole: wanted.moment == nil)
    }
}

/// One restore under way.
private struct StoreRestoring {
    let place: BackupPlace
    let record: BackupRecord
    let files: StoreFiles
    let context: StoreContext

    private var fileSystem: any FileSystem { context.fileSystem }

    private var openOptions: StoreOptions {
        var options = StoreOptions()
        options.isBeingRestored = true
        return options
    }

    /// - Returns: the store's key.
    /// - Throws: ``BackupRefusal`` where it cannot be.
    func check(_ wanted: BackupRestoring) throws -> [UInt8] {
        if let moment = wanted.moment { try check(moment) }
        if try fileSystem.lengthBytes(of: files.root) != nil {
            throw refusal("\(files.root) is a file", "name a directory that is not there yet")
        }
        if try fileSystem.isDirectory(files.root), try !fileSystem.list(files.root).isEmpty {
            let isUnfinished = try fileSystem.lengthBytes(of: files.restoring) != nil
            throw refusal(
                "\(files.root) is not empty" + (isUnfinished ? ": a restore into it has not ended" : ""),
                isUnfinished ? "remove it and restore again" : "name a directory that is empty, or is not there yet")
        }
        if wanted.keyFile == nil, try fileSystem.lengthBytes(of: place.key) == nil {
            throw refusal(
                "\(place.directory) holds no key, without which nobody knows the store's users again",
                "name the key that was kept apart: --key FILE")
        }
        let path = wanted.keyFile ?? place.key
        let key = try place.key(in: path, of: record)
        // Who made the backup could not read the key, so that only its events tell.
        guard try !record.store.isEmpty || context.openingBackup(record, in: place, { try $0.isKnown(byKey: key) })
        else {
            throw place.refusal(ofKey: path)
        }
        if wanted.moment != nil { try checkIsWhole() }
        return key
    }

    private func check(_ moment: EarlierStore.Moment) throws {
        let number = record.number
        switch moment {
        case .position(let position):
            guard position > record.position else { return }
            throw refusal(
                "backup \(number) ends at position \(record.position)", "name that one or an earlier one")
        case .received(let time):
            guard time >= record.madeTime else { return }
            throw refusal(
                "backup \(number) was made before that time, and does not know what came in until then",
                "name an earlier time")
        }
    }

    private func refusal(_ reason: String, _ advice: String) -> BackupRefusal {
        BackupRefusal(reason: reason, advice: advice)
    }

    /// Whoever says a store anew needs all of its events.
    private func checkIsWhole() throws {
        let isWhole = try context.openingBackup(record, in: place) { $0.snapshot().horizon == nil }
        guard !isWhole else { return }
        throw refusal(
            "retention had dropped events before backup \(record.number) was made, and without these no earlier moment "
                + "can be told",
            "restore it whole, or name an older backup with --number")
    }

    /// From here on nothing opens the directory.
    func begin(key: [UInt8]) throws {
        try fileSystem.createDirectories(files.root)
        try fileSystem.replace(files.restoring, with: Array("backup \(record.number) of \(place.directory)\n".utf8))
        try StoreKey.write(key, to: files.secret, fileSystem)
        for directory in [files.segments, files.log] { try fileSystem.createDirectories(directory) }
    }

    /// Writes each file as it was. The log comes last, its first file at the end.
    func copyFiles(_ note: @escaping BackupNote) throws {
        let tally = BackupTally(record.files.reduce(0) { $0 + $1.lengthBytes }, note)
        var directories: Set<String> = []
        for file in record.files {
            let path = files.root + "/" + file.path.text
            let directory = parentDirectory(of: path)
            if directories.insert(directory).inserted { try fileSystem.createDirectories(directory) }
            try write(file, to: path, tally)
        }
        for directory in directories.sorted() { try fileSystem.flushDirectory(directory) }
    }

    private func write(_ file: BackupFile, to path: String, _ tally: BackupTally) throws {
        let piece = place.piece(file.sha256)
        let source = try open(piece, file)
        defer { source.close() }
        let target = try fileSystem.open(path, .create)
        defer { target.close() }
        var digest = PieceDigest()
        let isRead = try digest.read(source, counted: file.lengthBytes, of: file.lengthBytes) { offset, window in
            // Where the log goes on stand zeros: their room is reserved below.
            if !window.isZero { try target.write(window, at: offset) }
            try tally.add(window.count)
        }
        guard isRead, digest.finish() == file.sha256 else {
            throw CorruptionError(
                file: piece, offset: 0, expectation: "\(file.path) of \(file.lengthBytes) bytes, by its SHA-256")
        }
        try target.preallocate(bytes: file.lengthBytes)
        try target.flush()
    }

    private func open(_ piece: String, _ file: BackupFile) throws -> any File {
        do throws(StorageError) {
            return try fileSystem.open(piece, .read)
        } catch {
            guard error.isMissing else { throw error }
            throw CorruptionError(file: piece, offset: 0, expectation: "\(file.path); the file is missing")
        }
    }

    /// Says the store anew up to a moment: its events, prices and what else happened, in their order.
    func replay(to moment: EarlierStore.Moment) throws {
        try context.openingBackup(record, in: place, keyFile: files.secret) { source in
            var options = openOptions
            options.schemaNames = try SchemaNames(parsing: source.registry.serialised)
            let store = try EventStore.open(at: files.root, context: context, options: options)
            do {
                var earlier = try EarlierStore(source.exportReader(in: .min ..< .max), into: store)
                try earlier.advance(to: moment)
                try store.seal()
                try store.close()
            } catch {
                // The first failure is the one to tell.
                try? store.close()
                throw error
            }
        }
    }

    /// Opens the store as others will, and lets them.
    /// - Parameter isWhole: it has to stand at the backup's position.
    func finish(isWhole: Bool) throws -> RestoredBackup {
        let store = try EventStore.openForReading(at: files.root, context: context, options: openOptions)
        let snapshot = store.snapshot()
        try store.close()
        guard !isWhole || snapshot.position == record.position else {
            throw CorruptionError(
                file: place.record(record.number), offset: 0,
                expectation: "a store at position \(record.position), found one at \(snapshot.position)")
        }
        try fileSystem.flushDirectory(files.root)
        try fileSystem.remove(files.restoring)
        try fileSystem.flushDirectory(files.root)
        return RestoredBackup(record: record, position: snapshot.position)
    }
}
