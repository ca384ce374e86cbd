internal import Glibc
internal import Synchronization

/// One thread of its own that runs the jobs. Jobs that wait when the queue goes away are run first.
package final class ThreadSideQueue: SideQueue {
    private let line: Line
    private let thread: pthread_t?

    /// Starts the thread.
    package init() {
        let line = Line()
        self.line = line
        thread = startThread { line.workUntilDismissed() }
    }

    deinit {
        line.dismiss()
        if let thread { pthread_join(thread, nil) }
    }

    /// Hands the job to the thread.
    package func start(_ job: @escaping @Sendable () -> Void) {
        // Without a thread the work is still done, only not beside the caller.
        guard thread != nil else { return job() }
        line.append(job)
    }

    /// Waits on the thread.
    package func waitUntilIdle() { line.waitUntilIdle() }
}

/// The jobs that wait, and whether one is being run.
private final class Line: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isWorking = false
        var isDismissed = false
    }

    private let monitor = Monitor()
    private let state = Mutex(State())

    func append(_ job: @escaping @Sendable () -> Void) {
        monitor.locked {
            state.withLock { $0.jobs.append(job) }
            monitor.wakeAll()
        }
    }

    func waitUntilIdle() {
        monitor.locked {
            while state.withLock({ $0.isWorking || !$0.jobs.isEmpty }) { monitor.wait() }
        }
    }

    func dismiss() {
        monitor.locked {
            state.withLock { $0.isDismissed = true }
            monitor.wakeAll()
        }
    }

    func workUntilDismissed() {
        while let job = next() {
            job()
            monitor.locked {
                state.withLock { $0.isWorking = false }
                monitor.wakeAll()
            }
        }
    }

    private func next() -> (@Sendable () -> Void)? {
        monitor.locked {
            while true {
                let (job, isDismissed) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
                    guard !state.jobs.isEmpty else { return (nil, state.isDismissed) }
                    state.isWorking = true
                    return (state.jobs.removeFirst(), false)
                }
                if job != nil || isDismissed { return job }
                monitor.wait()
            }
        }
    }
}
