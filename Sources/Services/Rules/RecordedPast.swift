import PromQLText
import Synchronization

/// What recording rules said of times that are past, for the cycles that come after: rules over a month look at each of
/// its hours again and again. An answer holds as long as the marks of all that it looks at are the same, which they are
/// no longer when something comes late.
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

    private static let bytesMax = 4 << 20
    private let state = Mutex(State())

    /// nil where it is not known, or no longer.
    func answer(_ key: RecordedAnswers.Key, _ marks: [SeriesMark]) -> RecordedAnswers.Answer? {
        state.withLock { state in state.known[key].flatMap { $0.marks == marks ? $0.answer : nil } }
    }

    /// Keeps an answer; where there is no room for it, all others go.
    func keep(_ answer: RecordedAnswers.Answer, as key: RecordedAnswers.Key, _ marks: [SeriesMark]) {
        let bytes = RecordedAnswers.bytes(of: answer.series)
        guard bytes <= Self.bytesMax else { return }
        state.withLock { state in
            state.bytes -= state.known.removeValue(forKey: key)?.bytes ?? 0
            if state.bytes + bytes > Self.bytesMax { state = State() }
            state.known[key] = Entry(marks: marks, answer: answer, bytes: bytes)
            state.bytes += bytes
        }
    }
}
