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
        try run(count: count, .now, job)
    }

    /// Takes its jobs one by one; in between whoever takes part looks for others.
    package func runGivingWay(count: Int, fillsWaiting: Bool, _ job: @Sendable (Int) throws -> Void) throws {
        try run(count: count, fillsWaiting ? .givesWayAndFillsWaiting : .givesWay, job)
    }

    private func run(count: Int, _ urgency: Urgency, _ job: @Sendable (Int) throws -> Void) throws {
        guard count > 1, parallelism > 1 else {
            for index in 0..<max(0, count) { try job(index) }
            return
        }
        try withoutActuallyEscaping(job) { job in
            let run = Run(count: count, urgency, job: job)
            crew.perform(run)
            if let failure = run.failure { throw failure }
        }
    }
}

/// When the jobs of a run are done, where others are there.
private enum Urgency { case now, givesWay, givesWayAndFillsWaiting }

/// One call of `run`. The job is let go before the call returns: workers touch it only between ``Crew``'s join and
/// leave.
private final class Run: Sendable {
    private struct State {
        var job: (@Sendable (Int) throws -> Void)?
        var failedIndex = Int.max
        var error: (any Error)?
    }

    let count: Int
    private let urgency: Urgency
    private let next = Atomic<Int>(0)
    private let state: Mutex<State>

    init(count: Int, _ urgency: Urgency, job: @escaping @Sendable (Int) throws -> Void) {
        (self.count, self.urgency) = (count, urgency)
        state = Mutex(State(job: job))
    }

    var hasFreeIndex: Bool { next.load(ordering: .relaxed) < count }
    /// Its jobs are taken one by one, so that whoever takes part can look for others in between.
    var givesWay: Bool { urgency != .now }
    /// Whether there is a job for whoever waits: the first one, which may run others, is in somebody's hands by then.
    var hasSpareIndex: Bool {
        urgency == .givesWayAndFillsWaiting && (1..<count).contains(next.load(ordering: .relaxed))
    }
    var failure: (any Error)? { state.withLock { $0.error } }
    func releaseJob() { state.withLock { $0.job = nil } }

    /// Takes indexes until none is left, of a run that gives way one. Not inlined, so that its reference to the job has
    /// gone when it returns.
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
            if givesWay { return }
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

        /// The first of the runs that are wanted, one worker more at it.
        mutating func join(_ isWanted: (Run) -> Bool) -> Run? {
            guard let index = entries.firstIndex(where: { isWanted($0.run) }) else { return nil }
            entries[index].workers += 1
            return entries[index].run
        }

        /// A run that others wait for goes before those that give way.
        mutating func join() -> Run? {
            if let urgent = join({ !$0.givesWay && $0.hasFreeIndex }) { return urgent }
            return join { $0.hasFreeIndex }
        }

        /// What the caller of a run may do until it has ended: the rest of one that gives way, and whatever goes before
        /// it; else what others can spare.
        mutating func join(callerOf run: Run) -> Run? {
            guard run.givesWay else { return join { $0.hasSpareIndex } }
            if let urgent = join({ !$0.givesWay && $0.hasFreeIndex }) { return urgent }
            return join { $0 === run && $0.hasFreeIndex }
        }

        /// Takes a run out once nobody works at it; false before.
        mutating func end(_ run: Run) -> Bool {
            guard let index = entries.firstIndex(where: { $0.run === run }) else { return true }
            guard entries[index].workers == 0, !run.hasFreeIndex else { return false }
            entries.remove(at: index)
            return true
        }
    }

    private let monitor = Monitor()
    private let state = Mutex(State())

    func perform(_ run: Run) {
        monitor.locked {
            state.withLock { $0.entries.append(Entry(run: run)) }
            monitor.wakeAll()
        }
        run.work()
        while let other = join(callerOf: run) {
            other.work()
            leave(other)
        }
        run.releaseJob()
    }

    /// What the caller of a run is to do next; nil once the run has ended.
    private func join(callerOf run: Run) -> Run? {
        monitor.locked {
            while true {
                let (next, hasEnded) = state.withLock { state -> (Run?, Bool) in
                    if state.end(run) { return (nil, true) }
                    return (state.join(callerOf: run), false)
                }
                if next != nil || hasEnded { return next }
                monitor.wait()
            }
        }
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
                    let run = state.join()
                    return (run, run == nil && state.isDismissed)
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
