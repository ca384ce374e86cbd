internal import Glibc
internal import Synchronization

/// Threads of one's own for work that blocks or computes while its caller awaits it: jobs begin in the order in which
/// they came. A pool of one thread runs them one after the other.
///
/// A pool is to be stopped by ``stop()``; what it was given until then is done.
package final class ThreadPool: Sendable {
    private let queue: JobQueue
    private let threadCount: Int
    /// Those whose end nobody has waited for.
    private let threads: Mutex<[pthread_t]>

    /// Starts the threads; at least one.
    /// - Parameter yieldsToOthers: where processors are scarce its threads get about a third of what others get.
    package init(threadCount: Int, yieldsToOthers: Bool = false) {
        let queue = JobQueue()
        let started = (0..<max(1, threadCount)).compactMap { _ in
            startThread(yieldsToOthers: yieldsToOthers) { queue.workUntilStopped() }
        }
        queue.begin(threads: started.count)
        self.queue = queue
        self.threadCount = started.count
        threads = Mutex(started)
    }

    deinit {
        queue.stop(nil)
        // Not waited for: the last reference may go on one of them.
        threads.withLock { for thread in $0 { pthread_detach(thread) } }
    }

    /// Hands a job over and returns. Where no thread could be started, and once the pool was stopped, the caller's does
    /// the work.
    package func submit(_ job: @escaping @Sendable () -> Void) {
        guard threadCount > 0, queue.append(job) != nil else { return job() }
    }

    /// Runs a job and gives what it gives. A caller that is cancelled takes a job back that has not begun.
    /// - Throws: `CancellationError` for a job that was taken back; what the job throws.
    package func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await run(handingOn: { finish in finish(Result { try job() }) })
    }

    /// The same with a job that may hand its work on to other threads: its caller goes on where `finish` is called, and
    /// is not woken between.
    /// - Precondition: `finish` is called once.
    package func run<Value: Sendable>(
        handingOn job: @escaping @Sendable (_ finish: @escaping @Sendable (Result<Value, any Error>) -> Void) -> Void
    ) async throws -> Value {
        try Task.checkCancellation()
        let place = Mutex(Place.unknown)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let work: @Sendable () -> Void = { job { continuation.resume(with: $0) } }
                guard threadCount > 0, let id = queue.append(work) else { return work() }
                let isCancelled = place.withLock { place in
                    if case .cancelled = place { return true }
                    place = .waiting(id) { continuation.resume(throwing: $0) }
                    return false
                }
                if isCancelled, queue.takeBack(id) { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let waiting: (id: Int, fail: @Sendable (any Error) -> Void)? = place.withLock { place in
                defer { place = .cancelled }
                if case .waiting(let id, let fail) = place { return (id, fail) }
                return nil
            }
            if let waiting, queue.takeBack(waiting.id) { waiting.fail(CancellationError()) }
        }
    }

    /// Where a job of ``run(_:)`` stands, as its caller knows.
    private enum Place: Sendable {
        case unknown
        case waiting(Int, @Sendable (any Error) -> Void)
        case cancelled
    }

    /// Ends the threads once what they were given is done, and returns when they have ended, however many ask for it.
    package func stop() async {
        await withCheckedContinuation { continuation in queue.stop { continuation.resume() } }
        await onOwnThread { self.waitForEnds() }
    }

    /// The threads have no work any more, but libraries that they called still clear up on them as they end.
    private func waitForEnds() {
        // Under the lock: whoever comes second returns no earlier.
        threads.withLock { threads in
            for thread in threads {
                precondition(pthread_equal(thread, pthread_self()) == 0, "a thread of the pool waits for its own end")
                pthread_join(thread, nil)
            }
            threads = []
        }
    }
}
