package import EventStores
package import Intakes
package import OperatorLogs
package import Platform

/// Runs one ``TraceSender`` on a thread of its own as long as the server runs, and has its marks written. A slow or
/// absent destination holds nothing up but itself.
package struct TraceExport: BackgroundWork {
    private let sender: TraceSender
    private let thread: ThreadPool
    private let committer: GroupCommitter<IngestBatch, AppendResult>
    /// Marks can no longer be written once the store has failed.
    package let health: ServerHealth
    private let log: OperatorLog

    /// - Parameter thread: one, of the sender's own.
    package init(
        sender: TraceSender, thread: ThreadPool, committer: GroupCommitter<IngestBatch, AppendResult>,
        health: ServerHealth,
        log: OperatorLog
    ) {
        self.sender = sender
        self.thread = thread
        self.committer = committer
        self.health = health
        self.log = log
    }

    /// Says where the sender begins, where nothing does yet.
    package func begin() async { await commit(sender.firstMark) }

    /// One request, and the pause after it.
    package func step() async throws {
        let step = try await thread.run { [sender] in try sender.step() }
        if let complaint = step.complaint { log.warning("\(sender.destination): \(complaint)") }
        if let mark = step.mark { await commit(mark) }
        if step.pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(step.pauseMilliseconds)) }
    }

    /// After a pause it goes on.
    package func failed(_ error: any Error) async {
        if !health.damage.met(error, by: "traces for \(sender.destination)") {
            log.error("\(sender.destination): \(error)")
        }
        try? await Task.sleep(for: .seconds(5))
    }

    /// A mark that could not be written is made good by the next one; a start from the one before sends the same spans
    /// again.
    private func commit(_ mark: DeliveryMark) async {
        do {
            _ = try await committer.commit(IngestBatch(marks: [mark]), weight: 1)
        } catch {
            guard !StoreFailure.isOfAll(error) else { return }
            log.warning("\(sender.destination): how far it got could not be noted: \(error)")
        }
    }
}
