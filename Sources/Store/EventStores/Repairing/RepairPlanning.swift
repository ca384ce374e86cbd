import Bytes
import Domain
import EventLogs
import Hashing
import Platform
import Segments

/// Makes a plan of what becomes of all that is damaged. Nothing is changed: what is small is repaired in a view of the
/// directory in memory, so that what follows from it is planned as it will be.
struct RepairPlanning {
    private let files: StoreFiles
    private let backup: RepairSource?
    private let context: StoreContext
    private let view: OverlayFileSystem
    /// Segments that are given up although a store can be opened with them.
    private let givenUp: Set<String>
    private var plan = RepairPlan()

    /// What stands in for segments that are missing so that the log can be looked at is in memory.
    private static let placeholderBytesMax = 64 << 20

    /// - Throws: ``StorageError`` of looking at the backup.
    init(at directory: String, context: StoreContext, from backup: String?, givingUp: Set<String>) throws {
        files = StoreFiles(root: directory)
        self.backup = try backup.map { try RepairSource($0, context.fileSystem) }
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
        if try view.lengthBytes(of: files.restoring) != nil {
            plan.add("\(files.unfinishedRestore)", .kept("no file of it counts before the restore has ended"))
            return plan
        }
        // What is not mounted is not lost.
        try ArchivePlace.check(files, view)
        // A folder that is gone is one that is empty: the log tells which manifest was in it.
        if try !view.isDirectory(files.segments), try view.isDirectory(files.log) {
            try view.createDirectories(files.segments)
        }
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
        if let mark = try LogSurvey.markDamage(directory: files.log, fileSystem: view) {
            plan.add("\(mark)", .harmless("all records of the log are there without it"))
        }
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
        if isServed, let bytes = try manifestBytes(files.segments + "/" + other, of: nil) {
            return try rewrite(path, bytes, damage, "its other writing \(other)")
        }
        for volume in backup?.volumes ?? [] {
            for name in [name, other] {
                guard let bytes = try manifestBytes(volume.files.segments + "/" + name, of: volume) else { continue }
                return try rewrite(path, bytes, damage, "the backup")
            }
        }
        plan.add(damage, .kept("put it back from a backup; no other file says which segments count"))
    }

    /// The bytes of a manifest that stands between the one before it and the one behind it; nil where the file does not
    /// hold it. Where neither of the two is there, another store's of the same number would do as well: a backup has to
    /// be known for one of this store.
    /// - Parameter volume: of a backup; nil of the directory itself.
    private func manifestBytes(_ path: String, of volume: RepairSource.Volume?) throws -> [UInt8]? {
        do {
            guard let found = try ManifestStore.read(fileAt: path, volume?.fileSystem ?? view) else { return nil }
            func follows(_ later: [UInt8], _ earlier: [UInt8]) -> Bool {
                later.dropFirst(Self.previousOffset).starts(with: SHA256.hash(earlier))
            }
            let (before, behind) = (manifestBytes(found.version &- 1), manifestBytes(found.version + 1))
            if let before, !follows(found.bytes, before) { return nil }
            // A whole one that the next does not follow would make that one count for nothing.
            if let behind, !follows(behind, found.bytes) { return nil }
            guard let volume, before == nil, behind == nil else { return found.bytes }
            return try isOfThisStore(volume, found.manifest) ? found.bytes : nil
        } catch let error as NewerFormatError {
            throw error
        } catch where StoreError.isOfPlace(error) {
            return nil
        }
    }

    /// Where a manifest names the hash of the one before it.
    private static let previousOffset = 24

    /// The bytes of a version that the directory has; nil where none of its two files holds it.
    private func manifestBytes(_ version: UInt64) -> [UInt8]? {
        let name = ManifestStore.fileName(version)
        for name in [name, FileReference.copyName(of: name)] {
            if let found = try? ManifestStore.read(fileAt: files.segments + "/" + name, view) { return found.bytes }
        }
        return nil
    }

    /// Whether what a backup has is of this store: it has the same key, or the beginning of a log in common, or the
    /// directory has a segment that its manifest names.
    private func isOfThisStore(_ volume: RepairSource.Volume, _ manifest: Manifest) throws -> Bool {
        if let isSame = volume.hasKey(of: files, view) { return isSame }
        if try volume.hasLog(of: files, view) { return true }
        return try manifest.segments.map(\.description).contains {
            try WholeFile(files.segments + "/" + $0.fileName, $0).holds(view)
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
            for path in backup?.paths(of: reference.sha256, named: names) ?? [] { sources.append((path, "the backup")) }
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
        guard let found = try StoreKey.damage(files, view) else { return }
        let damage = "\(found)"
        for volume in backup?.volumes ?? [] {
            guard let key = try? StoreKey.read(volume.files.secret, fileSystem: volume.fileSystem),
                try isOfSegmentsHere(volume, manifest)
            else { continue }
            plan.rewrites.append(
                Rewrite(path: files.secret, source: .bytes(StoreKey.contents(of: key), isSecret: true)))
            return plan.add(damage, .rewritten(from: "the backup"))
        }
        plan.add(damage, .kept("put back the store's own key from a backup; users and repeats are known by it alone"))
    }

    /// Whether a backup has a segment of this store, or a log in common with it.
    private func isOfSegmentsHere(_ volume: RepairSource.Volume, _ manifest: Manifest) throws -> Bool {
        if try volume.hasLog(of: files, view) { return true }
        return try manifest.segments.map(\.description).contains {
            try WholeFile(volume.files.segments + "/" + $0.fileName, $0).holds(volume.fileSystem)
        }
    }

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
        var whole = WholeFile(path, description)
        for path in backup?.paths(of: description.sha256, named: [description.fileName]) ?? [] {
            let copy = WholeFile(path, description)
            guard try copy.holds(context.fileSystem) else { continue }
            plan.rewrites.append(Rewrite(path: whole.path, source: .file(copy)))
            return plan.add("\(damage)", .rewritten(from: "the backup"))
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
            let places = found.faultCount == 1 ? "" : ", the first of \(found.faultCount) places"
            let whole = try logFromBackup(state)
            for (index, file) in whole.enumerated() {
                let damage = index == 0 ? "\(found.damage)\(places)" : "\(file.damage)"
                try rewrite(file.path, file.bytes, damage, "the backup, which has all that it held")
            }
            if !whole.isEmpty { return }
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

    /// A damaged file of the log as a backup has it.
    private struct LogFile {
        var damage: CorruptionError
        var path: String
        var bytes: [UInt8]
    }

    /// What a record of the log holds, and where.
    private struct KnownRecord: Hashable {
        private let (file, offset): (UInt64, Int)
        private let position: Int64
        private let contents: UInt64

        init(_ record: LogRecord) {
            (file, offset, position) = (record.place.fileNumber, record.place.offset, record.position)
            contents = xxh3(record.payload)
        }
    }

    /// Log files of one backup with which the log is whole and tells of all that it told of before; empty where none
    /// has them.
    private func logFromBackup(_ state: StateFile?) throws -> [LogFile] {
        var known: Set<KnownRecord> = []
        let survey = try LogSurvey(directory: files.log, fileSystem: view, from: state?.replayFrom) { record, _ in
            known.insert(KnownRecord(record))
        }
        guard let end = survey.end?.position else { return [] }
        for volume in backup?.volumes ?? [] {
            // Where nothing was sealed the log is proved by nothing but itself, and another one is whole as well.
            guard try state != nil || isOfThisStore(volume, Manifest()) else { continue }
            let trial = OverlayFileSystem(view)
            guard let whole = try replaceLog(in: trial, from: volume) else { continue }
            var (next, missing) = (Int64(0), known)
            _ = try LogSurvey(directory: files.log, fileSystem: trial, from: state?.replayFrom) { record, _ in
                next = max(next, record.nextPosition)
                missing.remove(KnownRecord(record))
            }
            // A store that was made of an older copy has gone its own way.
            guard missing.isEmpty else { continue }
            // Something stood at the damaged place: a copy from before it would lose it unsaid.
            if next >= max(survey.behind.nextPosition ?? 0, end + 1) { return whole }
        }
        return []
    }

    /// Has the files of a backup stand for damaged ones of the log.
    /// - Returns: nil where it is not whole with them.
    private func replaceLog(in trial: OverlayFileSystem, from volume: RepairSource.Volume) throws -> [LogFile]? {
        func damage() throws -> LogSettingAside?? {
            do {
                return .some(try EventStore.logDamage(at: files.root, context: viewed(trial)))
            } catch StoreError.logLost {
                return nil
            } catch where StoreError.isOfPlace(error) {
                return nil
            }
        }
        var replaced: [LogFile] = []
        while true {
            guard let looked = try damage() else { return nil }
            guard let found = looked else { return replaced }
            let path = found.damage.file
            guard !replaced.contains(where: { ExactText($0.path) == ExactText(path) }),
                let bytes = try? volume.fileSystem.contents(of: volume.files.log + "/" + fileName(of: path))
            else { return nil }
            try trial.replace(path, with: bytes)
            replaced.append(LogFile(damage: found.damage, path: path, bytes: bytes))
        }
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
