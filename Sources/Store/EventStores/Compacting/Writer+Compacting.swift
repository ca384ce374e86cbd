import Bytes
import Platform
import Segments

extension Writer {
    /// After one that failed the next waits: what could not be read then cannot be read now.
    private static let pauseNanoseconds: Int64 = 600_000_000_000
    /// After one that came to nothing since its segments are no longer those of the manifest.
    private static let conflictPauseNanoseconds: Int64 = 30_000_000_000

    /// Has small segments made one beside the writer, where some are due, there is room, and nothing else is amiss.
    /// - Returns: whether that has begun.
    func startCompactionIfDue() -> Bool {
        let now = context.clock.monotonicNanoseconds()
        if now >= compactionBarriersEnd { compactionBarriers = [] }
        guard let limits = options.compaction, failure == nil, !hasSealFailed, !isUnderWay(CompactionJob.kind),
            !isUnderWay(RetentionJob.kind), now >= compactionPauseEnd,
            let due = limits.due(manifests.current.segments, besides: compactionBarriers.union(settledSegments))
        else { return false }
        let ids = manifests.current.segments[due].map(\.description.segmentID)
        let segments = ids.compactMap { id in sealed.segments.first { $0.id == id } }
        precondition(segments.count == ids.count, "the manifest's segments are those that are read")
        guard !waitsToDie(in: segments) else { return false }
        guard CompactionJob.knows(segments, layouts), hasRoom(for: segments, at: files.segments) ?? true else {
            pauseCompaction()
            return false
        }
        // Segments also have times of dead letters, which are as somebody sent them.
        let latest = min(sealed.segments.map(\.timeRange.upperBound).max() ?? .min, receivedTime)
        return start(
            CompactionJob(
                segments: segments, registry: registry, layouts: layouts, identityKey: identityKey,
                compression: CompactionLimits.compression(of: segments.map(\.timeRange), latest: latest),
                stop: compactionStop))
    }

    /// Rollups of some follow from no events, no conversations from those of others, some are archived, and what was
    /// left over is found by its id: they stay as they are.
    private var settledSegments: [UInt64] {
        sealed.segments.filter { $0.isFrozen || $0.isSettled || $0.isArchived }.map(\.id) + sealed.leftOver.keys
    }

    /// What a compaction changes, with the rows that were marked since it began: where they are in the new segment.
    /// - Parameter base: the manifest that it began with.
    /// - Returns: the edit with marks of seals, and the marks that wait for one.
    /// - Throws: ``ManifestEditConflict`` where it is not known where a row is.
    func following(
        _ edit: ManifestEdit, of job: CompactionJob, since base: Manifest
    ) throws(ManifestEditConflict) -> (edit: ManifestEdit, waiting: ReplacedRows) {
        precondition(frozen == nil, "a compaction waits for the seal under way")
        guard let segmentID = edit.added.first?.description.segmentID else { return (edit, ReplacedRows()) }
        let removed = Set(edit.removed)
        let marked = ReplacedRows(manifests.current.superseded).only(of: removed)
            .subtracting(ReplacedRows(base.superseded))
        guard let moved = job.rows.following(marked, to: segmentID),
            let waiting = job.rows.following(freshDead.only(of: removed), to: segmentID)
        else { throw .rowsMarked(id: segmentID) }
        var (edit, all) = (edit, ReplacedRows(edit.superseded))
        all.merge(moved)
        edit.superseded = all.manifestRows
        return (edit, waiting)
    }

    /// Whether rows of segments wait for a seal to die: they count if that comes to nothing, and would be no rows of
    /// their own any more.
    func waitsToDie(in segments: [SealedSegment]) -> Bool {
        !waitingDead.only(of: Set(segments.map(\.id))).rows.isEmpty
    }

    /// Whether beside what becomes one as much again is left for what comes in; nil where the system does not say.
    func hasRoom(for segments: [SealedSegment], at directory: String) -> Bool? {
        let bytes = segments.reduce(0) { $0 + $1.reader.lengthBytes }
        let free = try? context.fileSystem.freeBytes(at: directory)
        let budgeted = directory == files.segments ? diskStanding.freeBytes : nil
        return (free.map { min($0, budgeted ?? .max) } ?? budgeted).map { $0 / 2 > bytes }
    }

    /// None for a while.
    func pauseCompaction(afterConflict isConflict: Bool = false) {
        compactionPauseEnd = context.clock.monotonicNanoseconds().saturatingAdd(
            isConflict ? Self.conflictPauseNanoseconds : Self.pauseNanoseconds)
    }

    /// What a job made is published, or it was overtaken, and the next one waits.
    func noteDone(_ job: CompactionJob, holds: Bool) {
        if !holds {
            pauseCompaction(afterConflict: true)
        } else if job.archive != nil {
            troubles.archivingSucceeded()
        }
    }

    /// A segment that cannot be read stays as it is for a while, and those beside it become one without it: perhaps
    /// somebody puts the right file back. After anything else none begins for as long.
    func noteFailed(_ job: CompactionJob, _ error: any Error) {
        if job.archive != nil { noteFailedArchiving(error) }
        let place = (error as? CorruptionError)?.file ?? (error as? NewerFormatError)?.file
        let damaged = job.segments.filter { $0.reader.path == place }.map(\.id)
        if damaged.isEmpty {
            if job.archive == nil { pauseCompaction() }
            return
        }
        compactionBarriers.formUnion(damaged)
        compactionBarriersEnd = context.clock.monotonicNanoseconds().saturatingAdd(Self.pauseNanoseconds)
    }
}

extension EventStore {
    /// Has small segments made one beside the writer, where some are due: what ``tick()`` does.
    /// - Returns: whether that has begun.
    /// - Throws: ``StoreError`` where the store is closed or has stopped.
    package func startCompaction() throws -> Bool {
        try changing { writer in
            try writer.checkUsable()
            return writer.startCompactionIfDue()
        }
    }
}
