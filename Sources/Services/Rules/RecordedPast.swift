import PromQLEvaluation
import PromQLText
import Synchronization

/// What recording rules said of times that are past, for the cycles and the panels that come after: they look at each
/// hour of a month again and again. An answer holds as long as the marks of all that it looks at are the same, which
/// they are no longer when something comes late.
///
/// It lives as long as the rules do. A server sets its room aside for as long, beside what questions share, of which
/// nothing is taken while nobody asks; what a replay holds is booked with the replay, and given back at its end.
final class RecordedPast: Sendable {
    private struct Entry {
        let marks: [SeriesMark]
        let answer: RecordedAnswers.Answer
        let bytes: Int
    }

    private struct State {
        var known: [RecordedAnswers.Key: Entry] = [:]
        var bytes = 0
    }

    private let bytesMax: Int
    private let budget: any QuestionBudget
    private let state = Mutex(State())

    /// - Parameters:
    ///   - bytesMax: what it may hold.
    ///   - budget: bounds that as well.
    init(bytesMax: Int, within budget: any QuestionBudget) { (self.bytesMax, self.budget) = (bytesMax, budget) }

    deinit { budget.giveBack(bytes: state.withLock { $0.bytes }) }

    /// nil where it is not known, or no longer.
    func answer(_ key: RecordedAnswers.Key, _ marks: [SeriesMark]) -> RecordedAnswers.Answer? {
        state.withLock { state in state.known[key].flatMap { $0.marks == marks ? $0.answer : nil } }
    }

    /// Keeps an answer; where there is no room for it, all others go.
    func keep(_ answer: RecordedAnswers.Answer, as key: RecordedAnswers.Key, _ marks: [SeriesMark]) {
        let bytes = answer.bytes + marks.reduce(0) { $0 + $1.heldBytes }
        guard bytes <= bytesMax else { return }
        state.withLock { state in
            let before = state.bytes
            state.bytes -= state.known.removeValue(forKey: key)?.bytes ?? 0
            if state.bytes + bytes > bytesMax { state = State() }
            budget.giveBack(bytes: before - state.bytes)
            // Without room it is evaluated again.
            guard (try? budget.take(bytes: bytes)) != nil else { return }
            state.known[key] = Entry(marks: marks, answer: answer, bytes: bytes)
            state.bytes += bytes
        }
    }
}
