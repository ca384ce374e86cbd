package import Platform
internal import Synchronization

/// Histories of stores on a simulated volume, drawn from seeds: each seed is one, and comes out the same each time.
package enum Simulation {
    /// A history that ended badly.
    package struct Failure: Sendable {
        /// What it was drawn from.
        package var seed: UInt64
        /// What the store did that it must not.
        package var violation: Violation
    }

    /// Lets one history happen.
    /// - Returns: what happened, and how it ended badly; nil: it did not.
    package static func run(seed: UInt64) -> (report: SimulationReport, violation: Violation?) {
        var run = SimulationRun(HistoryGenerator.history(seed: seed))
        let violation = run.go()
        return (run.report, violation)
    }

    /// Lets many happen, on all cores; after the first that ends badly no other begins.
    /// - Parameter progress: is told now and then how many are done.
    /// - Returns: what happened in all that were done, and those that ended badly, ascending.
    package static func run(
        seeds: Range<UInt64>, workers: any Workers, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> (report: SimulationReport, failures: [Failure]) {
        let state = Mutex<(done: Int, report: SimulationReport, failures: [Failure])>((0, SimulationReport(), []))
        // Nothing in a job throws.
        try? workers.run(count: seeds.count) { index in
            guard state.withLock({ $0.failures.isEmpty }) else { return }
            let seed = seeds.lowerBound + UInt64(index)
            let (report, violation) = run(seed: seed)
            let done = state.withLock { state in
                state.done += 1
                state.report.add(report)
                if let violation { state.failures.append(Failure(seed: seed, violation: violation)) }
                return state.done
            }
            if done.isMultiple(of: progressStep) { progress(done) }
        }
        return state.withLock { ($0.report, $0.failures.sorted { $0.seed < $1.seed }) }
    }

    private static let progressStep = 1_000

    /// What happens in the history of a seed, in words, as far as its end needs it.
    /// - Complexity: some hundred runs.
    package static func shortestFailure(seed: UInt64) -> (lines: [String], violation: Violation?) {
        let drawn = HistoryGenerator.history(seed: seed)
        var whole = SimulationRun(drawn)
        guard let invariant = whole.go()?.invariant else { return (drawn.lines, nil) }
        let shortest = drawn.shrunk(keeping: invariant)
        var run = SimulationRun(shortest)
        let violation = run.go()
        return (shortest.lines, violation)
    }
}
