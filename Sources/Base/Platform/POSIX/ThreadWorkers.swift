internal import Glibc
internal import Synchronization

/// Fixed threads that share out the indexes of a run: each takes the next free index until none is left. Several
/// callers may run at one time, and a job may itself run jobs: whoever waits also works.
package final class ThreadWorkers: Workers {
    package let parallelism: Int
    private let crew: Crew
    private let threads: [pthread_t]

    /// Beside its callers, each at the pace of its own thread, others work that yield where processors are scarce: most
    /// of what is shared out are questions.
    /// - Parameter parallelism: threads that work at one time, the caller's included; nil: one for each processor.
    package init(parallelism: Int? = nil) {
        let wanted = max(1, parallelism ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        self.parallelism = wanted
        let crew = Crew()
        self.crew = crew
        threads = (1..<wanted).compactMap { _ in
            startThread(yieldsToOthers: true) { crew.workUntilDismissed() }
        }
    }

    deinit {
        crew.dismiss()
        for thread in threads { pthread_join(thread, nil) }
    }

    package func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws {
        guard count > 1, parallelism > 1 else {
            for index in 0..<max(0, count) { try job(index) }
            return
        }
        try withoutActuallyEscaping(job) { job in
            let run = Run(count: count, job: job)
            crew.perform(run)
            if let failure = run.failure { throw failure }
        }
    }
}

/// One call of `run`. The job is let go before the call returns: workers touch it only between ``Crew``'s join and
/// leave.
private final class Run: Sendable {
    private struct State {
        var job: (@Sendable (Int) throws -> Void)?
        var failedIndex = Int.max
        var error: (any Error)?
    }

    let count: Int
    private let next = Atomic<Int>(0)
    private let state: Mutex<State>

    init(count: Int, job: @escaping @Sendable (Int) throws -> Void) {
        self.count = count
        state = Mutex(State(job: job))
    }

    var hasFreeIndex: Bool { next.load(ordering: .relaxed) < count }
    var failure: (any Error)? { state.withLock { $0.error } }
    func releaseJob() { state.withLock { $0.job = nil } }

    /// Takes indexes until none is left. Not inlined, so that its reference to the job has gone when it returns.
    @inline(never) func work() {
        guard let job = state.withLock({ $0.job }) else { return }
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            do {
                try job(index)
            } catch {
                next.store(count, ordering: .relaxed)
                state.withLock {
                    guard index < $0.failedIndex else { return }
                    $0.failedIndex = index
                    $0.error = error
                }
            }
        }
    }
}

/// The threads' meeting point.
private final class Crew: Sendable {
    private struct Entry {
        let run: Run
        var workers = 0
    }

    private struct State {
        var entries: [Entry] = []
        var isDismissed = false
    }

    private let monitor = Monitor()
    private let state = Mutex(State())

    func perform(_ run: Run) {
        monitor.locked {
            state.withLock { $0.entries.append(Entry(run: run)) }
            monitor.wakeAll()
        }
        run.work()
        monitor.locked {
            while state.withLock({ $0.entries.contains { $0.run === run && $0.workers > 0 } }) { monitor.wait() }
            state.withLock { $0.entries.removeAll { $0.run === run } }
        }
        run.releaseJob()
    }

    func workUntilDismissed() {
        while let run = join() {
            run.work()
            leave(run)
        }
    }

    /// Waits for a run with free indexes; nil when dismissed.
    private func join() -> Run? {
        monitor.locked {
            while true {
                let (run, isDismissed) = state.withLock { state -> (Run?, Bool) in
                    guard let index = state.entries.firstIndex(where: { $0.run.hasFreeIndex }) else {
                        return (nil, state.isDismissed)
                    }
                    state.entries[index].workers += 1
                    return (state.entries[index].run, false)
                }
                if run != nil || isDismissed { return run }
                monitor.wait()
            }
        }
    }

    private func leave(_ run: Run) {
        monitor.locked {
            state.withLock { state in
                guard let index = state.entries.firstIndex(where: { $0.run === run }) else { return }
                state.entries[index].workers -= 1
            }
            monitor.wakeAll()
        }
    }

    func dismiss() {
        monitor.locked {
            state.withLock { $0.isDismissed = true }
            monitor.wakeAll()
        }
    }
}
