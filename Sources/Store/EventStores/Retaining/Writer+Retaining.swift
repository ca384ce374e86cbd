import Bytes
import Columnar
import Domain
import Platform
import Projections
import Segments

extension Writer {
    /// Nothing becomes old from one minute to the next.
    private static let paceNanoseconds = Nanoseconds.minute
    /// After one that failed the next waits: what could not be read then cannot be read now.
    private static let pauseNanoseconds = 10 * Nanoseconds.minute
    /// For so long a wrong clock may go unseen, over a weekend: what went by it would be gone for ever.
    private static let proofNanoseconds = 3 * Nanoseconds.day

    /// Has events that are old enough go beside the writer, where a period is set and nothing is amiss. What is
    /// written first is mostly a small part of what goes, so a disk that is short of room is no reason to wait.
    ///
    /// Time is as the clock that is believed said it last, once that is proved: a clock that runs away takes nothing
    /// along.
    /// - Returns: whether that has begun.
    func startRetentionIfDue() -> Bool {
        let now = context.clock.monotonicNanoseconds()
        guard let period = options.retention.eventsNanoseconds, now >= retentionPauseEnd else { return false }
        // A seal under way knows of prices and conversations what is not published yet: the next look comes soon.
        guard failure == nil, !hasSealFailed, frozen == nil, !isUnderWay(CompactionJob.kind),
            !isUnderWay(RetentionJob.kind), sealedBasis == RetentionBasis(ledger.prices)
        else { return false }
        retentionPauseEnd = now.saturatingAdd(Self.paceNanoseconds)
        let cutoff = clockTime.saturatingSubtract(planted(.dropTooEarly) ? 0 : period)
        let segments = segmentsDue(through: cutoff)
        guard !segments.isEmpty, isProved(cutoff), freshDead.only(of: Set(segments.map(\.id))).rows.isEmpty,
            CompactionJob.knows(segments, layouts)
        else { return false }
        let described = manifests.current.segments.map(\.description)
        let sources = segments.compactMap { segment in
            described.first { $0.segmentID == segment.id }.map {
                RetentionDrop.Source(id: $0.segmentID, sha256: $0.sha256)
            }
        }
        precondition(sources.count == segments.count, "the manifest's segments are those that are read")
        return start(
            RetentionJob(
                segments: segments, unsettled: unsettledConversations, sources: sources, registry: registry,
                layouts: layouts, identityKey: identityKey, overlay: overlay, basis: sealedBasis,
                position: manifests.current.position, receivedTime: receivedTime, stop: compactionStop))
    }

    private func segmentsDue(through cutoff: Int64) -> [SealedSegment] {
        var candidates: [RetentionChoice.Candidate] = []
        for segment in sealed.segments {
            let receivedUntil = segment.isFrozen ? 0 : RollupGroups.watermark(of: [segment], layouts)
            candidates.append(
                RetentionChoice.Candidate(
                    receivedUntil: receivedUntil, events: segment.isFrozen ? 0 : segment.eventRows(layouts),
                    isFrozen: segment.isFrozen))
            // Those behind it were received later.
            if receivedUntil > cutoff { break }
        }
        let done = sealed.drops.map(\.receivedUntil).max()
        return RetentionChoice.due(candidates, through: cutoff, done: done).map { sealed.segments[$0] }
    }

    /// Whether the time is more than the word of a wall clock: the monotonic one has borne that out for some days, or
    /// events that stay were received over as many. A start takes the wall clock at its word, and so does a step that
    /// has lasted for some minutes.
    private func isProved(_ cutoff: Int64) -> Bool {
        if let clock {
            if clock.isInDoubt { return false }
            let now = context.clock.monotonicNanoseconds()
            if now.saturatingSubtract(Self.proofNanoseconds) >= clock.borneOutSince { return true }
        }
        return firstReceived(after: cutoff).map { $0 <= clockTime.saturatingSubtract(Self.proofNanoseconds) } ?? false
    }

    /// When the first event was received that stays, or a later one of its group (ns); nil where none does.
    /// - Complexity: O(groups and unsealed blocks).
    private func firstReceived(after cutoff: Int64) -> Int64? {
        var first = tail.blocks.compactMap { $0.receivedTimes.first { $0 > cutoff } }.min()
        for layout in layouts.tables {
            for group in sealed.segments.flatMap({ $0.reader.groups(table: layout.name) }) {
                let summary = group.summary(named: "received_time")
                guard case .timestamptz(let low)? = summary?.minimum, case .timestamptz(let high)? = summary?.maximum,
                    high > cutoff
                else { continue }
                let time = low > cutoff ? low : high
                first = min(first ?? time, time)
            }
        }
        return first
    }

    /// Conversations that wait to be folded again, or got an event that no segment has.
    private var unsettledConversations: Set<ConversationGrouping.Key> {
        var keys = dirty.union(sealed.unfolded)
        for block in tail.readBlocks {
            for row in block.rows {
                if let key = ConversationGrouping.key(row, registry.wellKnown) { keys.insert(key) }
            }
        }
        return keys
    }

    /// What the job fixed is still so: marks of rows are looked at where any edit is applied.
    func checkHolds(_ job: RetentionJob) throws(ManifestEditConflict) {
        let basis = RetentionBasis(ledger.prices)
        guard job.basis == basis, sealedBasis == basis, sealed.unfolded.isSubset(of: job.unsettled) else {
            throw .outdated
        }
    }

    /// What a job did is published, or it was overtaken and is done again, with what came meanwhile.
    func noteRetention(holds: Bool) {
        if holds { troubles.retentionSucceeded() }
        retentionPauseEnd = context.clock.monotonicNanoseconds().saturatingAdd(Self.paceNanoseconds)
    }

    /// None for a while. That a close ended it is no trouble.
    func noteFailedRetention(_ error: any Error) {
        if !(error is CompactionStop.Stopped) { troubles.retentionFailed(error) }
        retentionPauseEnd = context.clock.monotonicNanoseconds().saturatingAdd(Self.pauseNanoseconds)
    }
}

extension SealedSegment {
    /// Rows of events, those that later ones stand for included.
    fileprivate func eventRows(_ layouts: EventTableLayouts) -> Int {
        layouts.tables.reduce(0) { $0 + (reader.table(named: $1.name)?.rowCount ?? 0) }
    }
}

extension EventStore {
    // tests: a job like any other takes part in the crash simulation.
    /// Has events that are old enough go beside the writer: what ``tick()`` does.
    /// - Returns: whether that has begun.
    /// - Throws: ``StoreError`` where the store is closed or has stopped.
    package func startRetention() throws -> Bool {
        try changing { writer in
            try writer.checkUsable()
            return writer.startRetentionIfDue()
        }
    }
}
