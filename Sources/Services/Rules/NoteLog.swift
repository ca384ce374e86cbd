import PromQLEvaluation
import Synchronization

/// Notes of a past that nobody keeps, for rules that look at how alerts stood. What it holds is booked, and given back
/// when it goes.
final class NoteLog: Sendable {
    /// Some hundred thousand changes.
    private static let bytesMax = 64 << 20

    private struct State {
        var texts: [String] = []
        var bytes = 0
    }

    private let all = Mutex(State())
    private let budget: any QuestionBudget

    init(within budget: any QuestionBudget) { self.budget = budget }

    deinit { budget.giveBack(bytes: all.withLock { $0.bytes }) }

    var texts: [String] { all.withLock { $0.texts } }

    /// - Throws: `EvaluationError.outOfMemory` where there is no room for them.
    func append(_ texts: [String]) throws(EvaluationError) {
        let bytes = texts.reduce(0) { $0 + 48 + $1.utf8.count }
        if bytes == 0 { return }
        // Less than questions may have: there would be none who is told any more.
        guard all.withLock({ $0.bytes }) <= Self.bytesMax - bytes else { throw .outOfMemory }
        try budget.take(bytes: bytes)
        all.withLock { state in
            state.texts += texts
            state.bytes += bytes
        }
    }
}
