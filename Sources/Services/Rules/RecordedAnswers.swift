import PromQLEvaluation
import PromQLText
import Synchronization

/// What rules said over one state of things, each at the times at which it was asked, so that none is evaluated twice
/// for the same times: rules name each other, and many ask for one.
///
/// It lives as long as that state of things is asked, for a question or a cycle of evaluations, and is never carried to
/// another one: so nothing in it can be of before. What it holds is booked, and given back when it goes.
final class RecordedAnswers: Sendable {
    /// A rule's place in the set, and when it was evaluated.
    struct Key: Hashable {
        let rule: Int
        let times: PromQLQuestion.Times
    }

    /// What a rule said.
    struct Answer {
        /// With the rule's name and labels.
        let series: [Series]
        /// Whether two series came to the same labels, by which an evaluation fails; then there is none.
        let isAmbiguous: Bool

        fileprivate var bytes: Int { RecordedAnswers.bytes(of: series) }
    }

    /// What it takes to hold series.
    static func bytes(of series: [Series]) -> Int { series.reduce(128) { $0 + $1.heldBytes } }

    private static let bytesMax = 16 << 20

    private struct State {
        var known: [Key: Answer] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())
    private let budget: any QuestionBudget

    /// What parts of rules said: several ask for quantiles of the same buckets.
    let parts: SharedParts

    init(within budget: any QuestionBudget) { (self.budget, parts) = (budget, SharedParts(within: budget)) }

    deinit { budget.giveBack(bytes: state.withLock { $0.bytes }) }

    /// nil where it is not known.
    func answer(_ key: Key) -> Answer? { state.withLock { $0.known[key] } }

    /// Keeps an answer where there is room for it.
    func keep(_ answer: Answer, as key: Key) {
        let bytes = answer.bytes
        state.withLock { state in
            guard state.known[key] == nil, state.bytes + bytes <= Self.bytesMax else { return }
            // Without room it is evaluated again.
            guard (try? budget.take(bytes: bytes)) != nil else { return }
            state.known[key] = answer
            state.bytes += bytes
        }
    }
}
