internal import Glibc
internal import Synchronization

/// Threads of one's own for work that blocks or computes while its caller awaits it: jobs begin in the order in which
/// they came. A pool of one thread runs them one after the other.
///
/// A pool is to be stopped by ``stop()``; what it was given until then is done.
package final class ThreadPool: Sendable {
    private let queue: JobQueue
    private let threadCount: Int

    /// Starts the threads; at least one.
    package init(threadCount: Int) {
        let queue = JobQueue()
        var started = 0
        for _ in 0..<max(1, threadCount) {
            guard let thread = startThread({ queue.workUntilStopped() }) else { continue }
            pthread_detach(thread)
            started += 1
        }
        queue.begin(threads: started)
        self.queue = queue
        self.threadCount = started
    }

    deinit { queue.stop(nil) }

    /// Hands a job over and returns. Where no thread could be started, and once the pool was stopped, the caller's does
    /// the work.
    package func submit(_ job: @escaping @Sendable () -> Void) {
        guard threadCount > 0, queue.append(job) != nil else { return job() }
    }

    /// Runs a job and gives what it gives. A caller that is cancelled takes a job back that has not begun.
    /// - Throws: `CancellationError` for a job that was taken back; what the job throws.
    package func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        let place = Mutex(Place.unknown)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let work: @Sendable () -> Void = { continuation.resume(with: Result { try job() }) }
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

    /// Ends the threads once what they were given is done, and returns when they have ended.
    package func stop() async {
        await withCheckedContinuation { continuation in queue.stop { continuation.resume() } }
    }
}

/// The jobs that wait for a thread.
private final class JobQueue: Sendable {
    private struct State {
        var jobs: [(id: Int, run: @Sendable () -> Void)] = []
        var lastID = 0
        /// nil until all were started.
        var threads: Int?
        var endedThreads = 0
        var isStopped = false
        var onEnd: [@Sendable () -> Void] = []

        var hasEnded: Bool { isStopped && threads == endedThreads }
    }

    private let monitor = Monitor()
    private let state = Mutex(State())

    func begin(threads: Int) { changed { $0.threads = threads } }

    /// - Returns: what ``takeBack(_:)`` takes; nil where nothing is taken any more.
    func append(_ job: @escaping @Sendable () -> Void) -> Int? {
        changed { state in
            guard !state.isStopped else { return nil }
            state.lastID += 1
            state.jobs.append((state.lastID, job))
            return state.lastID
        }
    }

    /// Forgets a job.
    /// - Returns: false where it has begun.
    func takeBack(_ id: Int) -> Bool {
        state.withLock { state in
            guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { return false }
            state.jobs.remove(at: index)
            return true
        }
    }

    func stop(_ onEnd: (@Sendable () -> Void)?) {
        changed { state in
            state.isStopped = true
            if let onEnd { state.onEnd.append(onEnd) }
        }
        tellEnd()
    }

    func workUntilStopped() {
        while let job = next() { job() }
        changed { $0.endedThreads += 1 }
        tellEnd()
    }

    private func next() -> (@Sendable () -> Void)? {
        monitor.locked {
            while true {
                let (job, isStopped) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
                    state.jobs.isEmpty ? (nil, state.isStopped) : (state.jobs.removeFirst().run, false)
                }
                if job != nil || isStopped { return job }
                monitor.wait()
            }
        }
    }

    private func changed<Result>(_ change: (inout State) -> Result) -> Result {
        monitor.locked {
            defer { monitor.wakeAll() }
            return state.withLock { change(&$0) }
        }
    }

    private func tellEnd() {
        let waiting = state.withLock { state in
            guard state.hasEnded else { return [] as [@Sendable () -> Void] }
            defer { state.onEnd = [] }
            return state.onEnd
        }
        for tell in waiting { tell() }
    }
}
