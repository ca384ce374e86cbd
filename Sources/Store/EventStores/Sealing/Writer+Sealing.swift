import Domain
import EventLogs
import Platform
import Projections
import Segments
import Synchronization

/// A seal under way: what the writer set aside for it, and its outcome once there is one.
final class SealFlight: Sendable {
    let place: LogPlace
    /// System records that the segment takes up, the oldest ones.
    let recordCount: Int
    let dirty: [ConversationGrouping.Key]
    private let outcome = Mutex<Result<SealJob.Outcome, any Error>?>(nil)

    init(_ job: SealJob) {
        (place, recordCount, dirty) = (job.place, job.records.count, job.dirty)
    }

    var result: Result<SealJob.Outcome, any Error>? { outcome.withLock { $0 } }

    func run(_ job: SealJob) {
        let result = Result { try job.run() }
        outcome.withLock { $0 = result }
    }
}

// Sealing has three parts: the writer freezes what is unsealed, a job makes a segment of it and publishes it on disk, the writer takes the
// outcome over between two steps. Events that come in the meantime go to new blocks and stay in the log.

extension Writer {
    /// Whether enough has gathered for a segment.
    var isSealDue: Bool { tail.freshCount + tail.freshAmendedCount >= options.sealEventsMax || tail.freshBytes >= options.sealBytesMax }

    /// Whether seals have failed or lagged for so long that taking more in would cost too much memory.
    var isTailFull: Bool { tail.count >= 4 * options.sealEventsMax || tail.byteCount >= 4 * options.sealBytesMax }

    /// Turns everything unsealed into a segment now.
    func seal() throws {
        settle()
        guard let job = try freeze() else { return }
        let flight = SealFlight(job)
        self.flight = flight
        flight.run(job)
        try takeOver(flight)
    }

    /// Has a segment made beside the writer, if enough has gathered and no seal is under way. After a failure only ``seal()`` tries again.
    func startSealIfDue() {
        guard isSealDue, flight == nil, !hasSealFailed, var job = try? freeze() else { return }
        // On one thread: the others decode what comes in meanwhile.
        job.context.workers = InlineWorkers()
        let frozen = job
        let flight = SealFlight(frozen)
        self.flight = flight
        context.sideQueue.start { flight.run(frozen) }
        settleIfDone()
    }

    /// Takes the seal under way over if its job is done.
    func settleIfDone() {
        guard let flight, flight.result != nil else { return }
        try? takeOver(flight)
    }

    /// Waits for the seal under way and takes it over.
    func settle() {
        guard flight != nil else { return }
        context.sideQueue.waitUntilIdle()
        settleIfDone()
    }

    /// Sets everything unsealed aside for a job; nil when there is nothing to seal.
    private func freeze() throws -> SealJob? {
        precondition(flight == nil, "one seal at a time")
        guard failure == nil, tail.count > 0 || !tail.amended.isEmpty || !systemRecords.isEmpty || !dirty.isEmpty else { return nil }
        try flushLog()
        let id = max(manifests.current.nextSegmentID, nextSegmentID)
        let job = SealJob(
            context: context, files: files, registry: registry, layouts: layouts, segmentID: id,
            manifests: manifests, previousState: previousState, sealed: sealed, blocks: tail.readBlocks,
            eventCount: tail.count, records: systemRecords,
            dirty: dirty.sorted(), overlay: overlay, book: booking.book, rebookings: booking.rebookings, marks: marks, leads: leads,
            objectives: objectives, absentTimes: absentTimes.entries,
            counters: counters, outcomes: outcomes, position: nextPosition - 1,
            receivedTime: receivedTime, place: log.end)
        // A file that a failed attempt may have left under a name that a manifest knows is never written again.
        nextSegmentID = id + 1
        tail.freeze()
        frozenIdentities = identities
        identities = IdentityTable()
        dirty = []
        freshDead = ReplacedRows()
        return job
    }

    /// Makes the outcome of a seal the writer's state, or returns to the state before it.
    private func takeOver(_ flight: SealFlight) throws {
        self.flight = nil
        let outcome: SealJob.Outcome
        do {
            guard let result = flight.result else { preconditionFailure("the job has run") }
            outcome = try result.get()
        } catch {
            hasSealFailed = true
            tail.thaw()
            lateReplacements = []
            dirty.formUnion(flight.dirty)
            frozenIdentities = IdentityTable()
            indexTail()
            throw error
        }
        hasSealFailed = false
        sealed = outcome.sealed.marking(freshDead)
        manifests = outcome.manifests
        previousState = outcome.previousState
        tail.dropFrozen()
        frozenIdentities = IdentityTable()
        systemRecords.removeFirst(flight.recordCount)
        absentTimes.forget(before: clockTime - Limits.timelessLookupNanoseconds)
        // Behind the place where replay goes on: the segment has the record already, the log only tells its story.
        try log.append(
            .segmentAttached, position: nextPosition, count: 0, receivedTime: receivedTime, payload: Array(outcome.attached.utf8))
        try log.release(before: flight.place)
        try takeUpLateReplacements()
    }

    /// Rows that were replaced while the seal was under way stand for those of its segment from now on; the log has them behind the place
    /// where replay goes on.
    private func takeUpLateReplacements() throws {
        let late = lateReplacements
        lateReplacements = []
        guard !late.isEmpty else { return }
        do {
            _ = try amend(Dictionary(late.map { ($0.position, $0.row) }) { $1 })
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
            for (row, hash) in block.identities.enumerated() { identities.insert(hash, position: block.position(of: row)) }
        }
    }
}
