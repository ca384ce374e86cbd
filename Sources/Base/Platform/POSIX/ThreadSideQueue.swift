internal import Glibc
internal import Synchronization

/// One thread of its own that runs the jobs. Jobs that wait when the queue goes away are run first.
package final class ThreadBackgroundQueue: BackgroundQueue {
    private let queue: JobQueue
    private let openJobs = OpenJobs()
    private let thread: pthread_t?

    /// Starts the thread.
    package init() {
        let queue = JobQueue()
        self.queue = queue
        thread = startThread { queue.workUntilStopped() }
    }

    deinit {
        queue.stop(nil)
        if let thread { pthread_join(thread, nil) }
    }

    /// Hands the job to the thread.
    package func start(_ job: @escaping @Sendable () -> Void) {
        // Without a thread the work is still done, only not beside the caller.
        guard thread != nil else { return job() }
        openJobs.begin()
        _ = queue.append { [openJobs] in
            job()
            openJobs.end()
        }
    }

    /// Waits on the thread.
    package func waitUntilIdle() { openJobs.waitUntilNone() }
}

/// How many jobs were taken and have not ended.
private final class OpenJobs: Sendable {
    private let monitor = Monitor()
    private let count = Mutex(0)

    func begin() { monitor.locked { count.withLock { $0 += 1 } } }

    func end() {
        monitor.locked {
            count.withLock { $0 -= 1 }
            monitor.wakeAll()
        }
    }

    func waitUntilNone() {
        monitor.locked {
            while count.withLock({ $0 > 0 }) { monitor.wait() }
        }
    }
}
