package import Domain
package import Plans
package import Platform
import Synchronization

/// Answers queries on threads of their own: so many at a time, so many waiting, each within its time and memory.
package final class QueryService: Sendable {
    private let threads: ThreadPool
    private let limits: ServerLimits
    private let admitted = Atomic<Int>(0)

    /// - Parameter threads: as many as may answer at one time.
    package init(threads: ThreadPool, limits: ServerLimits) {
        self.threads = threads
        self.limits = limits
    }

    /// Queries running or waiting.
    package var admittedCount: Int { admitted.load(ordering: .relaxed) }

    /// Runs a job that computes an answer; it is cancelled with the task, and when the client goes away.
    /// - Throws: ``QueryRefusal`` when too many wait; what the job throws.
    package func run<Result: Sendable>(_ job: @escaping @Sendable (QueryCancellation) throws -> Result) async throws
        -> Result
    {
        guard admitted.add(1, ordering: .relaxed).newValue <= limits.queriesRunningMax + limits.queriesWaitingMax else {
            admitted.subtract(1, ordering: .relaxed)
            throw QueryRefusal(
                .busy, "too many queries wait already", hint: "ask again after \(limits.retryAfterSeconds) s",
                retryAfterSeconds: limits.retryAfterSeconds)
        }
        defer { admitted.subtract(1, ordering: .relaxed) }
        let cancellation = QueryCancellation()
        let disconnection = Disconnection.current
        let token = disconnection?.onDisconnect { cancellation.cancel() }
        defer { if let token { disconnection?.forget(token) } }
        return try await withTaskCancellationHandler {
            try await threads.run {
                if cancellation.isCancelled { throw CancellationError() }
                return try job(cancellation)
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs the next piece of an answer that has begun, which can no longer be refused: it waits its turn.
    /// - Throws: what the job throws.
    package func goOn<Result: Sendable>(_ job: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await threads.run(job)
    }
}
