import Execution
import HTTPTypes
import NIOPosix
import Plans
import Synchronization

/// Answers queries on threads of their own: so many at a time, so many waiting, each within its time and memory.
final class QueryDesk: Sendable {
    private let threads: NIOThreadPool
    private let limits: ServerLimits
    private let admitted = Atomic<Int>(0)

    init(threads: NIOThreadPool, limits: ServerLimits) {
        self.threads = threads
        self.limits = limits
    }

    /// Queries running or waiting.
    var admittedCount: Int { admitted.load(ordering: .relaxed) }

    /// Runs a job that computes an answer; it is cancelled with the task, and when the client goes away.
    /// - Throws: 429 when too many wait; what the job throws, query errors as ``Refusal``.
    func run<Result: Sendable>(_ job: @escaping @Sendable (QueryCancellation) throws -> Result) async throws -> Result {
        guard admitted.add(1, ordering: .relaxed).newValue <= limits.queriesRunningMax + limits.queriesWaitingMax else {
            admitted.subtract(1, ordering: .relaxed)
            throw Refusal(
                .tooManyRequests, "too many queries wait already", hint: "ask again after \(limits.retryAfterSeconds) s",
                retryAfterSeconds: limits.retryAfterSeconds)
        }
        defer { admitted.subtract(1, ordering: .relaxed) }
        let cancellation = QueryCancellation()
        let departure = Departure.current
        let token = departure?.onLeave { cancellation.cancel() }
        defer { if let token { departure?.forget(token) } }
        return try await withTaskCancellationHandler {
            do {
                return try await threads.runIfActive {
                    if cancellation.isCancelled { throw CancellationError() }
                    return try job(cancellation)
                }
            } catch let error as QueryError {
                throw Self.refusal(for: error)
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Runs the next piece of an answer that has begun, which can no longer be refused: it waits its turn.
    /// - Throws: what the job throws.
    func goOn<Result: Sendable>(_ job: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await threads.runIfActive { try job() }
    }

    /// 503 when it ran out of time or memory, 500 for mistakes of ours, 400 for the rest, each with its SQLSTATE.
    static func refusal(for error: QueryError) -> Refusal {
        Refusal(status(error.sqlState), error.message, hint: error.hint, position: error.position, code: error.sqlState)
    }

    private static func status(_ sqlState: String) -> HTTPResponse.Status {
        switch sqlState.prefix(2) {
        case "57", "53": .serviceUnavailable
        case "XX", "58": .internalServerError
        default: .badRequest
        }
    }
}
