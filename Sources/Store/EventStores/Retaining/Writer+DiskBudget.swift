import Bytes
import Domain
import Platform
import Segments

extension Writer {
    /// From one look at the lengths of all files to the next.
    private static let diskLookNanoseconds = 5 * Nanoseconds.second

    /// Measures what the files come to, where a budget is set: segments that are about to go, or that a job is writing,
    /// are no reason to let more of them go. What cannot be measured stays as it was, and is a trouble.
    func lookAtDisk() {
        let now = context.clock.monotonicNanoseconds()
        guard diskStanding.budget != nil, now >= diskLookEnd else { return }
        diskLookEnd = now.saturatingAdd(Self.diskLookNanoseconds)
        let use: DiskUse
        do throws(StorageError) {
            use = try DiskUse(of: files.root, context.fileSystem)
        } catch {
            diskStanding.noteFailedLook(error)
            return tellOfDisk()
        }
        let wasOver = diskStanding.isOverDropLine
        let segments = manifests.current.segments.filter { !($0.isArchived && use.isArchiveElsewhere) }
        let named = segments.reduce(0) { $0 + $1.description.lengthBytes }
        isArchiveElsewhere = use.isArchiveElsewhere
        diskStanding.note(usedBytes: use.bytes - use.bytes(of: .segments) + named)
        // What is too much now does not wait for what becomes old.
        if diskStanding.isOverDropLine, !wasOver { retentionPauseEnd = min(retentionPauseEnd, now) }
        tellOfDisk()
    }

    /// What came of an attempt to have events go for want of room.
    func noteObstacle(_ obstacle: DiskStanding.Obstacle?) {
        diskStanding.note(obstacle)
        // A seal takes seconds.
        if obstacle == .waitsForSeal { retentionPauseEnd = context.clock.monotonicNanoseconds() }
        tellOfDisk()
    }

    private func tellOfDisk() {
        troubles.diskLook = diskStanding.lookTrouble
        troubles.failedDiskLooks = diskStanding.failedLooks
        troubles.disk = diskStanding.trouble(
            hasDropped: sealed.drops.contains { $0.reason == .diskBudget && $0.events > 0 })
    }

    /// Events come in as long as there is room for them. What the store itself notes goes on: alerts tell of it.
    /// - Throws: ``StoreError/budgetSpent(reason:)``.
    func checkBudget(_ batches: [IngestBatch]) throws(StoreError) {
        guard let reason = diskStanding.refusal,
            batches.contains(where: { $0.events.count > 0 || !$0.deadLetters.isEmpty })
        else { return }
        throw .budgetSpent(reason: reason)
    }
}
