internal import Synchronization

/// Others that share the work of a kernel that takes long: it knows no threads.
package struct KernelHelpers: Sendable {
    /// Calls the job once for each number below `count`, on any threads, and returns when all are done.
    package typealias Share = @Sendable (_ count: Int, _ job: @Sendable (Int) -> Void) -> Void

    private let share: Share

    /// Work is shared by `share`.
    package init(_ share: @escaping Share) { self.share = share }

    /// The results of a job, by its numbers.
    func map<Result: Sendable>(count: Int, _ job: @Sendable (Int) -> Result) -> [Result] {
        let slots = Mutex([Result?](repeating: nil, count: count))
        share(count) { index in
            let result = job(index)
            slots.withLock { $0[index] = result }
        }
        return slots.withLock { $0.compactMap { $0 } }
    }
}
