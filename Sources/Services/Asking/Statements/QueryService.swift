package import Domain
package import Plans
package import Platform
package import SQLText
import Synchronization

/// Answers queries on threads of their own: so many at a time, so many waiting, each within its time and memory, all
/// within the memory that they share with answers which are still to be fetched.
package final class QueryService: Sendable {
    /// Nobody is refused for a shorter wait, however short a time limit is: what is asked says of itself that it took
    /// too long, and what to do.
    private static let waitNanosecondsMin: Int64 = 1_000_000_000

    private struct State {
        var nextToken = 0
        var cancellations: [Int: QueryCancellation] = [:]
        var isStopped = false
    }

    /// What questions and held answers take together.
    package let memory: MemoryPool
    /// The part of it that answers may hold until they are fetched: the rest is always there for questions.
    package let answers: MemoryPool
    /// What texts of questions became, kept in ``memory`` for the next ones.
    package let statements: KeptStatements
    private let threads: ThreadPool
    private let answerThreads: ThreadPool
    private let limits: ServerLimits
    private let valve: MemoryValve?
    private let clock: any Clock
    private let admitted = Atomic<Int>(0)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - threads: as many as may answer at one time.
    ///   - answerThreads: for what goes out piece by piece, so that it does not wait for questions; nil: the same.
    ///   - valve: lets no question in while it is closed; nil: nobody looks what the process holds.
    ///   - clock: says how long a question waits for its turn.
    package init(
        threads: ThreadPool, answerThreads: ThreadPool? = nil, limits: ServerLimits, valve: MemoryValve? = nil,
        clock: any Clock
    ) {
        self.clock = clock
        self.threads = threads
        self.answerThreads = answerThreads ?? threads
        self.limits = limits
        self.valve = valve
        memory = MemoryPool(limitBytes: limits.questionsMemoryBytesMax)
        answers = MemoryPool(limitBytes: limits.questionsMemoryBytesMax / 2, within: memory)
        statements = KeptStatements(within: memory)
    }

    /// Queries running or waiting.
    package var admittedCount: Int { admitted.load(ordering: .relaxed) }

    /// No question runs or waits, and no answer lies here to be fetched.
    package var isIdle: Bool { admittedCount == 0 && memory.usedBytes <= statements.heldBytes }

    /// Runs a job that computes an answer; it is cancelled with the task, when the client goes away, and by ``stop()``.
    /// A question that has waited for longer than one may run is refused when its turn comes, which is after about
    /// twice that time at most: those before it may take all of their time, each.
    /// - Throws: ``QueryRefusal`` when too many wait, or it has waited for too long, while the process holds too much,
    ///   and once it was stopped; what the job throws.
    package func run<Result: Sendable>(_ job: @escaping @Sendable (QueryCancellation) throws -> Result) async throws
        -> Result
    {
        try await admitting { cancellation, asked in
            try await threads.run { [self] in
                try checkTurn(cancellation, since: asked)
                return try job(cancellation)
            }
        }
    }

    /// As ``run(_:)`` for an answer that is read piece by piece, up to its first one: on the threads of such answers,
    /// in steps, so that the pieces of others come between them.
    /// - Parameter step: nil: it has to be called again. Each is bounded work.
    /// - Throws: as ``run(_:)``.
    package func begin<Result: Sendable>(
        _ step: @escaping @Sendable (QueryCancellation) throws -> Result?
    ) async throws -> Result {
        try await admitting { cancellation, asked in
            var found = try await answerThreads.run { [self] in
                try checkTurn(cancellation, since: asked)
                return try step(cancellation)
            }
            while true {
                if let found { return found }
                found = try await answerThreads.run { [self] in
                    try checkAsked(cancellation)
                    return try step(cancellation)
                }
            }
        }
    }

    /// Lets a question in, or refuses it.
    /// - Parameter body: told what cancels it and when it was asked, on the monotonic clock.
    private func admitting<Result: Sendable>(
        _ body: (_ cancellation: QueryCancellation, _ asked: Int64) async throws -> Result
    ) async throws -> Result {
        if let valve, valve.isClosed { throw full }
        // Before it counts as one that waits.
        let asked = clock.monotonicNanoseconds()
        guard admitted.add(1, ordering: .relaxed).newValue <= limits.queriesRunningMax + limits.queriesWaitingMax else {
            admitted.subtract(1, ordering: .relaxed)
            throw busy("too many queries wait already")
        }
        defer { admitted.subtract(1, ordering: .relaxed) }
        let cancellation = QueryCancellation()
        let place = enter(cancellation)
        defer { state.withLock { $0.cancellations[place] = nil } }
        let disconnection = Disconnection.current
        let token = disconnection?.onDisconnect { cancellation.cancel() }
        defer { if let token { disconnection?.forget(token) } }
        return try await withTaskCancellationHandler {
            do {
                return try await body(cancellation, asked)
            } catch let error as QueryError where error.kind == .cancelled && isStopped {
                throw stopping
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Whether somebody still wants the answer.
    private func checkAsked(_ cancellation: QueryCancellation) throws {
        if cancellation.isCancelled {
            if isStopped { throw stopping }
            throw CancellationError()
        }
    }

    /// The same as the turn comes: whoever waited for too long is refused.
    private func checkTurn(_ cancellation: QueryCancellation, since asked: Int64) throws {
        try checkAsked(cancellation)
        let waited = clock.monotonicNanoseconds() - asked
        guard waited <= max(limits.queryTimeLimitNanoseconds, Self.waitNanosecondsMin) else {
            throw busy("questions before it took as long as one may wait for its turn")
        }
    }

    /// Runs the next piece of an answer that has begun, which can no longer be refused: it waits for the pieces of
    /// others, and for no question.
    /// - Throws: what the job throws.
    package func nextPiece<Result: Sendable>(_ job: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await answerThreads.run(job)
    }

    /// Ends questions that run or wait, and takes no more: whoever stops does not wait for them. Answers that have
    /// begun go on.
    package func stop() {
        let running = state.withLock { state in
            state.isStopped = true
            // order: all are cancelled.
            return Array(state.cancellations.values)
        }
        for cancellation in running { cancellation.cancel() }
    }

    /// What an answer takes that its client is to fetch piece by piece, for as long as it is held.
    /// - Throws: ``QueryRefusal`` where others hold too much, or where it is more than all may hold.
    package func holding(_ bytes: Int) throws(QueryRefusal) -> MemoryBooking {
        if bytes > answers.limitBytes {
            throw QueryRefusal(
                .outOfMemory, "an answer of \(bytes >> 20) MiB is more than may lie here until it is fetched",
                hint: "ask for less at a time; the setting memory says how much there is")
        }
        let booking = MemoryBooking(in: answers)
        guard booking.change(to: bytes) else {
            throw busy("answers that their clients have not fetched hold the memory")
        }
        return booking
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private var stopping: QueryRefusal {
        QueryRefusal(.unavailable, "the server is stopping", hint: "ask again once it is back")
    }

    private var full: QueryRefusal {
        QueryRefusal(
            .unavailable, "the server holds more memory than it may, and answers no question until it is less",
            hint: "ask again after \(limits.retryAfterSeconds) s; where that is said often, the setting memory gives"
                + " it more, or limits.queries_running lets fewer questions run at a time",
            retryAfterSeconds: limits.retryAfterSeconds)
    }

    private func enter(_ cancellation: QueryCancellation) -> Int {
        let (place, isStopped) = state.withLock { state in
            state.nextToken += 1
            state.cancellations[state.nextToken] = cancellation
            return (state.nextToken, state.isStopped)
        }
        if isStopped { cancellation.cancel() }
        return place
    }

    private func busy(_ message: String) -> QueryRefusal {
        QueryRefusal(
            .busy, message, hint: "ask again after \(limits.retryAfterSeconds) s",
            retryAfterSeconds: limits.retryAfterSeconds)
    }
}
