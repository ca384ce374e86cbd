internal import Synchronization

/// Runs pure jobs beside the caller, one after the other in the order in which they came: work that nobody waits for,
/// such as sealing.
package protocol BackgroundQueue: AnyObject, Sendable {
    /// Takes a job and returns; an inline queue runs it first.
    func start(_ job: @escaping @Sendable () -> Void)

    /// Returns when every job taken so far was run.
    func waitUntilIdle()

    /// The same, but for no longer than a time; false: some are left.
    func waitUntilIdle(atMost nanoseconds: Int64) -> Bool

    /// For the end of a process that cannot wait: nobody waits for the jobs taken so far any more, also not when the
    /// queue goes away. One that has begun goes on for as long as the process does, others are not begun.
    func abandon()
}

extension BackgroundQueue {
    /// Nothing: whoever holds jobs does not wait for them.
    package func abandon() {}

    /// Whoever runs the jobs as the caller waits for none.
    package func waitUntilIdle(atMost nanoseconds: Int64) -> Bool {
        waitUntilIdle()
        return true
    }
}

/// Runs every job on the caller's thread before `start` returns: for commands that do one thing.
package final class InlineBackgroundQueue: BackgroundQueue {
    /// A queue without a thread.
    package init() {}
    /// Runs the job.
    package func start(_ job: @escaping @Sendable () -> Void) { job() }
    /// Nothing waits here.
    package func waitUntilIdle() {}
}

// tests: simulations replay the machine from a seed.
/// Keeps jobs until somebody runs or awaits them: a simulation decides when, so that a seed replays every order of
/// events.
package final class HeldBackgroundQueue: BackgroundQueue {
    private let jobs = Mutex<[@Sendable () -> Void]>([])

    /// An empty queue.
    package init() {}

    /// Jobs that were not run yet.
    package var heldCount: Int { jobs.withLock { $0.count } }

    /// Keeps the job.
    package func start(_ job: @escaping @Sendable () -> Void) { jobs.withLock { $0.append(job) } }

    /// Runs all jobs.
    package func waitUntilIdle() { while runNext() {} }

    /// Runs the oldest job; false when there is none.
    @discardableResult
    package func runNext() -> Bool {
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return false }
        job()
        return true
    }
}
