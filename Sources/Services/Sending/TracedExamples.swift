import Exporting
import Synchronization

/// Answers with traces, gathered for `/metrics` by those who send traces and by those who settle what came in.
final class TracedExamples: Sendable {
    private let state = Mutex(ExemplarBook())

    func add(_ answer: TracedAnswer) { state.withLock { $0.add(answer) } }

    var book: ExemplarBook { state.withLock { $0 } }
}
