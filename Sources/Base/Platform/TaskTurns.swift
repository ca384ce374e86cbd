/// Has tasks run where somebody else runs what he is given, one turn after the other: from one point at which a task
/// waits to the next.
package final class TaskTurns: TaskExecutor {
    private let run: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameter run: runs a turn soon, and returns at once.
    package init(_ run: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) { self.run = run }

    /// See `TaskExecutor`.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        run { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
