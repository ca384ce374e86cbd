internal import Synchronization

/// The jobs that wait for one of the threads that work in it.
final class JobQueue: Sendable {
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
        let id = monitor.locked {
            state.withLock { state -> Int? in
                guard !state.isStopped else { return nil }
                state.lastID += 1
                state.jobs.append((state.lastID, job))
                return state.lastID
            }
        }
        // One thread takes it; who is at work looks for more before it waits.
        if id != nil { monitor.wakeOne() }
        return id
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
