import Domain
package import EventStores
package import OperatorLogs
package import Platform

/// Settles traces as long as the server runs. A thread of its own reads and works them out, so that a trace of many
/// spans holds nobody's events up; the writer only takes in what comes of it.
package struct SettlingService: BackgroundWork {
    private let settlement: TraceSettlement
    private let thread: ThreadPool
    private let committer: GroupCommitter<IngestBatch, AppendResult>
    /// Work ends with the store.
    package let health: ServerHealth
    private let log: OperatorLog

    /// - Parameter thread: one, which reads and works out.
    package init(
        settlement: TraceSettlement, thread: ThreadPool, committer: GroupCommitter<IngestBatch, AppendResult>,
        health: ServerHealth,
        log: OperatorLog
    ) {
        self.settlement = settlement
        self.thread = thread
        self.committer = committer
        self.health = health
        self.log = log
    }

    /// After a second, all that is due.
    package func step() async throws {
        try await Task.sleep(for: .seconds(1))
        try await settle()
    }

    /// They stay due and stop nobody else's events; that the store has no room is told by whom it concerns first.
    package func failed(_ error: any Error) {
        if StoreFailure.isOfAll(error) { return }
        if health.damage.met(error, by: "traces that settle") { return }
        log.error("traces could not be settled and wait: \(error)")
    }

    /// Settles all that is due, and one step of what settles again.
    private func settle() async throws {
        while !Task.isCancelled, let step = try await thread.run({ [settlement] in try settlement.nextStep() }) {
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
