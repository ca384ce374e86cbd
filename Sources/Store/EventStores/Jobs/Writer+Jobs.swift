import EventLogs
import JSONTexts
import Platform
import Segments

// A job has three parts: the writer gives it a base, the job makes files and an edit, the writer applies the edit
// between two steps. What comes in the meantime goes on as if there were no job.

extension Writer {
    /// What a job may stand on now.
    /// - Parameters:
    ///   - segments: how many segments the job may make.
    ///   - isBeside: whether the writer goes on meanwhile.
    func jobBase(workers: any Workers, segments: Int = 1, isBeside: Bool) -> StoreJobBase {
        let id = max(manifests.current.nextSegmentID, nextSegmentID)
        // A file that a failed attempt may have left under a name that a manifest knows is never written again.
        nextSegmentID = id + UInt64(segments)
        return StoreJobBase(
            fileSystem: context.fileSystem, directory: files.segments, manifest: manifests.current, segmentID: id,
            workers: workers, isBesideWriter: isBeside, segmentFiles: segmentFiles)
    }

    func isUnderWay(_ kind: String) -> Bool { flights.contains { $0.job.kind == kind } }

    /// Has a job done beside the writer, on one thread: the others decode what comes in meanwhile.
    /// - Returns: false where one of its kind is under way.
    func start(_ job: any StoreJob) -> Bool {
        guard !isUnderWay(job.kind) else { return false }
        let flight = RunningJob(
            job, jobBase(workers: InlineWorkers(), segments: job.segmentsMax, isBeside: true))
        flights.append(flight)
        let queue = Self.isLong(job) ? context.compactionQueue : context.sideQueue
        queue.start { flight.run() }
        settleIfDone()
        return true
    }

    /// Whether a seal cannot wait for the job.
    static func isLong(_ job: any StoreJob) -> Bool { job is CompactionJob || job is RetentionJob }

    /// Takes over what jobs have done.
    func settleIfDone() {
        while let flight = flights.first(where: { $0.result != nil && isTakenOver($0) }) {
            do {
                let holds = try takeOver(flight)
                if let job = flight.job as? CompactionJob { noteDone(job, holds: holds) }
                if let job = flight.job as? RetentionJob {
                    let isEmpty = (try? flight.result?.get())?.edit.added.isEmpty ?? false
                    noteRetention(job, holds: holds, isEmpty: isEmpty)
                }
            } catch {
                if let job = flight.job as? CompactionJob { noteFailed(job, error) }
                if flight.job is RetentionJob { noteFailedRetention(error) }
                if isTold(error, of: flight.job) { jobFailure = error }
            }
        }
    }

    /// Whether a step tells of a job that failed, and with it whether events can be taken. A seal that is tried again
    /// tells then; one that was published and failed afterwards is not. Where the volume of an archive is gone or full
    /// events go on, and it is among the troubles.
    private func isTold(_ error: any Error, of job: any StoreJob) -> Bool {
        if job is SealJob { return !hasSealFailed }
        let archive = (job as? CompactionJob)?.archive ?? (job as? RetentionJob)?.archive
        guard archive != nil, log.failure == nil else { return true }
        return error is any FileContentError
    }

    /// A seal under way stands on rows of the segments that a compaction takes away, and would be for nothing: the
    /// compaction waits, which nobody else does. So does what retention made.
    private func isTakenOver(_ flight: RunningJob) -> Bool { !Self.isLong(flight.job) || frozen == nil }

    /// Waits for the jobs under way and takes over what they did.
    func settle() {
        guard !flights.isEmpty else { return }
        context.sideQueue.waitUntilIdle()
        settleIfDone()
    }

    /// Publishes what a job made, or returns to the state before it.
    /// - Returns: false where its base no longer holds, which is no failure: nothing of it is kept, and it is to be
    ///   done again.
    /// - Throws: what the job threw; ``StorageError`` of publishing.
    @discardableResult
    func takeOver(_ flight: RunningJob) throws -> Bool {
        flights.removeAll { $0 === flight }
        guard let result = flight.result else { preconditionFailure("the job has run") }
        // Nothing of some tenants' was found.
        if flight.job is RetentionJob, (try? result.get())?.edit == ManifestEdit() { return true }
        let seal = flight.job as? SealJob
        let record = seal?.attached(as: flight.base.segmentID, manifest: manifests.version + 1)
        do {
            let prepared = try result.get()
            do {
                // Once the segment is published, no want of space may keep its record out.
                if let record { try log.reserve(payloads: [record.utf8.count]) }
                if planted(.freeLogBeforeManifest), let seal { _ = try log.release(before: seal.place) }
                if planted(.removeCompactedFirst), flight.job is CompactionJob {
                    for segment in sealed.segments where prepared.edit.removed.contains(segment.id) {
                        try context.fileSystem.remove(segment.reader.path)
                    }
                }
                try publish(prepared, of: flight)
            } catch {
                for name in prepared.edit.fileNames { retired.add(name) }
                throw error
            }
        } catch {
            if let seal { giveUp(seal) }
            removeRetired()
            if error is ManifestEditConflict { return false }
            if seal != nil { noteFailedSeal(error) }
            throw error
        }
        if let seal, let record {
            try finish(seal, as: flight.base.segmentID, record: record)
        } else {
            if Self.isLong(flight.job) { letGoOfVersionBefore() }
            let drop = flight.job is RetentionJob ? (try? result.get())?.segments.first?.drop : nil
            try tellManifest(drop?.data(manifest: manifests.version))
        }
        return true
    }

    /// Has the log tell which version of the manifest is in force, durable when this returns, so that a start misses it
    /// when it is gone. A seal has made room for that; where another job finds none now, the next version tells.
    /// - Parameter record: that of a seal, or what retention dropped; nil after another job.
    func tellManifest(_ record: String? = nil) throws {
        let data = record ?? JSONWriter.object { $0.member("manifest", manifests.version) }
        do {
            try log.append(
                .segmentAttached, position: nextPosition, count: 0, receivedTime: receivedTime,
                payload: Array(data.utf8))
            try flushLog()
        } catch {
            if log.failure != nil { throw error }
        }
    }

    /// The version that such a record tells of; nil of records that versions of before wrote.
    static func manifestVersion(_ record: LogRecord) -> UInt64? {
        guard record.kind == .segmentAttached,
            let json = try? JSONReader.parse(String(decoding: record.payload, as: UTF8.self)),
            let version = json["manifest"]?.integer
        else { return nil }
        return UInt64(exactly: version)
    }

    /// Makes an edit the manifest in force, and its segments those that are read.
    private func publish(_ prepared: RunningJob.Prepared, of flight: RunningJob) throws {
        var (edit, base) = (prepared.edit, flight.base.manifest)
        var waitingMoved = ReplacedRows()
        if let job = flight.job as? CompactionJob {
            (edit, waitingMoved) = try following(edit, of: job, since: base)
            // What was marked since is in the edit.
            base = manifests.current
        } else if !edit.removed.isEmpty {
            if let job = flight.job as? RetentionJob { try checkHolds(job) }
            // Rows that wait for a seal to die are dead in memory alone: an edit that moves them would not know.
            let marked = waitingDead.bySegment
            for id in edit.removed where marked[id] != nil { throw ManifestEditConflict.rowsMarked(id: id) }
        }
        let next = try manifests.current.applying(edit, base: base)
        let oldState = manifests.current.projections
        try manifests.publish(next)
        for segment in sealed.segments where edit.removed.contains(segment.id) {
            retired.add(files.name(ofSegmentAt: segment.reader.path), reader: segment.reader)
        }
        if let oldState, oldState.fileName != next.projections?.fileName {
            retired.add(oldState.fileName)
            retired.add(oldState.copyName)
        }
        sealed = sealed.applying(edit, prepared.segments).marking(waitingMoved)
        if !edit.removed.isEmpty {
            freshDead = freshDead.subtracting(freshDead.only(of: Set(edit.removed)))
            freshDead.merge(waitingMoved)
        }
        removeRetired()
    }

    /// Publishes what is in force once more, so that the version before it goes, with the files that it alone names:
    /// what became one segment takes twice its room until then, and where nothing comes in there is no next seal. Both
    /// versions that stay say the same. Where it fails the next one that is published does it.
    func letGoOfVersionBefore() {
        try? manifests.publish(manifests.current)
        removeRetired()
    }

    /// Removes files that no kept version of the manifest and no reader names.
    func removeRetired() {
        let elsewhere = archiveClaim.map { RetiredFiles.Elsewhere(claim: $0, queue: context.compactionQueue) }
        retired.remove(from: files.segments, manifests, context.fileSystem, elsewhere)
    }
}

extension EventStore {
    /// Lets go at once of the files that the version before the one in force names alone: after an import, whose last
    /// segment no seal may ever follow. Nothing where there are none, or a job is under way.
    /// - Throws: ``StoreError`` where the store is closed or has stopped, or its log fails.
    package func letGoOfFilesBefore() throws {
        try changing { writer in
            try writer.checkUsable()
            guard !writer.retired.isEmpty, writer.flights.isEmpty else { return }
            writer.letGoOfVersionBefore()
            do { try writer.tellManifest() } catch { throw writer.told(error) }
        }
    }

    /// Has a job done beside the writer; what it made is taken over between two later steps, or by ``finishJobs()``.
    /// - Returns: false where one of its kind is under way.
    /// - Throws: ``StoreError`` where the store is closed or has stopped.
    package func start(_ job: any StoreJob) throws -> Bool {
        try changing { writer in
            try writer.checkUsable()
            return writer.start(job)
        }
    }

    /// Waits for the jobs under way and takes over what they did.
    /// - Throws: what a job threw, once.
    package func finishJobs() throws {
        try changing { writer in
            writer.context.compactionQueue.waitUntilIdle()
            writer.settle()
            try writer.throwJobFailure()
        }
    }
}
