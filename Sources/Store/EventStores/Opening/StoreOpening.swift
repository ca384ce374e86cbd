import Bytes
import Domain
import EventLogs
import Hashing
import Platform
import Projections
import Segments

/// What the writer begins with.
struct WriterStart {
    var context: StoreContext
    var options: StoreOptions
    var files: StoreFiles
    var registry: SchemaRegistry
    var layouts: EventTableLayouts
    var identityKey: UInt64
    var log: EventLog
    var manifests: ManifestStore
    var lock: any FileLock
    var booking: Booking
    var sealed: SealedState
    var absentTimes: AbsentTimes
    var counters: MetricCounters
    var marks: DeliveryMarks
    var leads: ClockLeads
    var objectives: ObjectiveHistory
    var receivedTime: Int64
    var outcomes: OutcomeSettings?
}

/// What a start found in the log.
package struct RecoverySummary: Sendable {
    /// Events replayed because no segment holds them.
    package var replayedEvents = 0
    /// Bytes of a torn record that were cut.
    package var tornBytes = 0
    /// What was given up because the operator accepted loss.
    package var loss: String?
    /// Newer manifests that are damaged; what they said was read again from the log.
    var damage: [CorruptionError] = []
}

/// Opening in steps: lock, keys, manifest, segments, log. Nothing is written before everything that decides was read.
struct StoreOpening {
    let writer: Writer
    let userTokenKey: [UInt8]
    let fingerprint: String
    let recovery: RecoverySummary

    init(files: StoreFiles, context: StoreContext, options: StoreOptions) throws {
        let fileSystem = context.fileSystem
        for directory in [files.root, files.keys, files.log, files.segments] {
            if try !fileSystem.isDirectory(directory) { try fileSystem.createDirectories(directory) }
        }
        let lock = try fileSystem.lock(files.lock)
        let secret = try Self.secret(files, context)
        fingerprint = ExportBeginning.fingerprint(ofKey: secret)
        userTokenKey = hmacSHA256(key: secret, message: Array("plimsoll user tokens".utf8))
        let identityKey = hmacSHA256(key: secret, message: Array("plimsoll identities".utf8))
        let (manifests, findings) = try ManifestStore.open(
            fileSystem: fileSystem, directory: files.segments, isKnown: { $0.hasPrefix("state-") })
        let blob = try Self.state(manifests.current, files, fileSystem)
        let registry = try Self.registry(blob)
        let sealed = try Self.segments(manifests, blob, files, context)
        let statePath = files.segments + "/" + (manifests.current.projections?.fileName ?? "")
        let booking = try Self.booking(blob, registry, statePath)
        let objectives = try Self.objectives(blob, statePath)
        var logOptions = EventLogOptions(fileBytes: options.logFileBytes, acceptsLoss: options.acceptsLoss)
        let isContinued = manifests.version > 0
        if isContinued { logOptions.mustReach = blob.replayFrom }
        var replayed: [LogRecord] = []
        let (log, report) = try EventLog.open(
            directory: files.log, fileSystem: fileSystem, randomness: context.randomness, options: logOptions,
            from: isContinued ? .place(blob.replayFrom) : .beginning
        ) { replayed.append($0) }
        try manifests.removeTemporaryFiles(findings)
        writer = Writer(
            WriterStart(
                context: context, options: options, files: files, registry: registry, layouts: EventTableLayouts(registry: registry),
                identityKey: identityKey.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, log: log, manifests: manifests, lock: lock,
                booking: booking, sealed: sealed, absentTimes: AbsentTimes(blob.absentTimes),
                counters: try Self.counters(blob, registry, objectives, statePath), marks: try Self.marks(blob, statePath),
                leads: ClockLeads(blob.leads), objectives: objectives, receivedTime: blob.receivedTime,
                outcomes: try Self.outcomes(blob, statePath)))
        try writer.replay(replayed)
        writer.openedTime = writer.receivedTime
        // Power may have gone while a store was begun: without an event it has not begun.
        if !isContinued, writer.nextPosition == 1, writer.outcomes == nil { try writer.begin(after: Set(replayed.map(\.kind))) }
        recovery = RecoverySummary(
            replayedEvents: writer.tail.count, tornBytes: report.tornBytes, loss: report.loss.map { "\($0)" }, damage: findings.refused)
    }

    /// The store's secret, made on the first open and readable by the owner only.
    private static func secret(_ files: StoreFiles, _ context: StoreContext) throws -> [UInt8] {
        if try context.fileSystem.lengthBytes(of: files.secret) != nil {
            return try StoreKey.read(files.secret, fileSystem: context.fileSystem)
        }
        guard try [files.log, files.segments].allSatisfy({ try context.fileSystem.list($0).isEmpty }) else {
            throw StoreError.keyMissing(path: files.secret)
        }
        let secret = context.randomness.bytes(32)
        try context.fileSystem.replace(files.secret, with: secret + SHA256.hash(secret)[..<8], isSecret: true)
        return secret
    }

    private static func state(_ manifest: Manifest, _ files: StoreFiles, _ fileSystem: any FileSystem) throws -> StateBlob {
        guard let file = manifest.projections else { return StateBlob() }
        let path = files.segments + "/" + file.fileName
        let bytes = try fileSystem.contents(of: path)
        guard SHA256.hash(bytes) == file.sha256 else {
            throw CorruptionError(file: path, offset: 0, expectation: "the SHA-256 that the manifest names")
        }
        do {
            return try StateBlob(parsing: bytes)
        } catch {
            throw CorruptionError(file: path, offset: error.offset, expectation: error.expectation)
        }
    }

    private static func registry(_ blob: StateBlob) throws -> SchemaRegistry {
        guard !blob.schemas.isEmpty else { return .builtIn }
        do {
            let names = try SchemaNames(parsing: blob.schemas)
            return try SchemaRegistry.builtIn(continuing: names)
        } catch {
            throw StoreError.newerFormat(reason: "\(error)")
        }
    }

    private static func segments(
        _ manifests: ManifestStore, _ blob: StateBlob, _ files: StoreFiles, _ context: StoreContext
    ) throws -> SealedState {
        var state = SealedState()
        let replaced = ReplacedRows(manifests.current.superseded).bySegment
        for entry in manifests.current.segments {
            let description = entry.description
            let reader = try SegmentReader.open(
                fileSystem: context.fileSystem, path: files.segments + "/" + description.fileName, expected: (description.segmentID, description.lengthBytes))
            state.segments.append(
                SealedSegment(
                    id: description.segmentID, reader: reader, replaced: replaced[description.segmentID] ?? ReplacedRows(),
                    positions: entry.positions, timeRange: description.timeRange ?? 0...0, identities: try reader.identityFilter()))
        }
        state.position = blob.position
        return state
    }

    /// Offsets in the errors are those within the part of the state that is damaged.
    private static func booking(_ blob: StateBlob, _ registry: SchemaRegistry, _ path: String) throws -> Booking {
        guard !blob.book.isEmpty else { return Booking(book: PriceBook(BuiltInPrices.entries), registry: registry) }
        let rebookings: [Rebooking]
        do {
            rebookings = try blob.rebookings.compactMap { try Rebooking(data: $0) }
        } catch {
            throw CorruptionError(file: path, offset: 0, expectation: "the data of a correction")
        }
        var cursor = ByteCursor(blob.book)
        let book: PriceBook
        do {
            book = try PriceBook(parsing: &cursor)
        } catch {
            throw CorruptionError(file: path, offset: error.offset, expectation: "in the price book: \(error.expectation)")
        }
        return Booking(book: book, rebookings: rebookings, registry: registry)
    }

    private static func outcomes(_ blob: StateBlob, _ path: String) throws -> OutcomeSettings? {
        guard !blob.outcomes.isEmpty else { return nil }
        guard let outcomes = OutcomeSettings(data: blob.outcomes) else {
            throw CorruptionError(file: path, offset: 0, expectation: "the data of how conversations are judged")
        }
        return outcomes
    }

    private static func marks(_ blob: StateBlob, _ path: String) throws -> DeliveryMarks {
        var marks = DeliveryMarks()
        for data in blob.marks {
            guard let mark = DeliveryMark(data: data) else {
                throw CorruptionError(file: path, offset: 0, expectation: "the data of a mark of deliveries")
            }
            marks.set(mark)
        }
        return marks
    }

    private static func objectives(_ blob: StateBlob, _ path: String) throws -> ObjectiveHistory {
        var history = ObjectiveHistory()
        for record in blob.objectives {
            guard let version = ObjectiveVersion(data: record.data, since: record.since), history.add(version) else {
                throw CorruptionError(file: path, offset: 0, expectation: "the data of the next version of objectives")
            }
        }
        return history
    }

    private static func counters(
        _ blob: StateBlob, _ registry: SchemaRegistry, _ objectives: ObjectiveHistory, _ path: String
    ) throws -> MetricCounters {
        let set = objectives.current.set
        guard !blob.counters.isEmpty else { return MetricCounters(registry: registry, objectives: set) }
        do {
            return try MetricCounters(parsing: blob.counters, registry: registry, objectives: set)
        } catch {
            throw CorruptionError(file: path, offset: error.offset, expectation: "in the counters: \(error.expectation)")
        }
    }
}
