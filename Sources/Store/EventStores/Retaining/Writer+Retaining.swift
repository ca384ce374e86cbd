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

    /// Has events that are old enough go beside the writer, where a period is set and nothing is amiss, and the oldest
    /// ones where the files come to more than a budget lets them. What is written first is mostly a small part of what
    /// goes, so a disk that is short of room is no reason to wait.
    ///
    /// Time is as the clock that is believed said it last, once that is proved: a clock that runs away takes nothing
    /// along.
    /// - Returns: whether that has begun.
    func startRetentionIfDue() -> Bool {
        let now = context.clock.monotonicNanoseconds()
        guard options.retention.isSet, now >= retentionPauseEnd else { return false }
        guard failure == nil, !hasSealFailed, frozen == nil, !isUnderWay(CompactionJob.kind),
            !isUnderWay(RetentionJob.kind)
        else { return false }
        // A seal under way knows of prices and conversations what is not published yet: the next look comes soon.
        guard sealedBasis == RetentionBasis(ledger.prices) else {
            if diskStanding.isOverDropLine { sealForRetention() }
            return false
        }
        retentionPauseEnd = now.saturatingAdd(Self.paceNanoseconds)
        for tier in options.retention.tiers where startRetention(tier) == nil { return true }
        // Where the last look failed what went before may have been enough.
        guard let budget = options.retention.budget, diskStanding.isOverDropLine, diskStanding.isCurrent
        else { return false }
        let obstacle = startRetention(
            RetentionTier(scope: .all, reason: .diskBudget, nanoseconds: budget.keptNanoseconds),
            bytesWanted: diskStanding.bytesWanted)
        noteObstacle(obstacle)
        return obstacle == nil
    }

    /// - Parameter bytesWanted: no more segments go than come to so many bytes.
    /// - Returns: why nothing goes; nil where that has begun.
    private func startRetention(_ tier: RetentionTier, bytesWanted: Int = .max) -> DiskStanding.Obstacle? {
        let cutoff = clockTime.saturatingSubtract(planted(.dropTooEarly) ? 0 : tier.nanoseconds)
        let candidates = sealed.retentionCandidates(through: cutoff, layouts)
        let done = sealed.lookedThrough(for: tier.scope)
        let takesArchived = tier.reason != .diskBudget || !isArchiveElsewhere
        let places: [Int]
        if tier.scope == .all {
            places = RetentionChoice.due(
                candidates, through: cutoff, done: done, bytesWanted: bytesWanted, takesArchived: takesArchived)
        } else {
            places = dueOfSome(candidates, tier, through: cutoff)
        }
        let segments = places.map { sealed.segments[$0] }
        guard !segments.isEmpty else {
            let isDue = !takesArchived && RetentionChoice.firstDue(candidates, through: cutoff, done: done) != nil
            return isDue ? .archivedElsewhere : .nothingOldEnough
        }
        guard isProved(cutoff) else { return .clockUnproved }
        guard !waitsToDie(in: segments) else {
            if tier.reason == .diskBudget { sealForRetention() }
            return .waitsForSeal
        }
        guard CompactionJob.knows(segments, layouts) else { return .unknownTables }
        let described = manifests.current.segments.map(\.description)
        let sources = segments.compactMap { segment in
            described.first { $0.segmentID == segment.id }.map {
                RetentionDrop.Source(id: $0.segmentID, sha256: $0.sha256)
            }
        }
        precondition(sources.count == segments.count, "the manifest's segments are those that are read")
        var job = RetentionJob(
            segments: segments, unsettled: unsettledConversations, sources: sources, registry: registry,
            layouts: layouts, identityKey: identityKey, overlay: overlay, basis: sealedBasis, tier: tier,
            position: manifests.current.position, receivedTime: receivedTime, clockTime: clockTime,
            stop: compactionStop)
        leaveOver(&job, besides: segments)
        if tier.scope != .all, !makeRoom(for: &job) { return .failed }
        return start(job) ? nil : .waitsForSeal
    }

    /// What is looked through next for events of some tenants or types: so much that it is worth to write others anew,
    /// or what has waited for long.
    private func dueOfSome(
        _ candidates: [RetentionChoice.Candidate], _ tier: RetentionTier, through cutoff: Int64
    ) -> [Int] {
        let window = RetentionChoice.window(
            candidates, of: tier.scope, through: cutoff, done: sealed.lookedThrough(for: tier.scope),
            known: sealed.known(for: tier.scope), leaving: options.retention.scopesOfTypes)
        guard let first = window.firstDue else { return [] }
        return window.isFull || first <= cutoff.saturatingSubtract(tier.graceNanoseconds) ? window.places : []
    }

    /// Conversations that others wait for go on. Where all events go, and with them what was left over for others,
    /// what goes on is left over, so that these look through it next: by its time it counts as looked through.
    private func leaveOver(_ job: inout RetentionJob, besides segments: [SealedSegment]) {
        let (scope, ids) = (job.tier.scope, Set(segments.map(\.id)))
        let leftOver = sealed.leftOver
        if scope == .all {
            job.leavesOver =
                sealed.segments.contains(where: \.isSettled) || leftOver.keys.contains(where: ids.contains)
            return
        }
        job.leftElsewhere = sealed.segments.filter { segment in
            guard let left = leftOver[segment.id], !ids.contains(segment.id), left.overlaps(scope) else { return false }
            return left == .all || left.isOfTypes || scope.isOfTypes
        }
    }

    /// Whether there is room for the events that stay, which are written anew. Where all of them were archived they are
    /// again.
    private func makeRoom(for job: inout RetentionJob) -> Bool {
        let segments = job.segments.filter { $0.positions != nil }
        if segments.allSatisfy(\.isArchived) {
            (job.archive, job.archiveClaim) = (files, archiveClaim)
            // Elsewhere the job looks: the writer does not wait for another volume.
            if archiveClaim != nil { return true }
        }
        guard !(hasRoom(for: segments, at: job.archive?.archive ?? files.segments) ?? true) else { return true }
        noteFailedRetention(
            RetentionJob.Obstacle(
                description: "the volume has no room for twice what is written anew, as other events stay"))
        return false
    }

    /// Whether the time is more than the word of a wall clock: the monotonic one has borne that out for some days, or
    /// events that stay were received over as many. A start takes the wall clock at its word, and so does a step that
    /// has lasted for some minutes.
    func isProved(_ cutoff: Int64) -> Bool {
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
    /// - Parameter isEmpty: it found no event of those whose turn it was.
    func noteRetention(_ job: RetentionJob, holds: Bool, isEmpty: Bool) {
        if isEmpty, job.areSettled {
            sealed.clearSettled[job.tier.scope, default: []].formUnion(job.segments.map(\.id))
        } else if isEmpty {
            sealed.clear[job.tier.scope] = job.receivedUntil
        } else if holds, !job.tier.scope.isOfTypes {
            // What was left over of others lies among what they looked through.
            let leftOver = sealed.leftOver
            if job.segments.contains(where: { leftOver[$0.id] ?? job.tier.scope != job.tier.scope }) {
                sealed.clear = [:]
            }
        }
        if holds {
            troubles.retentionSucceeded()
            diskStanding.noteDropped()
            retentionSealPace.reset()
        }
        let now = context.clock.monotonicNanoseconds()
        // Where there is too little room the next ones go at once, if these were not enough; where nothing was found
        // the next look is as quick, so that after a start what waits is soon known again.
        diskLookEnd = .min
        let goesOn = isEmpty || holds && diskStanding.isOverDropLine
        retentionPauseEnd = goesOn ? now : now.saturatingAdd(Self.paceNanoseconds)
    }

    /// None for a while. That a close ended it is no trouble.
    func noteFailedRetention(_ error: any Error) {
        if !(error is CompactionStop.Stopped) {
            troubles.retentionFailed(error)
            noteObstacle(.failed)
        }
        diskLookEnd = .min
        retentionPauseEnd = context.clock.monotonicNanoseconds().saturatingAdd(Self.pauseNanoseconds)
    }
}

extension EventStore {
    /// Has events that are old enough go beside the writer: what ``tick()`` does.
    /// - Returns: whether that has begun.
    /// - Throws: ``StoreError`` where the store is closed or has stopped.
    package func startRetention() throws -> Bool {
        try changing { writer in
            try writer.checkUsable()
            writer.lookAtDisk()
            return writer.startRetentionIfDue()
        }
    }
}
