import Bytes
import Columnar
import Domain
import Platform
import Projections
import Segments

extension Writer {
    /// Nothing becomes old from one minute to the next.
    private static let archivePaceNanoseconds = Nanoseconds.minute
    /// After one that failed the next waits: what could not be read then cannot be read now.
    private static let archivePauseNanoseconds = 10 * Nanoseconds.minute

    /// Has segments that are old enough archived beside the writer, where a period is set, nothing else is amiss and
    /// there is room: written anew as short as can be, several small ones as one, where archived segments lie. Time is
    /// as retention takes it.
    /// - Returns: whether that has begun.
    func startArchivingIfDue() -> Bool {
        let now = context.clock.monotonicNanoseconds()
        guard let period = options.archive.afterNanoseconds, now >= archivePauseEnd else { return false }
        guard failure == nil, !hasSealFailed, !isUnderWay(CompactionJob.kind), !isUnderWay(RetentionJob.kind)
        else { return false }
        archivePauseEnd = now.saturatingAdd(Self.archivePaceNanoseconds)
        let cutoff = clockTime.saturatingSubtract(period)
        let segments = segmentsToArchive(through: cutoff)
        guard !segments.isEmpty, isProved(cutoff), !waitsToDie(in: segments), CompactionJob.knows(segments, layouts)
        else { return false }
        guard archiveClaim != nil || hasRoomInArchive(for: segments) else {
            noteFailedArchiving(ArchivePlace.noRoom(files))
            return false
        }
        return start(
            CompactionJob(
                segments: segments, registry: registry, layouts: layouts, identityKey: identityKey,
                compression: .archive, stop: compactionStop, archive: files, archiveClaim: archiveClaim,
                isSettled: segments.allSatisfy(\.isSettled)))
    }

    private func segmentsToArchive(through cutoff: Int64) -> [SealedSegment] {
        if context.clock.monotonicNanoseconds() >= compactionBarriersEnd { compactionBarriers = [] }
        var candidates: [ArchiveChoice.Candidate] = []
        let leftOver = sealed.leftOver
        for segment in sealed.segments {
            let isOut = segment.isFrozen || segment.isArchived
            let receivedUntil = isOut ? .min : RollupGroups.watermark(of: [segment], layouts)
            candidates.append(
                ArchiveChoice.Candidate(
                    receivedUntil: receivedUntil, events: segment.isFrozen ? 0 : segment.eventRowCount(layouts),
                    bytes: segment.reader.lengthBytes, positions: segment.positions, isArchived: segment.isArchived,
                    isSettled: segment.isSettled,
                    isBarrier: segment.isFrozen || leftOver[segment.id] != nil
                        || compactionBarriers.contains(segment.id)))
            // Those behind it were received later.
            if receivedUntil > cutoff { break }
        }
        let limits = options.compaction ?? CompactionLimits()
        let choice = ArchiveChoice(
            eventsMax: limits.eventsMax, bytesMax: limits.bytesMax, segmentsMax: CompactionLimits.segmentsAtOnceMax)
        return choice.due(candidates, through: cutoff).map { Array(sealed.segments[$0]) } ?? []
    }

    /// Beside what is archived in the data directory, as much again is left for others. Elsewhere the job looks.
    private func hasRoomInArchive(for segments: [SealedSegment]) -> Bool {
        // Before the first one is archived there is no folder.
        hasRoom(for: segments, at: files.archive) ?? hasRoom(for: segments, at: files.segments) ?? true
    }

    /// None for a while. That a close ended it is no trouble.
    func noteFailedArchiving(_ error: any Error) {
        if !(error is CompactionStop.Stopped) { troubles.archivingFailed(error) }
        archivePauseEnd = context.clock.monotonicNanoseconds().saturatingAdd(Self.archivePauseNanoseconds)
    }
}

extension SealedSegment {
    /// Rows of events, those that later ones stand for included.
    fileprivate func eventRowCount(_ layouts: EventTableLayouts) -> Int {
        layouts.tables.reduce(0) { $0 + (reader.table(named: $1.name)?.rowCount ?? 0) }
    }
}

extension EventStore {
    // tests: a job like any other takes part in the crash simulation.
    /// Has segments that are old enough archived beside the writer: what ``tick()`` does.
    /// - Returns: whether that has begun.
    /// - Throws: ``StoreError`` where the store is closed or has stopped.
    package func startArchiving() throws -> Bool {
        try changing { writer in
            try writer.checkUsable()
            return writer.startArchivingIfDue()
        }
    }
}
