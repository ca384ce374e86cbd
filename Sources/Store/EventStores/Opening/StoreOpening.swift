import Bytes
import Domain
import EventLogs
import Hashing
package import Platform
import Projections
package import Segments

/// What the writer begins with.
struct WriterStart {
    var context: StoreContext
    var options: StoreOptions
    var files: StoreFiles
    var registry: SchemaRegistry
    var identityKey: UInt64
    var log: EventLog
    var manifests: ManifestStore
    var lock: any FileLock
    var ledger: Ledger
    var sealed: SealedState
    var counters: MetricCounters
    var segmentFiles: SegmentFiles
    /// nil where no archive lies elsewhere.
    var archiveClaim: ArchiveClaim?
}

/// What a start found in the log.
package struct RecoverySummary: Sendable {
    /// Events replayed because no segment holds them.
    package var replayedEvents = 0
    /// Records of all kinds that were read for it.
    package var replayedRecords = 0
    /// Bytes of a record that was cut short, which were cut; they were never acknowledged.
    package var tornBytes = 0
    /// Intact records behind such a place, which were cut, too.
    package var orphanedRecords = 0
    /// The log was closed by the process before, so that nothing may have been lost.
    package var wasClosed = false
    /// There was no store: one was begun.
    package var isNew = false
    /// Newer manifests that are damaged; what they said was read again from the log.
    package var damage: [CorruptionError] = []
    /// Files that are written twice, manifest and state: one was damaged, the other was read, and is what was written.
    package var restored: [CorruptionError] = []
    /// What of files that are written twice could not be written anew: a trouble of the store.
    package var unrestored: [String] = []
    /// Copies of newer manifests that stand alone and count for nothing.
    package var loneManifestCopies: [LoneManifestCopy] = []
}

/// Who opens a store.
enum StoreOpener {
    /// Writes it: compares what is kept twice, and mends it.
    case writer
    /// Reads it, beside a writer perhaps, and with the rights to do so: where it may not read the key this is neither
    /// moved nor asked for the tokens of users.
    case reader
}

/// Opening in steps: lock, keys, manifest, segments, log. Beyond directories, lock and key nothing is written before
/// everything that decides was read.
struct StoreOpening {
    let writer: Writer
    let userTokenKey: [UInt8]
    let fingerprint: String
    /// Why the key could not be read; nil where it was.
    let keyDenial: StorageError?
    let recovery: RecoverySummary

    init(files: StoreFiles, context: StoreContext, options: StoreOptions, by opener: StoreOpener) throws {
        let fileSystem = context.fileSystem
        try Self.makeDirectories(files, fileSystem, isBeingRestored: options.isBeingRestored)
        let lock = try Self.lock(files, fileSystem, opener)
        let (secret, denial) = try Self.secretOrDenial(files, context, opener)
        keyDenial = denial
        fingerprint = ExportHeader.fingerprint(ofKey: secret)
        let claim = try Self.archiveClaim(files, context, opener, options.archive.directory, fingerprint)
        userTokenKey = hmacSHA256(key: secret, message: Array("plimsoll user tokens".utf8))
        var (manifests, findings) = try ManifestStore.open(
            fileSystem: fileSystem, directory: files.segments, comparingCopy: opener == .writer)
        let statePath = files.segments + "/" + (manifests.current.projections?.fileName ?? "")
        let reading = try StateReading(manifests.current, in: files.segments, fileSystem)
        let state = reading?.state
        var logOptions = EventLogOptions(fileBytes: options.logFileBytes)
        if let state { logOptions.mustReach = state.replayFrom }
        var replayed: [LogRecord] = []
        let (log, report) = try Self.openLog(files, context, logOptions, from: state?.replayFrom) {
            replayed.append($0)
        }
        try Self.check(manifests, findings, replayed)
        let schemas = try Self.schemas(state?.schemas, statePath, replayed, files)
        let registry = try Self.registry(schemas, options)
        let segmentFiles = SegmentFiles(fileSystem: fileSystem, keptTextBytesMax: options.keptTextBytesMax)
        let ledger = state?.ledger ?? Ledger(book: PriceBook(options.listPrices))
        var sealed = try Self.sealed(manifests.current, files, segmentFiles)
        (sealed.unfolded, sealed.cut) = (state?.unfolded ?? [], state?.cut ?? [])
        let counters = try Self.counters(state?.counters ?? [], registry, ledger.objectives.current.set, statePath)
        let nextID = try files.nextID(above: findings.unknownFiles, from: manifests.current.nextSegmentID)
        try manifests.removeTemporaryFiles(findings)
        // After that: what was left of a word by half is among what goes.
        try claim?.begin()
        let unrestoredManifest = manifests.restoreFile()
        writer = Writer(
            WriterStart(
                context: context, options: options, files: files, registry: registry,
                identityKey: StoreKey.identityKey(of: secret), log: log, manifests: manifests, lock: lock,
                ledger: ledger, sealed: sealed, counters: counters, segmentFiles: segmentFiles, archiveClaim: claim))
        // Files of the version before are gone with it, once there is another one.
        for name in manifests.outgoingFileNames { writer.retired.add(name) }
        writer.nextSegmentID = nextID
        // Files of attempts that came to nothing; where a manifest is damaged they may be what it named.
        if findings.doubt == nil {
            for name in findings.unknownFiles where StoreFiles.isOurs(segmentFile: name) { writer.retired.add(name) }
        }
        writer.lately.note(FoldFindings(asLeftIn: sealed))
        try writer.replay(replayed)
        writer.openedTime = writer.receivedTime
        // What the log tells of and neither it nor a segment holds was in files that a manifest named.
        guard log.nextPosition <= writer.nextPosition else {
            throw findings.doubt ?? Self.missing(eventsThrough: log.nextPosition - 1, in: files.segments)
        }
        // Power may have gone while a store was begun: without an event it has not begun.
        if state == nil, writer.ledger.position == 0, writer.ledger.outcomes == nil {
            try writer.begin(after: Set(replayed.map(\.kind)))
        }
        try writer.makeUp(for: state, replayed)
        let unrestoredState = reading?.restore(in: files.segments, fileSystem, comparingCopy: opener == .writer)
        let unrestored = [unrestoredManifest, unrestoredState].compactMap { $0 }
        for (file, failure) in unrestored { writer.troubles.couldNotRestore(file, failure) }
        recovery = RecoverySummary(
            replayedEvents: writer.tail.count, replayedRecords: replayed.count, tornBytes: report.tornBytes,
            orphanedRecords: report.orphanedRecords, wasClosed: report.wasClosed, isNew: report.isNew,
            damage: findings.refused, restored: [findings.restored, reading?.damage].compactMap { $0 },
            unrestored: unrestored.map { $0.file }, loneManifestCopies: findings.loneCopies)
        if let schemas { try writer.takeOverConfiguration(from: schemas.names) }
    }

    /// Before the manifest is read: one that names files of a directory which is not mounted is no damage.
    /// - Parameter directory: where archived segments are to lie from now on, too.
    /// - Returns: nil where they lie in the data directory, and for who reads.
    private static func archiveClaim(
        _ files: StoreFiles, _ context: StoreContext, _ opener: StoreOpener, _ directory: String?,
        _ fingerprint: String
    ) throws -> ArchiveClaim? {
        if opener == .writer, let directory {
            try ArchivePlace.prepare(directory, fingerprint: fingerprint, files, context.fileSystem)
        }
        try ArchivePlace.check(files, context.fileSystem, asOwner: opener == .writer)
        return opener == .writer ? try ArchiveClaim.find(files, fingerprint: fingerprint, context) : nil
    }

    private static func openLog(
        _ files: StoreFiles, _ context: StoreContext, _ options: EventLogOptions, from place: LogPlace?,
        _ replay: (LogRecord) throws -> Void
    ) throws -> (log: EventLog, report: RecoveryReport) {
        do {
            return try EventLog.open(
                directory: files.log, fileSystem: context.fileSystem, randomness: context.randomness, options: options,
                from: place.map { .place($0) } ?? .beginning, replay: replay)
        } catch let damage as CorruptionError {
            throw StoreError.logDamaged(damage)
        }
    }

    private static func makeDirectories(
        _ files: StoreFiles, _ fileSystem: any FileSystem, isBeingRestored: Bool
    ) throws {
        if !isBeingRestored, try fileSystem.lengthBytes(of: files.restoring) != nil { throw files.unfinishedRestore }
        // An empty folder made in its place would hide what is lost.
        if case .lost(let damage) = try LogState(files, fileSystem) { throw StoreError.logDamaged(damage) }
        // In this order: see `LogState`.
        for directory in [files.root, files.keys, files.log, files.segments] {
            if try !fileSystem.isDirectory(directory) { try fileSystem.createDirectories(directory) }
        }
    }

    /// Locks the directory. Who writes tightens what is in it: an earlier version may have made it for more readers, and
    /// it is hardly ever opened to be changed. The root is the operator's, who may keep other things there.
    private static func lock(
        _ files: StoreFiles, _ fileSystem: any FileSystem, _ opener: StoreOpener
    ) throws -> any FileLock {
        let lock = try fileSystem.lock(files.lock)
        guard opener == .writer else { return lock }
        for directory in [files.keys, files.log, files.segments] { fileSystem.tighten(directory, isSecret: false) }
        fileSystem.tighten(files.secret, isSecret: true)
        return lock
    }

    /// The store's secret, or zeros and why it cannot be read: what is keyed with it is only looked up by who writes.
    private static func secretOrDenial(
        _ files: StoreFiles, _ context: StoreContext, _ opener: StoreOpener
    ) throws -> ([UInt8], StorageError?) {
        do {
            return (try secret(files, context), nil)
        } catch let error as StorageError where opener == .reader && error.isDenied {
            return (Array(repeating: 0, count: 32), error)
        }
    }

    /// The store's secret, made on the first open and readable by the owner only.
    private static func secret(_ files: StoreFiles, _ context: StoreContext) throws -> [UInt8] {
        let hasBegun = try [files.log, files.segments].contains { try !context.fileSystem.list($0).isEmpty }
        do {
            let key = try StoreKey.read(files.secret, fileSystem: context.fileSystem)
            // Whoever made it may have ended before its name was durable: nothing is to stand on it until then.
            if !hasBegun { try context.fileSystem.flushDirectory(files.keys) }
            return key
        } catch let error as StorageError where error.isMissing {
            // None was made, or it is lost.
        }
        guard !hasBegun else {
            throw StoreError.keyMissing(path: files.secret)
        }
        return try StoreKey.make(files, context)
    }

    /// The manifest in force is at least as new as the last one that the log tells of: with an older one the store
    /// would go on as if nothing had been sealed, moved or marked since.
    private static func check(
        _ manifests: ManifestStore, _ findings: ManifestStore.Findings, _ records: [LogRecord]
    ) throws(CorruptionError) {
        let told = records.compactMap(Writer.manifestVersion).max() ?? 0
        guard told > manifests.version else { return }
        throw findings.doubt ?? missing(told, in: manifests.directory)
    }

    /// The log tells of a version that is not there.
    static func missing(_ version: UInt64, in directory: String) -> CorruptionError {
        CorruptionError(
            file: directory + "/" + ManifestStore.fileName(version), offset: 0,
            expectation: "the manifest that the log tells of; the file is missing")
    }

    /// The log tells of events that neither it nor a segment holds.
    private static func missing(eventsThrough position: Int64, in directory: String) -> CorruptionError {
        CorruptionError(
            file: directory, offset: 0,
            expectation: "manifest and segments of events up to position \(position), which the log tells of")
    }

    /// What ids in the store's rows mean, and where that stands.
    private struct Schemas {
        var names: SchemaNames
        var file: String
        var offset = 0

        /// Reads bytes that are what was written.
        init(parsing bytes: [UInt8], in file: String, at offset: Int = 0) throws {
            do {
                names = try SchemaNames(parsing: bytes)
            } catch {
                throw Self.failure(error, file, offset)
            }
            (self.file, self.offset) = (file, offset)
        }

        func registry(of files: SchemaFiles) throws -> SchemaRegistry {
            do {
                return try files.registry(continuing: names)
            } catch {
                throw Self.failure(error, file, offset)
            }
        }

        private static func failure(_ error: SchemaContinuationError, _ file: String, _ offset: Int) -> any Error {
            error.isOfNewerForm
                ? NewerFormatError(file: file, expectation: error.expectation)
                : CorruptionError(file: file, offset: offset, expectation: error.expectation)
        }
    }

    /// What the log said last, else the state; nil of a store that has not begun.
    private static func schemas(
        _ sealed: [UInt8]?, _ statePath: String, _ records: [LogRecord], _ files: StoreFiles
    ) throws -> Schemas? {
        var known = try sealed.flatMap { try $0.isEmpty ? nil : Schemas(parsing: $0, in: statePath) }
        for record in records where record.kind == .schemas {
            let next = try Schemas(
                parsing: Array(record.payload), in: files.name(of: record), at: record.place.offset)
            guard known.map({ next.names.continues($0.names) }) ?? true else {
                throw CorruptionError(
                    file: next.file, offset: next.offset, expectation: "schemas that go on from those before")
            }
            known = next
        }
        return known
    }

    private static func registry(_ schemas: Schemas?, _ options: StoreOptions) throws -> SchemaRegistry {
        try schemas?.registry(of: options.schemas) ?? options.schemas.registry(continuing: options.schemaNames)
    }

    private static func sealed(_ manifest: Manifest, _ files: StoreFiles, _ segmentFiles: SegmentFiles) throws
        -> SealedState
    {
        var state = SealedState()
        state.segments = try manifest.segments.map { try SealedSegment.open($0, in: files.segments, segmentFiles) }
        state.position = manifest.position
        return state.marking(ReplacedRows(manifest.superseded))
    }

    private static func counters(
        _ bytes: [UInt8], _ registry: SchemaRegistry, _ objectives: ObjectiveSet, _ path: String
    ) throws -> MetricCounters {
        guard !bytes.isEmpty else { return MetricCounters(registry: registry, objectives: objectives) }
        do {
            return try MetricCounters(parsing: bytes, registry: registry, objectives: objectives)
        } catch {
            throw DecodingError(
                offset: error.offset, expectation: "in the counters: \(error.expectation)",
                isOfNewerForm: error.isOfNewerForm
            ).of(path)
        }
    }
}
