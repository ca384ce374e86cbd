internal import Bytes
internal import Glibc
internal import Synchronization

/// One thread of its own that runs the jobs. Jobs that wait when the queue goes away are run first, unless they were
/// abandoned.
package final class ThreadBackgroundQueue: BackgroundQueue {
    private let queue: JobQueue
    private let openJobs = OpenJobs()
    private let thread: pthread_t?

    /// Starts the thread.
    /// - Parameter yieldsToOthers: where processors are scarce it gets about a third of what others get.
    package init(yieldsToOthers: Bool = false) {
        let queue = JobQueue()
        self.queue = queue
        thread = startThread(yieldsToOthers: yieldsToOthers) { queue.workUntilStopped() }
    }

    deinit {
        queue.stop(nil)
        guard let thread else { return }
        if openJobs.areAbandoned {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    /// Hands the job to the thread.
    package func start(_ job: @escaping @Sendable () -> Void) {
        // Without a thread the work is still done, only not beside the caller.
        guard thread != nil else { return job() }
        openJobs.begin()
        _ = queue.append { [openJobs] in
            if !openJobs.areAbandoned { job() }
            openJobs.end()
        }
    }

    /// Waits on the thread.
    package func waitUntilIdle() { openJobs.waitUntilNone() }
    /// Waits on the thread.
    package func waitUntilIdle(atMost nanoseconds: Int64) -> Bool { openJobs.waitUntilNone(atMost: nanoseconds) }
    /// Leaves the thread to the process.
    package func abandon() { openJobs.abandon() }
}

/// How many jobs were taken and have not ended.
private final class OpenJobs: Sendable {
    private let monitor = Monitor()
    private let count = Mutex(0)
    private let isAbandoned = Atomic<Bool>(false)

    /// Whether nobody waits for them any more.
    var areAbandoned: Bool { isAbandoned.load(ordering: .relaxed) }

    func abandon() { isAbandoned.store(true, ordering: .relaxed) }

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

    /// - Returns: whether there is none.
    func waitUntilNone(atMost nanoseconds: Int64) -> Bool {
        // A monitor waits for less than a second at a time.
        let stretch: Int64 = 100_000_000
        return monitor.locked {
            let clock = SystemClock()
            let end = clock.monotonicNanoseconds().saturatingAdd(nanoseconds)
            while count.withLock({ $0 > 0 }) {
                let left = end.saturatingSubtract(clock.monotonicNanoseconds())
                guard left > 0 else { return false }
                monitor.wait(nanoseconds: Int(min(left, stretch)))
            }
            return true
        }
    }
}
