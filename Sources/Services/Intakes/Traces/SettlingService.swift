import Domain
import EventStores
import Logging
import NIOPosix

/// Settles traces as long as the server runs. A thread of its own reads and works them out, so that a trace of many spans holds nobody's
/// events up; the writer only takes in what comes of it.
struct SettlingService: BackgroundWork {
    let settlement: TraceSettlement
    let thread: NIOThreadPool
    let committer: GroupCommitter<IngestBatch, AppendResult>
    let health: ServerHealth
    let logger: Logger

    func step() async throws {
        try await Task.sleep(for: .seconds(1))
        try await settle()
    }

    /// They stay due and stop nobody else's events; what concerns the disk the committer tells by itself.
    func failed(_ error: any Error) { logger.error("traces could not be settled and wait: \(error)") }

    /// Settles all that is due, and one step of what settles again.
    private func settle() async throws {
        while !Task.isCancelled, let step = try await thread.runIfActive({ [settlement] in try settlement.nextStep() }) {
            do {
                for batch in step.batches {
                    _ = try await committer.commit(batch, weight: max(1, batch.events.count + batch.replacements.count))
                }
            } catch {
                settlement.failed(step)
                throw error
            }
            settlement.wrote(step)
            if step.isAgain { return }
        }
    }
}
