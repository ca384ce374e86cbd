import Domain
import Hashing

/// How a question came out, as far as is known.
enum QuestionVerdict: UInt8, Sendable {
    case none, good, failed
}

/// A question or an answer, as far as judging needs it.
struct TrackedMessage: Hashable, Sendable {
    var order: EventOrder
    var isQuestion: Bool
    var turn: Int64?
    var trace: Hash128?
    /// Of answers: whether it is an error.
    var isError = false
    /// Of questions: the label set in the table of questions.
    var set = 0
    /// Of questions: an answer is in time up to this event time.
    var goodUntil: Int64 = 0
    /// Of questions: once time has passed it without an answer, the question has failed.
    var deadline: Int64 = 0
    /// Of questions: what was counted.
    var counted = QuestionVerdict.none
    /// Of questions: whether its answer or its deadline is still to come.
    var isWaiting = true
}

/// A verdict that is another one now.
struct VerdictChange: Hashable, Sendable {
    var set: Int
    var from: QuestionVerdict
    var to: QuestionVerdict
}

/// The questions and answers of one conversation. Verdicts follow from what is here alone, so the order in which it
/// came does not show, and they follow by the rule by which the read model finds the answer of a turn.
struct TrackedConversation: Hashable, Sendable {
    /// Questions that may wait: a client that asks without end waits on its own account.
    static let waitingMax = 16
    /// Messages remembered.
    static let messagesMax = 64

    /// Ascending.
    private(set) var messages: [TrackedMessage]
    /// What lies up to this place was judged and is forgotten, besides what is remembered; nil while nothing is.
    private(set) var forgotten: EventOrder?
    /// Questions without a number among what is forgotten.
    private(set) var forgottenQuestions: Int64

    init(messages: [TrackedMessage] = [], forgotten: EventOrder? = nil, forgottenQuestions: Int64 = 0) {
        (self.messages, self.forgotten, self.forgottenQuestions) = (messages, forgotten, forgottenQuestions)
    }

    var hasQuestion: Bool { messages.contains(where: \.isQuestion) }

    /// Number of questions that wait.
    var waitingCount: Int { messages.count { $0.isQuestion && $0.isWaiting } }

    /// The first time at which a waiting question fails; nil while none waits.
    var deadline: Int64? {
        var first: Int64?
        for message in messages where message.isQuestion && message.isWaiting {
            first = min(first ?? .max, message.deadline)
        }
        return first
    }

    /// False where there is no room, or no place in what is remembered: the message is not followed.
    mutating func add(_ message: TrackedMessage) -> Bool {
        if let forgotten, message.order <= forgotten, message.isQuestion || !mayDecide(message) { return false }
        if message.isQuestion, waitingCount >= Self.waitingMax { return false }
        messages.insert(message, at: messages.lastIndex { $0.order < message.order }.map { $0 + 1 } ?? 0)
        return true
    }

    /// Whether an answer from among what is forgotten may be the one of a question that is not: one of its turn or
    /// trace, whose answer so far is remembered as well, or one that waits and finds its answer by order.
    private func mayDecide(_ answer: TrackedMessage) -> Bool {
        messages.contains { question in
            guard question.isQuestion else { return false }
            let isOne =
                answer.turn != nil && question.turn == answer.turn
                || answer.trace != nil && question.trace == answer.trace
            return isOne || question.isWaiting && (answer.turn == nil || question.turn == nil)
        }
    }

    /// Takes a message out; nil where it is not known.
    mutating func remove(_ order: EventOrder, isQuestion: Bool) -> TrackedMessage? {
        messages.firstIndex { $0.order == order && $0.isQuestion == isQuestion }.map { messages.remove(at: $0) }
    }

    /// Forgets the earliest messages; what was counted of them stands. Questions that wait stay.
    private mutating func forgetEarliest() {
        while messages.count > Self.messagesMax {
            guard let place = messages.firstIndex(where: { !$0.isQuestion || !$0.isWaiting }) else { return }
            forget(place)
        }
    }

    /// Forgets a message with all that, left alone, would be taken for something else: a repeat for the question that
    /// it repeats, a judged question for one that nobody answered, an answer for that of a later question of its trace.
    private mutating func forget(_ place: Int) {
        let message = remove(place)
        if let turn = message.turn {
            while let other = messages.firstIndex(where: { $0.isQuestion && !$0.isWaiting && $0.turn == turn }) {
                forget(other)
            }
        }
        guard let trace = message.trace else { return }
        let next = messages.firstIndex { $0.isQuestion && $0.trace == trace }
        if message.isQuestion {
            for answer in (0..<(next ?? messages.count)).reversed()
            where !messages[answer].isQuestion && messages[answer].trace == trace {
                _ = remove(answer)
            }
        } else if let next, !messages[next].isWaiting, message.turn == nil || messages[next].turn == nil {
            forget(next)
        }
    }

    private mutating func remove(_ place: Int) -> TrackedMessage {
        let message = messages.remove(at: place)
        forgotten = max(forgotten ?? message.order, message.order)
        if message.isQuestion, message.turn == nil { forgottenQuestions += 1 }
        return message
    }

    // MARK: Judging

    /// Judges and takes the verdicts over, then forgets the earliest messages where there are too many.
    /// - Parameters:
    ///   - reached: time that was noted as reached.
    ///   - changed: the message that alone is new, so that only its turn is looked at where all say their turn.
    mutating func judge(reached: Int64, changed: TrackedMessage? = nil) -> [VerdictChange] {
        defer { forgetEarliest() }
        if let number = changed?.turn, messages.allSatisfy({ $0.turn != nil }) { return judge(turn: number, reached) }
        var matching = TurnMatching()
        let traces = messages.map(\.trace)
        matching.match(messages.map(\.foldEvent), questionsBefore: forgottenQuestions) { traces[$0] }
        assert(matching.turnOf.count == messages.count, "each message was given a turn or none")
        var answers = [Int](repeating: -2, count: messages.count)
        for turn in matching.turns where turn.question >= 0 { answers[turn.question] = turn.answer }
        var changes: [VerdictChange] = []
        for index in messages.indices where messages[index].isQuestion {
            judge(
                index, isAsked: answers[index] > -2, answers[index] < 0 ? nil : messages[answers[index]], reached,
                &changes)
        }
        return changes
    }

    /// One numbered turn, where all are: its first question and its first answer.
    private mutating func judge(turn: Int64, _ reached: Int64) -> [VerdictChange] {
        let answer = messages.first { !$0.isQuestion && $0.turn == turn }
        var changes: [VerdictChange] = []
        var isFirst = true
        for index in messages.indices where messages[index].isQuestion && messages[index].turn == turn {
            judge(index, isAsked: isFirst, answer, reached, &changes)
            isFirst = false
        }
        return changes
    }

    /// A question that repeats another one is not judged.
    private mutating func judge(
        _ index: Int, isAsked: Bool, _ answer: TrackedMessage?, _ reached: Int64, _ changes: inout [VerdictChange]
    ) {
        let question = messages[index]
        let verdict: QuestionVerdict =
            if !isAsked { .none } else if let answer {
                !answer.isError && answer.order.time <= question.goodUntil ? .good : .failed
            } else { question.deadline < reached ? .failed : .none }
        messages[index].isWaiting = isAsked && verdict == .none
        guard verdict != question.counted else { return }
        changes.append(VerdictChange(set: question.set, from: question.counted, to: verdict))
        messages[index].counted = verdict
    }
}

extension TrackedMessage {
    fileprivate var foldEvent: FoldEvent {
        var event = FoldEvent()
        event.meaning = isQuestion ? .question : .answer
        event.time = order.time
        event.turn = turn
        event.trace = trace.map { _ in 0..<0 }
        return event
    }
}
