import Platform
import Segments
import Synchronization

/// A job under way: what it began with, and its outcome once there is one.
final class RunningJob: Sendable {
    let job: any StoreJob
    let base: StoreJobBase
    private let outcome = Mutex<Result<Prepared, any Error>?>(nil)
    private let lock = Mutex<(any FileLock)?>(nil)

    /// What the writer publishes.
    struct Prepared: Sendable {
        var edit: ManifestEdit
        /// The edit's segments, open.
        var segments: [SealedSegment]
    }

    init(_ job: any StoreJob, _ base: StoreJobBase) { (self.job, self.base) = (job, base) }

    var result: Result<Prepared, any Error>? { outcome.withLock { $0 } }

    /// Has the directory stay locked until the job has ended, which nobody awaits any more: whoever opens the store
    /// next would give its files the names that this one writes.
    func keep(_ lock: any FileLock) { self.lock.withLock { $0 = lock } }

    func run() {
        let result = Result {
            let edit = try job.prepare(base)
            do {
                let segments = try edit.added.map {
                    try SealedSegment.open($0, in: base.directory, base.segmentFiles)
                }
                return Prepared(edit: edit, segments: segments)
            } catch {
                for name in edit.fileNames { try? base.fileSystem.remove(base.directory + "/" + name) }
                throw error
            }
        }
        outcome.withLock { $0 = result }
    }
}
