import Bytes
import Columnar
package import Domain
import EventLogs
import Hashing
import Platform
import Projections
import Segments
import Synchronization

/// The store: the one place where the write half and the read half meet.
///
/// Synchronous: every call returns when it is done. Appends come from one thread at a time (others wait), snapshots
/// from any; a query works on the snapshot it took and never waits for a write.
package final class EventStore: Sendable {
    /// Files and directories that a store has open at one time, at the most, besides those that are being read:
    /// segments that are kept, the log's, those of a seal and of the manifest, the lock, directories that are flushed,
    /// and two of whoever reads all files once more (``StoreScrubber``).
    package static let openFilesMax = SegmentFiles.keptMax + 18

    /// Every column and type, in the order that the store's files use.
    package let registry: SchemaRegistry
    /// Keys the tokens that stand for users; stays on the machine.
    package let userTokenKey: [UInt8]
    /// Tells stores with different keys apart, and gives nothing of the key away.
    let fingerprint: String
    /// Why nothing that is keyed can be told; nil where the key is there.
    let keyDenial: StorageError?
    /// What the start found in the log.
    package let recovery: RecoverySummary

    let context: StoreContext
    let directory: String
    let layouts: EventTableLayouts
    /// What goes, and when.
    let retention: RetentionLimits
    private let writer: Mutex<Writer>
    private let published: Mutex<StoreVersion>
    private let account:
        Mutex<
            (
                refusals: Refusals, flushes: FlushDurations, troubles: WriterTroubles, isTailFull: Bool,
                isBudgetSpent: Bool
            )
        >
    private let silenceEnds = SilenceEnds()

    /// Opens the directory, creating what is missing, and replays what no segment holds yet.
    /// - Throws: ``StorageError``, ``FileContentError``, ``StoreError``.
    /// - Complexity: O(unsealed events), whatever the store holds.
    package static func open(at directory: String, context: StoreContext, options: StoreOptions = StoreOptions()) throws
        -> EventStore
    {
        try open(at: directory, context: context, options: options, by: .writer)
    }

    static func open(
        at directory: String, context: StoreContext, options: StoreOptions, by opener: StoreOpener
    ) throws -> EventStore {
        let opening: StoreOpening
        do {
            opening = try StoreOpening(
                files: StoreFiles(root: directory), context: context, options: options, by: opener)
        } catch let error as CorruptionError {
            throw cause(of: error, at: directory, context)
        } catch StoreError.logDamaged(let damage) {
            let cause = cause(of: damage, at: directory, context)
            if cause == damage { throw StoreError.logDamaged(damage) }
            throw cause
        }
        return EventStore(opening, directory: directory, context: context)
    }

    private static func cause(
        of damage: CorruptionError, at directory: String, _ context: StoreContext
    ) -> CorruptionError {
        ManifestStore.cause(
            of: damage, fileSystem: context.fileSystem, directory: StoreFiles(root: directory).segments)
    }

    private init(_ opening: consuming sending StoreOpening, directory: String, context: StoreContext) {
        self.context = context
        self.directory = directory
        registry = opening.writer.registry
        layouts = opening.writer.layouts
        userTokenKey = opening.userTokenKey
        fingerprint = opening.fingerprint
        keyDenial = opening.keyDenial
        recovery = opening.recovery
        published = Mutex(opening.writer.version())
        account = Mutex((Refusals(), FlushDurations(), opening.writer.troubles, opening.writer.isTailFull, false))
        retention = opening.writer.options.retention
        writer = Mutex(opening.writer)
    }

    /// How long whoever sends waits at the most while a seal makes room: less than the 10 s after which exporters of
    /// OpenTelemetry give up. In nanoseconds.
    package static let appendWaitNanoseconds = 5 * Nanoseconds.second

    /// Takes the batches in, in order, with one flush. Durable when it returns. While a seal makes room it waits,
    /// ``appendWaitNanoseconds`` at the most.
    /// - Throws: ``StoreError``; ``FileContentError`` where what a price asks for can't be used. Nothing of the batches
    ///   is in the store then.
    package func append(_ batches: [IngestBatch]) throws -> [AppendResult] {
        try append(batches, waitingUntil: .max)
    }

    /// The same, and it waits for room no longer than until a time.
    /// - Parameter deadline: by the monotonic clock, in nanoseconds.
    /// - Throws: as ``append(_:)``.
    package func append(_ batches: [IngestBatch], waitingUntil deadline: Int64) throws -> [AppendResult] {
        try changing { writer in
            writer.settleIfDone()
            try writer.checkBudget(batches)
            try writer.relieveTail(until: deadline)
            let results = try writer.append(batches)
            // The events are durable whether the seal succeeds or not; ``tick()`` tries again and tells.
            writer.startSealIfDue()
            return results
        }
    }

    /// What the next append would have to do else: for the one who appends, when nobody waits for him. What fails here
    /// the next append tells.
    package func makeReady() {
        writer.withLock { $0.makeReady() }
    }

    /// As ``append(_:)``, for imports: the events go straight to a segment, which is durable and named when the call
    /// returns.
    /// - Precondition: the batches hold events and dead letters alone.
    package func importBulk(_ batches: [IngestBatch]) throws -> [AppendResult] {
        try changing { try $0.importBulk(batches) }
    }

    /// What time brings: to be called about once a second.
    /// - Throws: ``StoreError``, ``FileContentError``, ``StorageError``; what a job threw that failed, once.
    package func tick() throws {
        try changing { try $0.tick() }
    }

    /// Judges conversations by these settings from now on, those of before as well; a row `outcomes.set` of
    /// `system_events` where they change.
    /// - Throws: ``StoreError``.
    package func judge(by settings: OutcomeSettings) throws {
        try changing { try $0.setOutcomes(settings) }
    }

    /// Turns everything unsealed into a segment now.
    package func seal() throws {
        try changing { try $0.seal() }
    }

    /// Writes the end marker and lets go of the directory. The store is not to be used any more.
    package func close() throws {
        try changing { try $0.close() }
    }

    /// Everything acknowledged so far, pinned.
    package func snapshot() -> StoreSnapshot {
        snapshot(of: publishedVersion)
    }

    var publishedVersion: StoreVersion { published.withLock { $0 } }

    /// Files that are not what the manifest names.
    func manifestDamage() throws -> [CorruptionError] { try writer.withLock { try $0.manifests.verifyFiles() } }

    /// Where the log ends; nil where not all of it is flushed.
    var flushedLogEnd: LogPlace? { writer.withLock { $0.log.isFlushed ? $0.log.end : nil } }

    /// Whether another process has published a manifest since this one was read.
    var hasMovedOn: Bool { writer.withLock { $0.manifests.hasMovedOn } }

    func snapshot(of version: StoreVersion) -> StoreSnapshot {
        StoreSnapshot(
            version: version, layouts: layouts, registry: registry, workers: context.workers,
            fold: SnapshotFold(), silenceEnds: silenceEnds, tokeniser: userToken, hasUserTokens: keyDenial == nil,
            now: version.clock?.time(
                wall: context.clock.wallNanoseconds(), monotonic: context.clock.monotonicNanoseconds())
                ?? context.clock.wallNanoseconds())
    }

    /// The token under which a user is kept.
    @Sendable package func userToken(_ userID: String) -> String {
        Hashing.userToken(key: userTokenKey, id: Array(userID.utf8).span)
    }

    /// Events that did not enter since the process started.
    package var refused: Refusals { account.withLock { $0.refusals } }

    /// Whether so many events have no segment yet that none is taken before a seal makes room.
    package var isTailFull: Bool { account.withLock { $0.isTailFull } }

    /// Whether the files come to as much as a budget lets them, so that no event is taken before some go.
    package var isBudgetSpent: Bool { account.withLock { $0.isBudgetSpent } }

    /// What retention dropped last, in one line for those who run the store; nil where it dropped nothing.
    /// - Complexity: O(segments).
    package var lastDrop: String? { RetentionDrop.last(of: publishedVersion.sealed.drops)?.line }

    /// Flushes of the log since the process started.
    package var flushDurations: FlushDurations { account.withLock { $0.flushes } }

    /// What is not as it should be now.
    func troubles(of version: StoreVersion) -> StoreTroubles {
        StoreTroubles(account.withLock { $0.troubles }, version)
    }
    /// The same: what the status tells, too.
    package var troubles: [Trouble] { troubles(of: publishedVersion).all }

    func changing<Result: Sendable>(_ body: (Writer) throws -> Result) throws -> Result {
        try writer.withLock { writer in
            defer {
                let version = writer.version()
                let account = (
                    writer.refusals, writer.flushes, writer.troubles, writer.isTailFull,
                    writer.diskStanding.refusal != nil
                )
                published.withLock { $0 = version }
                self.account.withLock { $0 = account }
            }
            do {
                return try body(writer)
            } catch let error as EventLogError {
                // What the log says is said in the store's words.
                throw StoreError.wrapping(error)
            }
        }
    }
}
