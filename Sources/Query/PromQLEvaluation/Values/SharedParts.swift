import PromQLText
import Synchronization

/// What parts of expressions said over one state of things, so that a part which stands in several questions, or again
/// and again in one, is computed once: aggregations, which read much and say little. A part is kept where it had
/// nothing to remark, since remarks point to where it stands.
///
/// Whoever asks several questions with one of these asks all of them over the same series. What it holds is booked, and
/// given back when it goes.
package final class SharedParts: Sendable {
    /// All that decides what a part says.
    struct Key: Hashable, Sendable {
        let part: Aggregation
        let timeline: Timeline
        let times: PromQLQuestion.Times
        let lookback, defaultStep: Int64
        let delaysNameRemoval: Bool
    }

    /// Of one part, and of all.
    private enum Bounds {
        static let part = 1 << 20
        static let all = 8 << 20
    }

    private struct State {
        var known: [Key: [StepSeries]] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    private let budget: any QuestionBudget

    /// - Parameter budget: bounds what is held.
    package init(within budget: any QuestionBudget) { self.budget = budget }

    deinit { budget.giveBack(bytes: state.withLock { $0.bytes }) }

    func series(_ key: Key) -> [StepSeries]? { state.withLock { $0.known[key] } }

    /// Keeps what a part said where there is room for it.
    func keep(_ matrix: StepMatrix, as key: Key) {
        let bytes = matrix.holding.bytes + 512
        guard bytes <= Bounds.part else { return }
        state.withLock { state in
            guard state.known[key] == nil, state.bytes + bytes <= Bounds.all else { return }
            // Without room it is computed again.
            guard (try? budget.take(bytes: bytes)) != nil else { return }
            state.known[key] = matrix.series
            state.bytes += bytes
        }
    }
}

extension Expression {
    /// Aggregations that stand in it more than once.
    /// - Complexity: O(tree), and for each aggregation what stands in it, which is hashed with it.
    var repeatedAggregations: Set<Aggregation> {
        var (seen, repeated): (Set<Aggregation>, Set<Aggregation>) = ([], [])
        visit { part in
            if case .aggregation(let node) = part, !seen.insert(node).inserted { repeated.insert(node) }
        }
        return repeated
    }
}
