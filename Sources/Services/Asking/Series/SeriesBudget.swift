package import Plans
package import PromQLEvaluation
import Synchronization

/// The bounds of a question in SQL for one in PromQL: its memory, of which others have a part, its time, and who may
/// end it. What was taken is given back with it.
package final class SeriesBudget: QuestionBudget {
    private let options: QueryOptions
    private let taken = Atomic<Int>(0)

    /// - Parameter options: their clock runs.
    package init(_ options: QueryOptions) { self.options = options }

    deinit { options.memoryPool?.give(taken.load(ordering: .relaxed)) }

    /// See `QuestionBudget`.
    package func take(bytes: Int) throws(EvaluationError) {
        let (sum, overflows) = taken.load(ordering: .relaxed).addingReportingOverflow(bytes)
        guard !overflows, sum <= options.memoryBudgetBytes, options.memoryPool?.take(bytes) ?? true else {
            throw .outOfMemory
        }
        taken.wrappingAdd(bytes, ordering: .relaxed)
    }

    /// See `QuestionBudget`.
    package func giveBack(bytes: Int) {
        taken.wrappingSubtract(bytes, ordering: .relaxed)
        options.memoryPool?.give(bytes)
    }

    /// See `QuestionBudget`.
    package func lookAtClock() throws(EvaluationError) {
        do throws(QueryError) {
            try options.check()
        } catch {
            throw error.kind == .cancelled ? .cancelled : .timedOut
        }
    }
}
