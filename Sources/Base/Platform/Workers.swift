internal import Synchronization

/// Runs pure jobs on every core. The caller waits, takes part, and applies the results in order: where work runs never
/// shows in a result.
package protocol Workers: AnyObject, Sendable {
    /// How many jobs may run at one time, the caller's thread included.
    var parallelism: Int { get }

    /// Calls `job` once for each index of `0..<count` and returns when all are done. Indexes are handed out in
    /// ascending order. When jobs throw, those already begun are finished, the rest is left out, and the error of the
    /// lowest index is thrown.
    func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws

    /// The same for jobs that are in no hurry, but for the first of them, which may itself run jobs: whoever is free
    /// does jobs of any other call before one of these. So what the first job does alone leaves nobody idle.
    /// - Parameter fillsWaiting: whether whoever waits in the midst of a job for the end of those it runs may do one of
    ///   these meanwhile: not where they may themselves wait for long, as for what comes over a pipe.
    /// - Precondition: jobs behind the first want no lock that is held by one that runs jobs, and run none themselves.
    func runGivingWay(count: Int, fillsWaiting: Bool, _ job: @Sendable (Int) throws -> Void) throws
}

extension Workers {
    /// As ``run(count:_:)``: where nothing is shared out, there is nothing to give way to.
    package func runGivingWay(count: Int, fillsWaiting: Bool, _ job: @Sendable (Int) throws -> Void) throws {
        try run(count: count, job)
    }

    /// The results of `job` in the order of their indexes.
    package func map<Result: Sendable>(count: Int, _ job: @Sendable (Int) throws -> Result) throws -> [Result] {
        let slots = Mutex([Result?](repeating: nil, count: count))
        try run(count: count) { index in
            let result = try job(index)
            slots.withLock { $0[index] = result }
        }
        return slots.withLock { $0.compactMap { $0 } }
    }
}

/// Everything on the caller's thread, in order: for simulations and for single-core machines.
package final class InlineWorkers: Workers {
    package init() {}

    package var parallelism: Int { 1 }

    package func run(count: Int, _ job: @Sendable (Int) throws -> Void) throws {
        for index in 0..<count { try job(index) }
    }
}
