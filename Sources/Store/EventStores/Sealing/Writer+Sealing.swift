import Bytes
import Domain
import EventLogs
import JSONTexts
import Platform
import Projections
import Segments

/// When a seal that failed is tried again: at the next occasion, then after one second, two, four, up to a minute; a
/// second after it was tried, once the disk has clearly more room than then.
struct SealRetry {
    /// Room that must have come free; what a seal leaves behind for a moment is no gain.
    private static let regainedBytes = 16 << 20

    private var time = Int64.min
    private var delay: Int64 = 0
    /// When it was tried last, by the wall clock.
    private(set) var lastWallTime: Int64?
    /// When it was tried last, by the monotonic clock, and the room there was; nil where room was not what it lacked.
    private var lack: (time: Int64, freeBytes: Int)?

    /// - Parameter freeBytes: room on the disk where the seal had too little; nil for any other reason.
    mutating func failed(at now: Int64, wallTime: Int64, freeBytes: Int?) {
        time = now.saturatingAdd(delay)
        delay = min(max(2 * delay, Nanoseconds.second), Nanoseconds.minute)
        lastWallTime = wallTime
        lack = freeBytes.map { (now, $0) }
    }

    /// - Parameter freeBytes: room on the disk; asked for only where it matters.
    func isDue(at now: Int64, freeBytes: () -> Int?) -> Bool {
        if now >= time { return true }
        guard let lack, now >= lack.time.saturatingAdd(Nanoseconds.second), let free = freeBytes() else { return false }
        // Neither is negative.
        return free - lack.freeBytes >= Self.regainedBytes
    }

    /// From now until it is tried again; none where it is due.
    func nanosecondsLeft(at now: Int64) -> Int64 { max(0, time.saturatingSubtract(now)) }
}

// Sealing has three parts: the writer freezes what is unsealed, a job makes a segment of it, the writer publishes it
// between two steps. Events that come in the meantime go to new blocks and stay in the log.

extension Writer {
    /// Whether enough has gathered for a segment.
    var isSealDue: Bool {
        let (frozenRecords, frozenBytes) = frozen.map { ($0.records.count, $0.recordBytes) } ?? (0, 0)
        return tail.freshCount + tail.freshAmendedCount + systemRecords.count - frozenRecords >= options.sealEventsMax
            || tail.freshBytes + systemRecords.byteCount - frozenBytes >= options.sealBytesMax
            || dirty.count >= max(Self.dirtyMin, options.sealEventsMax / 16)
    }

    /// Fewer conversations that are to be folded again wait for the next events: whoever asks folds them until then.
    private static let dirtyMin = 4_096

    /// Whether seals have failed or lagged for so long that taking more in would cost too much memory.
    var isTailFull: Bool {
        tail.count + systemRecords.count >= 4 * options.sealEventsMax
            || tail.byteCount + systemRecords.byteCount >= 4 * options.sealBytesMax
    }

    /// Whether a seal that failed is to be tried again now.
    private var isRetryDue: Bool {
        sealRetry.isDue(at: context.clock.monotonicNanoseconds()) { freeBytes }
    }

    /// Room on the disk, where the system says.
    private var freeBytes: Int? { try? context.fileSystem.freeBytes(at: files.segments) }

    /// Notes that a seal came to nothing, once its files are away.
    func noteFailedSeal(_ error: any Error) {
        hasSealFailed = true
        let isOfSpace = (error as? StorageError)?.isSpaceExhausted ?? false
        sealRetry.failed(
            at: context.clock.monotonicNanoseconds(), wallTime: context.clock.wallNanoseconds(),
            freeBytes: isOfSpace ? freeBytes : nil)
        troubles.sealFailed(error)
    }

    /// What a seal under way holds.
    var frozen: SealJob? { flights.lazy.compactMap { $0.job as? SealJob }.first }

    /// Has a seal that failed tried again beside the writer, when it is time. Why it fails again is told by
    /// ``WriterTroubles``; nothing waits for it.
    func retrySeal() throws {
        if isSealDue, hasSealFailed { try startSeal() }
    }

    /// Has a segment made beside the writer, unless one is being made, or failed so lately that it is not yet time.
    private func startSeal() throws {
        guard !isUnderWay(SealJob.kind), !hasSealFailed || isRetryDue else { return }
        do {
            if let job = try freeze() { _ = start(job) }
        } catch {
            try checkUsable()
            if log.failure != nil { throw told(error) }
        }
    }

    /// Waits for room before more is taken in, while a seal makes some; whoever sends makes none.
    /// - Parameter deadline: by the monotonic clock; nobody waits for longer than ``EventStore/appendWaitNanoseconds``.
    /// - Throws: ``StoreError/tailFull(reason:retrySeconds:)`` where seals have failed or taken so long that there is
    ///   none.
    func relieveTail(until deadline: Int64) throws {
        guard isTailFull else { return }
        try checkUsable()
        let end = min(
            deadline, context.clock.monotonicNanoseconds().saturatingAdd(EventStore.appendWaitNanoseconds))
        while isTailFull {
            try startSeal()
            let left = end.saturatingSubtract(context.clock.monotonicNanoseconds())
            guard isUnderWay(SealJob.kind), left > 0 else { break }
            let isIdle = context.sideQueue.waitUntilIdle(atMost: left)
            settleIfDone()
            if !isIdle { break }
        }
        guard isTailFull else { return }
        if isUnderWay(SealJob.kind) {
            throw StoreError.tailFull(
                reason: "memory is full of events that no segment holds yet; one is being made",
                retrySeconds: secondsUntilRoom)
        }
        let failure = troubles.sealFailure?.text ?? "a seal failed"
        let time = sealRetry.lastWallTime.map { ", tried last at \(RFC3339.render($0))" } ?? ""
        throw StoreError.tailFull(
            reason: "memory is full of events that no segment holds, as \(failure)\(time)",
            retrySeconds: secondsUntilRoom)
    }

    /// When to ask again, in seconds from 1 to 60: a seal under way takes as long again as it has taken, for all that
    /// is known of it, and one that failed makes no room before it is tried again.
    private var secondsUntilRoom: Int {
        let now = context.clock.monotonicNanoseconds()
        let left =
            isUnderWay(SealJob.kind) ? now.saturatingSubtract(sealBegan) : sealRetry.nanosecondsLeft(at: now)
        return Int(max(1, min(60, left.saturatingAdd(Nanoseconds.second - 1) / Nanoseconds.second)))
    }

    /// Turns everything unsealed into a segment now.
    /// - Parameter uncounted: blocks of what is unsealed that are not counted yet, in order. They are once the segment
    ///   is published; where this throws before, they are not.
    func seal(counting uncounted: [TailBlock] = []) throws {
        settle()
        guard let job = try freeze(counting: uncounted) else {
            for block in uncounted { count(block) }
            return
        }
        let flight = RunningJob(job, jobBase(workers: context.workers, isBeside: false))
        flights.append(flight)
        flight.run()
        let isPublished = try takeOver(flight)
        precondition(isPublished, "nothing else publishes while this runs")
    }

    /// Has a segment made beside the writer, if enough has gathered and no seal is under way. After a failure
    /// ``retrySeal()`` tries again.
    func startSealIfDue() {
        if isSealDue, !hasSealFailed { try? startSeal() }
    }

    /// The same where little has gathered: what may go for want of room is known by a seal alone. Seldom, where that
    /// came to nothing before.
    func sealForRetention() {
        guard !hasSealFailed, !isUnderWay(SealJob.kind),
            retentionSealPace.take(at: context.clock.monotonicNanoseconds())
        else { return }
        try? startSeal()
    }

    /// Sets everything unsealed aside for a job; nil when there is nothing to seal.
    private func freeze(counting uncounted: [TailBlock] = []) throws -> SealJob? {
        precondition(frozen == nil, "one seal at a time")
        guard failure == nil, !isClosed,
            tail.count > 0 || !tail.amended.isEmpty || !systemRecords.isEmpty || !dirty.isEmpty
        else { return nil }
        try flushLog()
        let job = SealJob(
            registry: registry, layouts: layouts, sealed: sealed, blocks: tail.readBlocks, eventCount: tail.count,
            records: systemRecords.all, recordBytes: systemRecords.byteCount,
            dirty: dirty.sorted(), dead: freshDead, overlay: overlay, ledger: ledger,
            counters: SealedCounters(counters, uncounted: uncounted, leads: ledger.leads), place: log.end,
            foldLimits: options.foldLimits)
        sealBegan = context.clock.monotonicNanoseconds()
        tail.freeze()
        frozenIdentities = identities
        identities = IdentityTable()
        dirty = []
        freshDead = ReplacedRows()
        return job
    }

    /// The seal came to nothing: what it held is like the rest again.
    func giveUp(_ job: SealJob) {
        tail.thaw()
        lateReplacements = []
        dirty.formUnion(job.dirty)
        freshDead.merge(job.dead)
        frozenIdentities = IdentityTable()
        indexTail()
    }

    /// The seal is published: what it held is in the segment of that id.
    /// - Parameter record: tells the log of it.
    func finish(_ job: SealJob, as segmentID: UInt64, record: String) throws {
        if let counted = job.counters.takeCounted() { counters = counted }
        hasSealFailed = false
        sealRetry = SealRetry()
        troubles.sealSucceeded()
        sealed.takeUp(job.lately.findings)
        sealedBasis = RetentionBasis(job.ledger.prices)
        lately.note(job.lately.findings)
        lately.forgetFold()
        tail.dropFrozen()
        frozenIdentities = IdentityTable()
        systemRecords.removeFirst(job.records.count)
        ledger.absentTimes.forget(before: AbsentTimes.earliest(at: clockTime))
        // First: whatever fails below, a later seal must not move the place of replay past their records without them.
        try takeUpLateReplacements(of: segmentID)
        // Behind the place where replay goes on: the segment has the record already, the log only tells its story.
        try tellManifest(record)
        do {
            try log.release(before: job.place)
        } catch {
            // The next seal frees what is left.
            if log.failure != nil { throw error }
        }
    }

    /// Rows that were replaced while the seal was under way stand for those of its segment from now on; the log has
    /// them behind the place where replay goes on.
    private func takeUpLateReplacements(of segmentID: UInt64) throws {
        let late = lateReplacements
        lateReplacements = []
        guard !late.isEmpty else { return }
        do {
            var own = sealed
            own.segments.removeAll { $0.id != segmentID }
            _ = try amend(Dictionary(late.map { ($0.position, $0.row) }) { $1 }, in: own)
        } catch {
            failure = "rows that were replaced during a seal cannot be found: \(error)"
            throw error
        }
    }

    /// Makes the table of unsealed identities anew, without those of a seal under way.
    func indexTail() {
        identities = IdentityTable()
        identities.reserve(tail.freshCount)
        for block in Array(tail.amended.dropFirst(tail.frozenAmended)) + tail.freshBlocks {
            for (row, hash) in block.identities.enumerated() {
                identities.insert(hash, position: block.position(of: row))
            }
        }
    }
}
