import Domain
import EventLogs
import Hashing
import Platform
import Segments

/// Makes a plan of what becomes of all that is damaged. Nothing is changed: what is small is repaired in a view of the
/// directory in memory, so that what follows from it is planned as it will be.
struct RepairPlanning {
    private let files: StoreFiles
    private let backup: StoreFiles?
    private let context: StoreContext
    private let view: OverlayFileSystem
    /// Segments that are given up although a store can be opened with them.
    private let givenUp: Set<String>
    private var plan = RepairPlan()

    /// What stands in for segments that are missing so that the log can be looked at is in memory.
    private static let placeholderBytesMax = 64 << 20

    init(at directory: String, context: StoreContext, from backup: String?, givingUp: Set<String>) {
        files = StoreFiles(root: directory)
        self.backup = backup.map { StoreFiles(root: $0) }
        self.context = context
        view = EventStore.overlay(of: directory, context.fileSystem)
        givenUp = givingUp
    }

    /// - Throws: ``StorageError``; ``NewerFormatError`` where a newer version wrote what decides which files there are.
    /// - Complexity: as of ``EventStore/fileFaults(at:context:telling:)``, and what is searched of segments
    ///   (``SegmentMending``).
    mutating func make() throws -> RepairPlan {
        var manifest = Manifest()
        var state: StateFile?
        if try view.isDirectory(files.segments) {
            try planManifests()
            manifest = try ManifestStore.survey(fileSystem: view, directory: files.segments).manifest
            try planKey(manifest)
            state = try planState(manifest)
            for entry in manifest.segments { try planSegment(entry, state) }
        } else {
            try planKey(manifest)
        }
        try planLosses(state)
        try planLog(manifest, state)
        return plan
    }

    // MARK: What is kept twice

    private mutating func planManifests() throws {
        let found = try ManifestStore.survey(fileSystem: view, directory: files.segments)
        for fault in found.faults {
            try rewriteManifest(fault.damage.file, "\(fault.damage)", isServed: fault.isServed)
        }
        // What stands behind a damaged place is perhaps no longer the store's; a copy that it tells of stays even so.
        var (told, toldAnywhere): (UInt64, UInt64) = (0, 0)
        if try view.isDirectory(files.log) {
            _ = try LogSurvey(directory: files.log, fileSystem: view) { record, isBehind in
                let version = Writer.manifestVersion(record) ?? 0
                toldAnywhere = max(toldAnywhere, version)
                if !isBehind { told = max(told, version) }
            }
        }
        var version = try ManifestStore.survey(fileSystem: view, directory: files.segments).version
        let missing = StoreOpening.missing(told, in: files.segments)
        if told > version, !found.faults.contains(where: { $0.damage.file == missing.file }) {
            try rewriteManifest(missing.file, "\(missing)", isServed: false)
            version = try ManifestStore.survey(fileSystem: view, directory: files.segments).version
        }
        for copy in try ManifestStore.survey(fileSystem: view, directory: files.segments).loneCopies {
            guard toldAnywhere <= version else {
                plan.add("\(copy)", .kept("put its manifest back from a backup: the log tells of it"))
                continue
            }
            plan.add("\(copy)", .movedAway)
            plan.moves.append(copy.file)
            try view.remove(copy.file)
        }
    }

    private mutating func rewriteManifest(_ path: String, _ damage: String, isServed: Bool) throws {
        let name = fileName(of: path)
        let other = FileReference.original(ofCopy: name) ?? FileReference.copyName(of: name)
        var candidates: [(path: String, words: String)] = []
        if isServed { candidates.append((files.segments + "/" + other, "its other writing \(other)")) }
        if let backup {
            for name in [name, other] { candidates.append((backup.segments + "/" + name, "the backup")) }
        }
        for candidate in candidates {
            guard let bytes = try manifestBytes(candidate.path, isServed ? view : context.fileSystem) else { continue }
            return try rewrite(path, bytes, damage, candidate.words)
        }
        plan.add(damage, .kept("put it back from a backup; no other file says which segments count"))
    }

    /// The bytes of a manifest that continues the one before it; nil where the file does not hold it.
    private func manifestBytes(_ path: String, _ fileSystem: any FileSystem) throws -> [UInt8]? {
        do {
            guard let found = try ManifestStore.read(fileAt: path, fileSystem) else { return nil }
            let before = files.segments + "/" + ManifestStore.fileName(found.version &- 1)
            if let previous = try? ManifestStore.read(fileAt: before, view) {
                guard found.bytes.dropFirst(24).starts(with: SHA256.hash(previous.bytes)) else { return nil }
            }
            return found.bytes
        } catch let error as NewerFormatError {
            throw error
        } catch where StoreError.isOfPlace(error) {
            return nil
        }
    }

    private mutating func planState(_ manifest: Manifest) throws -> StateFile? {
        guard let reference = manifest.projections else { return nil }
        let names = [reference.fileName, reference.copyName]
        let paths = names.map { files.segments + "/" + $0 }
        func bytes(_ path: String, _ fileSystem: any FileSystem) throws -> Result<[UInt8], CorruptionError> {
            do {
                return .success(try StateReading.whole(reference, path, fileSystem))
            } catch where StoreError.isOfPlace(error) {
                return .failure(StateReading.damage(error, path))
            }
        }
        for (index, path) in paths.enumerated() {
            // Versions of before wrote no copy, and a start makes one.
            if index == 1, try view.lengthBytes(of: path) == nil { continue }
            guard case .failure(let damage) = try bytes(path, view) else { continue }
            var sources: [(path: String, words: String)] = [(paths[1 - index], "its other writing \(names[1 - index])")]
            if let backup {
                for name in names { sources.append((backup.segments + "/" + name, "the backup")) }
            }
            var isDone = false
            for source in sources where !isDone {
                guard case .success(let whole) = try bytes(source.path, view) else { continue }
                try rewrite(path, whole, "\(damage)", source.words)
                isDone = true
            }
            if isDone { continue }
            plan.add(
                "\(damage)",
                .kept(
                    "put the directory back whole from a backup: nothing else says prices, corrections and counters of "
                        + "sealed time"))
        }
        return try? StateReading(manifest, in: files.segments, view)?.state
    }

    // MARK: The key, and what was set aside

    private mutating func planKey(_ manifest: Manifest) throws {
        let damage: String
        do {
            _ = try StoreKey.read(files.secret, fileSystem: view)
            return
        } catch let error as CorruptionError {
            damage = "\(error)"
        } catch let error as StorageError where error.isMissing {
            damage = "\(StoreError.keyMissing(path: files.secret))"
        } catch let error as StorageError where error.isNoFile {
            damage = "\(error)"
        } catch let error as StorageError where error.isDenied {
            return
        }
        if let backup, (try? StoreKey.read(backup.secret, fileSystem: context.fileSystem)) != nil,
            try isOfThisStore(backup, manifest)
        {
            let bytes = try context.fileSystem.contents(of: backup.secret)
            plan.rewrites.append(Rewrite(path: files.secret, source: .bytes(bytes, isSecret: true)))
            plan.add(damage, .rewritten(from: "the backup"))
        } else {
            plan.add(
                damage, .kept("put back the store's own key from a backup; users and repeats are known by it alone"))
        }
    }

    /// Whether a directory is one of this store, from whenever: they have a segment in common, or a log.
    private func isOfThisStore(_ backup: StoreFiles, _ manifest: Manifest) throws -> Bool {
        for description in manifest.segments.map(\.description) {
            let copy = WholeFile(
                path: backup.segments + "/" + description.fileName, lengthBytes: description.lengthBytes,
                sha256: description.sha256)
            if try copy.holds(context.fileSystem) { return true }
        }
        guard try view.isDirectory(files.log) else { return false }
        return try view.list(files.log).contains { entry in
            func head(_ root: StoreFiles, _ fileSystem: any FileSystem) -> [UInt8]? {
                guard let file = try? fileSystem.open(root.log + "/" + entry.name, .read) else { return nil }
                defer { file.close() }
                let bytes = try? file.read(upTo: Self.headBytes, at: 0)
                return bytes?.count == Self.headBytes ? bytes : nil
            }
            guard !entry.isDirectory, let own = head(files, view) else { return false }
            return head(backup, context.fileSystem) == own
        }
    }

    /// The header of a log file, which tells logs apart.
    private static let headBytes = 512

    private mutating func planLosses(_ state: StateFile?) throws {
        for path in try EventStore.lossFiles(files, view) {
            do {
                _ = try EventStore.loss(at: path, view)
            } catch where StoreError.isOfPlace(error) {
                let copies = StoreFiles.setAsideName + "/" + fileName(of: parentDirectory(of: path))
                if let loss = state?.ledger.losses.first(where: { $0.copies == copies }) {
                    try rewrite(path, Array(loss.data.utf8), "\(error)", "the state, which tells of the same loss")
                } else {
                    plan.add("\(error)", .kept("put it back from a backup; it says what was set aside there"))
                }
            }
        }
    }

    // MARK: Segments

    private mutating func planSegment(_ entry: ManifestSegment, _ state: StateFile?) throws {
        let description = entry.description
        let path = files.segments + "/" + description.fileName
        var (first, opens): (CorruptionError?, Bool) = (nil, false)
        func note(_ error: any Error) throws {
            if let error = error as? NewerFormatError { throw error }
            let missing = (error as? StorageError)?.isMissing == true ? "; the file is missing" : " (\(error))"
            first =
                first ?? (error as? CorruptionError)
                ?? CorruptionError(file: path, offset: 0, expectation: "a segment that the manifest names\(missing)")
        }
        do {
            let reader = try SegmentReader.open(
                files: SegmentFiles(fileSystem: view), path: path,
                expected: (description.segmentID, description.lengthBytes))
            opens = true
            try reader.faults(sha256: description.sha256, note)
        } catch where StoreError.isOfPlace(error) {
            try note(error)
        }
        guard let damage = first else { return }
        var whole = WholeFile(path: path, lengthBytes: description.lengthBytes, sha256: description.sha256)
        if let backup {
            let copy = WholeFile(
                path: backup.segments + "/" + description.fileName, lengthBytes: description.lengthBytes,
                sha256: description.sha256)
            if try copy.holds(context.fileSystem) {
                plan.rewrites.append(Rewrite(path: path, source: .file(copy)))
                return plan.add("\(damage)", .rewritten(from: "the backup"))
            }
        }
        if let patches = try SegmentMending.patches(path: path, description: description, fileSystem: view),
            !patches.isEmpty
        {
            whole.patches = patches
            plan.rewrites.append(Rewrite(path: path, source: .file(whole)))
            let bytes = patches.count == 1 ? "1 byte" : "\(patches.count) bytes"
            return plan.add(
                "\(damage)",
                .rewritten(from: "itself: its checksums say which \(bytes) were others, its SHA-256 agrees"))
        }
        guard let state else {
            return plan.add("\(damage)", .kept("put it back from a backup"))
        }
        guard !opens || givenUp.contains(description.fileName) else {
            return plan.add(
                "\(damage)",
                .kept(
                    "put it back from a backup; without one the server goes on and answers what needs no such place,"
                        + " and `--accept-loss --segment \(description.fileName)` gives the whole segment up"))
        }
        let loss = try SegmentLoss(
            entry, damage, in: files.segments, EventTableLayouts(registry: try state.registry()), view)
        plan.lostSegments.append(loss)
        plan.add("\(damage)", .lost(loss.lines))
    }

    // MARK: The log

    private mutating func planLog(_ manifest: Manifest, _ state: StateFile?) throws {
        if let place = state?.replayFrom, try view.isDirectory(files.log) {
            for fault in try LogSurvey(directory: files.log, fileSystem: view, before: place).faults {
                plan.add("\(fault)", .harmless("what stood here is in segments, and the file goes with the next seals"))
            }
        }
        guard try standIn(for: manifest) else {
            plan.isLogKnown = false
            return
        }
        do {
            guard let found = try EventStore.logDamage(at: files.root, context: viewed(view)) else { return }
            let path = found.damage.file
            let places = found.faultCount == 1 ? "" : ", the first of \(found.faultCount) places"
            if let bytes = try logFromBackup(path, state) {
                return try rewrite(path, bytes, "\(found.damage)\(places)", "the backup, which has all that it held")
            }
            plan.isLogLost = true
            plan.add(
                "\(found.damage)\(places)",
                .lost([
                    found.extent,
                    "intact behind the place: \(found.intactRecords) records with \(found.intactEvents) events, which "
                        + "only the copies hold then",
                ]))
        } catch StoreError.logLost(let damage) {
            plan.add(
                "\(damage)",
                .kept("restore the directory from a backup: without a segment nothing says how it goes on"))
        } catch let error as CorruptionError {
            // What else is damaged was told; under it the log cannot be looked at.
            plan.isLogKnown = false
            if plan.steps.isEmpty { plan.add("\(error)", .kept("put it back from a backup")) }
        }
    }

    /// Has files stand in the view where segments are missing or of another length.
    /// - Returns: false where they are too large for it.
    private func standIn(for manifest: Manifest) throws -> Bool {
        var bytes = 0
        for description in manifest.segments.map(\.description) {
            let path = files.segments + "/" + description.fileName
            if try view.lengthBytes(of: path) == description.lengthBytes { continue }
            bytes += description.lengthBytes
            guard bytes <= Self.placeholderBytesMax else { return false }
            try EventStore.standIn(for: description, at: path, view)
        }
        return true
    }

    private func viewed(_ fileSystem: any FileSystem) -> StoreContext {
        var context = context
        context.fileSystem = fileSystem
        return context
    }

    /// The bytes of a log file of the backup with which the log is whole and tells of all that it told of before; nil
    /// where it has none.
    private func logFromBackup(_ path: String, _ state: StateFile?) throws -> [UInt8]? {
        guard let backup, let copy = try? context.fileSystem.contents(of: backup.log + "/" + fileName(of: path))
        else { return nil }
        let survey = try LogSurvey(directory: files.log, fileSystem: view, from: state?.replayFrom)
        guard let end = survey.end?.position else { return nil }
        let trial = OverlayFileSystem(view)
        try trial.replace(path, with: copy)
        guard try EventStore.logDamage(at: files.root, context: viewed(trial)) == nil else { return nil }
        var next: Int64 = 0
        _ = try LogSurvey(directory: files.log, fileSystem: trial, from: state?.replayFrom) { record, _ in
            next = max(next, record.nextPosition)
        }
        // Something stood at the damaged place: a copy from before it would lose it unsaid.
        return next >= max(survey.behind.nextPosition ?? 0, end + 1) ? copy : nil
    }

    // MARK: -

    private mutating func rewrite(_ path: String, _ bytes: [UInt8], _ damage: String, _ source: String) throws {
        plan.rewrites.append(Rewrite(path: path, source: .bytes(bytes, isSecret: false)))
        plan.add(damage, .rewritten(from: source))
        try view.replace(path, with: bytes)
    }
}

extension StateFile {
    /// The schemas that ids of rows go by.
    /// - Throws: ``SchemaContinuationError``.
    func registry() throws -> SchemaRegistry {
        schemas.isEmpty
            ? SchemaRegistry.builtIn : try SchemaFiles.builtIn.registry(continuing: try SchemaNames(parsing: schemas))
    }
}
