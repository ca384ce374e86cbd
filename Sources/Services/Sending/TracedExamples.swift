package import Exporting
import Synchronization

/// Answers with traces, gathered for metrics by those who send traces and by those who settle what came in.
package final class ExemplarCollector: Sendable {
    private let state = Mutex(ExemplarReservoir())

    /// None so far.
    package init() {}

    /// Takes an answer over.
    package func add(_ answer: TracedAnswer) { state.withLock { $0.add(answer) } }

    /// What was gathered so far.
    package var book: ExemplarReservoir { state.withLock { $0 } }
}
