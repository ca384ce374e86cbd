package import EventStores
package import Intakes
package import OperatorLogs
package import Platform
package import Projections
package import PromQLEvaluation
package import PromQLText
package import Sending

/// Has rules evaluated on a thread of their own as long as the server runs: what an evaluation says is made durable
/// first, then told.
package struct RuleTicker: BackgroundWork {
    /// What the ticker asks for.
    package struct Inputs: Sendable {
        /// The believed time, ns since 1970 UTC.
        var now: @Sendable () -> Int64
        /// Metrics that only the running server knows.
        var present: @Sendable () async throws -> [MetricFamily]
        /// The series up to a time (ms since 1970) for one evaluation, and what bounds it; blocking.
        var open: @Sendable (Int64, [MetricFamily]) throws -> (source: any SeriesSource, budget: any QuestionBudget)
        /// Files of rules that are looked at again; nil: the rules stay as they are.
        var files: RuleFileWatch?
        /// Whether somebody has asked for that since the last call.
        var isAsked: @Sendable () -> Bool

        /// Takes each part as given.
        package init(
            now: @escaping @Sendable () -> Int64, present: @escaping @Sendable () async throws -> [MetricFamily],
            open: @escaping @Sendable (Int64, [MetricFamily]) throws -> (
                source: any SeriesSource, budget: any QuestionBudget
            ), files: RuleFileWatch?, isAsked: @escaping @Sendable () -> Bool
        ) {
            (self.now, self.present, self.open) = (now, present, open)
            (self.files, self.isAsked) = (files, isAsked)
        }
    }

    private let manager: RuleManager
    private let inputs: Inputs
    private let senders: [AlertSender]
    private let thread: ThreadPool
    private let committer: GroupCommitter<IngestBatch, AppendResult>
    private let clock: any Clock
    /// What is worked out can no longer be kept once the store has failed.
    package let health: ServerHealth
    private let log: OperatorLog

    /// - Parameter thread: one, of the rules' own.
    package init(
        _ manager: RuleManager, _ inputs: Inputs, senders: [AlertSender], thread: ThreadPool,
        committer: GroupCommitter<IngestBatch, AppendResult>, clock: any Clock, health: ServerHealth, log: OperatorLog
    ) {
        (self.manager, self.inputs, self.senders) = (manager, inputs, senders)
        (self.thread, self.committer, self.clock) = (thread, committer, clock)
        (self.health, self.log) = (health, log)
    }

    /// One evaluation, or the pause until there may be one.
    package func step() async throws {
        // First of all: there may be something to be evaluated whenever there is time.
        try await lookForChanges()
        let now = inputs.now() / 1_000_000
        guard manager.isDue(at: now, monotonic: clock.monotonicNanoseconds()) else {
            return try await Task.sleep(for: .milliseconds(250))
        }
        let present = try await inputs.present()
        let step = try await thread.run { [manager, inputs, clock] in
            manager.step(at: now, monotonic: { clock.monotonicNanoseconds() }) { try inputs.open($0, present) }
        }
        guard let step else { return }
        if let complaint = step.complaint { log.warning(complaint) }
        for line in step.endings { log.notice(line) }
        if let batch = step.batch {
            _ = try await committer.commit(batch, weight: 1)
            manager.committed(step)
        }
        for sender in senders { sender.take(step.messages) }
    }

    /// A file with a mistake changes nothing.
    private func lookForChanges() async throws {
        let isAsked = inputs.isAsked()
        guard let files = inputs.files else {
            if isAsked { log.notice("rules: there are no files to look at, those of the objectives go on") }
            return
        }
        guard isAsked || files.isDue else { return }
        do {
            _ = try await thread.run { [manager, log] in
                try manager.takeChanges(of: files, isAsked: isAsked, telling: log)
            }
        } catch let error where !(error is CancellationError) {
            // The log has it.
        }
    }

    /// What could not be made durable is handed in again with the next evaluation.
    package func failed(_ error: any Error) async {
        if !StoreFailure.isOfAll(error) { log.warning("rules: how alerts stand could not be noted: \(error)") }
        try? await Task.sleep(for: .seconds(5))
    }
}
