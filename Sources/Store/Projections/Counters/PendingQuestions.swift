import Domain
import Hashing

/// A question that waits for its answer.
struct PendingQuestion: Hashable, Sendable {
    /// Event time of the question.
    var askedTime: Int64
    /// Once time has passed it, the question has failed.
    var deadline: Int64
    /// Its label set in the table of questions.
    var set: Int
}

/// The questions that wait, by a hash of tenant, conversation and turn.
///
/// What a step changed can be taken back: the changes since ``beginStep()`` are remembered, since copying all that wait would cost more.
struct PendingQuestions: Sendable {
    /// Beyond it a question is not followed, only counted as such: what a flood of questions costs in memory stays bounded.
    static let countMax = 1 << 18
    /// As many of one turn, or of one conversation whose turns are not numbered: a client that asks without end waits on its own account.
    static let countPerTurnMax = 16

    private var waiting: [Hash128: [PendingQuestion]] = [:]
    private(set) var count = 0
    /// No deadline is before it.
    private var earliest = Int64.max
    private var undo: [(key: Hash128, before: [PendingQuestion]?)] = []

    mutating func beginStep() { undo.removeAll(keepingCapacity: undo.count <= 4096) }

    mutating func rollBack() {
        for (key, before) in undo.reversed() {
            count += (before?.count ?? 0) - (waiting[key]?.count ?? 0)
            waiting[key] = before
        }
        undo.removeAll()
        earliest = waiting.isEmpty ? .max : .min
    }

    /// False where there is no room.
    mutating func add(_ question: PendingQuestion, key: Hash128) -> Bool {
        guard count < Self.countMax else { return false }
        let before = waiting[key]
        guard before?.count ?? 0 < Self.countPerTurnMax else { return false }
        undo.append((key, before))
        waiting[key] = (before ?? []) + [question]
        count += 1
        earliest = min(earliest, question.deadline)
        return true
    }

    /// Takes out the questions that an answer answers: all of its turn; where turns are not numbered, those asked up to its time.
    mutating func answer(_ key: Hash128, time: Int64, hasTurn: Bool) -> [PendingQuestion] {
        guard let before = waiting[key] else { return [] }
        let answered = hasTurn ? before : before.filter { $0.askedTime <= time }
        guard !answered.isEmpty else { return [] }
        undo.append((key, before))
        let rest = hasTurn ? [] : before.filter { $0.askedTime > time }
        waiting[key] = rest.isEmpty ? nil : rest
        count -= answered.count
        return answered
    }

    /// Takes out those whose deadline lies before `time`. The order of the result means nothing.
    mutating func expire(before time: Int64) -> [PendingQuestion] {
        guard earliest < time else { return [] }
        var expired: [PendingQuestion] = []
        // order: each key is on its own, and what comes out is counted.
        for (key, before) in waiting where before.contains(where: { $0.deadline < time }) {
            undo.append((key, before))
            expired += before.filter { $0.deadline < time }
            let rest = before.filter { $0.deadline >= time }
            waiting[key] = rest.isEmpty ? nil : rest
        }
        count -= expired.count
        earliest = nextDeadline ?? .max
        return expired
    }

    /// The first deadline of all.
    /// - Complexity: O(waiting questions).
    var nextDeadline: Int64? { waiting.values.lazy.flatMap { $0 }.map(\.deadline).min() }

    /// Whether a deadline lies before `time`.
    mutating func isAnyExpired(before time: Int64) -> Bool {
        guard earliest < time else { return false }
        earliest = nextDeadline ?? .max
        return earliest < time
    }

    /// All, by deadline, question time and key.
    var sorted: [(key: Hash128, question: PendingQuestion)] {
        waiting.flatMap { key, questions in questions.map { (key: key, question: $0) } }.sorted {
            ($0.question.deadline, $0.question.askedTime, $0.key) < ($1.question.deadline, $1.question.askedTime, $1.key)
        }
    }
}
