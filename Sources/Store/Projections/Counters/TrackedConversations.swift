import Bytes
import Domain
import Hashing

/// Questions and answers that are remembered, by a hash of tenant and conversation: those that wait, and for a day or
/// as long as there is room those that are judged, since what comes late may show them in another light.
///
/// Two generations: what is touched goes to the younger one, and when that is full or a day old, the elder one is
/// forgotten. What a step changed can be taken back: the changes since ``beginStep()`` are remembered, since copying
/// all would cost more.
struct TrackedConversations: Sendable {
    typealias Generation = [Hash128: TrackedConversation]

    /// Beyond it a question is not followed, only counted as such: what a flood of questions costs in memory stays
    /// bounded.
    static let waitingMax = 1 << 18
    /// Messages of a generation, besides those of conversations that wait.
    static let generationMessagesMax = 1 << 17
    /// How long a generation lasts, by received time.
    static let generationNanoseconds = Nanoseconds.day

    /// Answers of one conversation that came too late to be counted, before their question.
    static let lateAnswersMax = 16

    private var young: Generation = [:]
    private var old: Generation = [:]
    /// Answers that came too late to be counted, before their question. They have room of their own, so that an import
    /// makes nothing else be forgotten; those that are forgotten are backfill and were counted as such.
    private var late = GenerationalCache<EvictedAnswers>(countMax: 1 << 12)
    /// First deadline of each conversation with a question that waits.
    private var deadlines: [Hash128: Int64] = [:]
    /// No deadline is before it.
    private var earliest = Int64.max
    private var undo: [Undo] = []
    private var kept = Scalars()
    private(set) var scalars = Scalars()
    /// Whether questions of an earlier version may be here, under the hash of their turn.
    private(set) var hasEarlierForm = false

    /// What is one number for all conversations.
    struct Scalars: Hashable, Sendable {
        /// Questions that wait.
        var waitingCount = 0
        /// Messages that have come into the younger generation, besides those it took over.
        var youngMessages = 0
        /// When the younger generation began, by received time.
        var began = Int64.min
        /// Time that was noted as reached.
        var reached = Int64.min
        /// Answers forgotten before their question came.
        var forgottenAnswers: UInt64 = 0
    }

    private enum Undo {
        case conversation(Hash128, young: TrackedConversation?, old: TrackedConversation?, deadline: Int64?)
        case generations(young: Generation, old: Generation)
    }

    init() {}

    init(scalars: Scalars, young: Generation, old: Generation) {
        (self.scalars, self.young, self.old) = (scalars, young, old)
        self.scalars.waitingCount = 0
        for generation in [young, old] {
            // order: each goes to a place of its own.
            for (key, conversation) in generation {
                if conversation.messages.contains(where: { $0.order.rank == 0 }) { hasEarlierForm = true }
                self.scalars.waitingCount += conversation.waitingCount
                if let deadline = conversation.deadline { deadlines[key] = deadline }
            }
        }
        earliest = nextDeadline ?? .max
    }

    // MARK: Steps

    mutating func beginStep() {
        undo.removeAll(keepingCapacity: undo.count <= 4096)
        kept = scalars
        late.beginStep()
    }

    mutating func rollBack() {
        for change in undo.reversed() {
            switch change {
            case .conversation(let key, let young, let old, let deadline):
                (self.young[key], self.old[key], deadlines[key]) = (young, old, deadline)
            case .generations(let young, let old): (self.young, self.old) = (young, old)
            }
        }
        undo.removeAll()
        late.rollBack()
        scalars = kept
        earliest = deadlines.isEmpty ? .max : .min
    }

    // MARK: Messages

    /// Whether a question of the conversation is remembered.
    func hasQuestion(_ key: Hash128) -> Bool { (young[key] ?? old[key])?.hasQuestion ?? false }

    /// Takes a message in and, where wanted, judges what it changes.
    /// - Returns: nil where there is no room for it, or no place in what is remembered.
    mutating func add(_ message: TrackedMessage, key: Hash128, receivedTime: Int64, judges: Bool = true)
        -> [VerdictChange]?
    {
        if message.isQuestion, scalars.waitingCount >= Self.waitingMax { return nil }
        age(receivedTime)
        let reached = scalars.reached
        var changes: [VerdictChange]?
        change(key) { conversation in
            var known = conversation ?? TrackedConversation()
            guard known.add(message) else { return }
            changes = judges ? known.judge(reached: reached, changed: message) : []
            conversation = known
        }
        scalars.youngMessages += 1
        return changes
    }

    /// Remembers an answer that came too late to be counted, for a question that may come.
    mutating func keepLate(_ answer: TrackedMessage, key: Hash128) {
        if let place = late.youngPlace(of: key) {
            return late.change(at: place, key: key) { conversation in
                if conversation.messages.count < Self.lateAnswersMax { _ = conversation.add(answer) }
            }
        }
        var conversation = late[key] ?? TrackedConversation()
        guard conversation.messages.count < Self.lateAnswersMax, conversation.add(answer) else { return }
        late.set(conversation, key: key)
    }

    /// Hands out what ``keepLate(_:key:)`` kept of a conversation, in order, now that a question of it has come.
    mutating func takeLate(_ key: Hash128) -> [TrackedMessage] { late.remove(key)?.messages ?? [] }

    /// Takes a message out, as it was remembered; nil where it is not.
    mutating func remove(_ order: EventOrder, isQuestion: Bool, key: Hash128) -> TrackedMessage? {
        var removed: TrackedMessage?
        change(key) { removed = $0?.remove(order, isQuestion: isQuestion) }
        return removed
    }

    /// Moves what an earlier version kept under the hash of a turn to where the turn's conversation is.
    mutating func move(from earlier: Hash128, turn: Int64, to key: Hash128, receivedTime: Int64) {
        guard var messages = (young[earlier] ?? old[earlier])?.messages else { return }
        change(earlier) { $0 = nil }
        for index in messages.indices {
            messages[index].turn = turn
            _ = add(messages[index], key: key, receivedTime: receivedTime, judges: false)
        }
    }

    /// Judges a conversation anew.
    mutating func judge(_ key: Hash128) -> [VerdictChange] {
        let reached = scalars.reached
        var changes: [VerdictChange] = []
        change(key) { changes = $0?.judge(reached: reached) ?? [] }
        return changes
    }

    private mutating func change(_ key: Hash128, _ body: (inout TrackedConversation?) -> Void) {
        let (younger, older) = (young[key], old[key])
        undo.append(.conversation(key, young: younger, old: older, deadline: deadlines[key]))
        var conversation = younger ?? older
        let before = conversation?.waitingCount ?? 0
        body(&conversation)
        scalars.waitingCount += (conversation?.waitingCount ?? 0) - before
        assert(scalars.waitingCount >= 0, "each question waits once")
        young[key] = conversation
        if older != nil { old[key] = nil }
        assert(young[key] == nil || old[key] == nil, "a conversation is in one generation")
        let deadline = conversation?.deadline
        deadlines[key] = deadline
        if let deadline { earliest = min(earliest, deadline) }
    }

    /// Forgets the elder generation when it is time. Conversations that wait stay.
    private mutating func age(_ receivedTime: Int64) {
        if scalars.began == .min { scalars.began = receivedTime }
        let isFull = scalars.youngMessages >= Self.generationMessagesMax
        guard isFull || receivedTime &- scalars.began >= Self.generationNanoseconds else { return }
        undo.append(.generations(young: young, old: old))
        let waiting = old.filter { $0.value.waitingCount > 0 }
        // order: a sum.
        for (key, conversation) in old where waiting[key] == nil && !conversation.hasQuestion {
            scalars.forgottenAnswers &+= UInt64(conversation.messages.count)
        }
        (old, young) = (young, waiting)
        (scalars.began, scalars.youngMessages) = (receivedTime, 0)
    }

    // MARK: Time

    /// Notes that time was reached.
    /// - Returns: the conversations with a question whose deadline lies before it, in an order that means nothing.
    mutating func reach(_ time: Int64) -> [Hash128] {
        assert(deadlines.isEmpty || scalars.waitingCount > 0, "who waits has a deadline")
        scalars.reached = max(scalars.reached, time)
        guard earliest < time else { return [] }
        // order: each is judged for itself.
        return deadlines.filter { $0.value < time }.map(\.key)
    }

    /// The first deadline of all.
    /// - Complexity: O(conversations that wait).
    var nextDeadline: Int64? { deadlines.values.min() }

    /// Whether a deadline lies before `time`.
    mutating func isAnyExpired(before time: Int64) -> Bool {
        guard earliest < time else { return false }
        earliest = nextDeadline ?? .max
        return earliest < time
    }

    /// Both generations, the younger first, each by key.
    var sorted: [[(key: Hash128, value: TrackedConversation)]] { [young.sortedByKey, old.sortedByKey] }
    /// Both of late answers.
    var sortedLate: [[(key: Hash128, value: TrackedConversation)]] { late.sorted }

    /// Takes over generations of late answers that ``sortedLate`` gave.
    mutating func restore(lateYoung: Generation, lateOld: Generation) { late.restore(young: lateYoung, old: lateOld) }
}

/// Answers that are forgotten are backfill and were counted as such: nothing is to be known of them.
struct EvictedAnswers: EvictedValues {
    mutating func add(_ generation: [Hash128: TrackedConversation], countMax: Int) {}
    func contains(_ key: Hash128) -> Bool { false }
}
