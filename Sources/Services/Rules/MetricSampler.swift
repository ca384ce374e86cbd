import Bytes
import Domain
package import EventStores
package import Intakes
import MetricHistory
package import OperatorLogs
package import Projections
import Synchronization

/// Notes what metrics say that only the running process knows, so that rules and questions see their past: rows
/// `metrics.sampled`, as many as ``ProcessNoter`` says. For who evaluates rules; a server without rules notes nothing.
package struct MetricSampler: BackgroundWork {
    private let now: @Sendable () -> Int64
    private let families: @Sendable () async throws -> [MetricFamily]
    private let committer: GroupCommitter<IngestBatch, AppendResult>
    private let noter = NoterBox()
    /// What is noted can no longer be kept once the store has failed.
    package let health: ServerHealth
    private let log: OperatorLog

    /// One task at a time has it.
    private final class NoterBox: Sendable {
        let value = Mutex(ProcessNoter())
    }

    /// - Parameters:
    ///   - now: the believed time, ns since 1970 UTC.
    ///   - families: what the process knows.
    package init(
        now: @escaping @Sendable () -> Int64, families: @escaping @Sendable () async throws -> [MetricFamily],
        committer: GroupCommitter<IngestBatch, AppendResult>, health: ServerHealth, log: OperatorLog
    ) {
        (self.now, self.families, self.committer) = (now, families, committer)
        (self.health, self.log) = (health, log)
    }

    /// One look, and the pause until the next.
    package func step() async throws {
        let look = ProcessNoter.look(at: now())
        let families = try await families()
        if let data = noter.value.withLock({ $0.note(families, at: look) }) {
            _ = try await committer.commit(IngestBatch(notes: [SystemNote(.metricsSampled, data: data)]), weight: 1)
        }
        // A clock that is set may make it shorter or longer, once.
        let rest = ProcessNoter.look(at: now()).saturatingAdd(ProcessNoter.lookPause).saturatingSubtract(now())
        try await Task.sleep(for: .nanoseconds(min(max(rest, 250_000_000), ProcessNoter.lookPause)))
    }

    /// Whether a note that failed is kept nobody knows, so the next one has everything.
    package func failed(_ error: any Error) async {
        noter.value.withLock { $0 = ProcessNoter() }
        if !StoreFailure.isOfAll(error) { log.warning("metrics of the process could not be noted: \(error)") }
        try? await Task.sleep(for: .seconds(60))
    }
}
