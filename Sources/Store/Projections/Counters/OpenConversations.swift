import Hashing

/// What `/metrics` has to know of one conversation to tell when silence closes it.
struct OpenConversation: Hashable, Sendable {
    /// When somebody last did something in it; nil where that is not known.
    var lastActivity: Int64?
    /// When the user last came, or the nanosecond after it was reopened.
    var lastReturn: Int64?
    /// The last closing that an event tells of.
    var told: Int64?
    /// Whether it counts as closed by silence now, under its label set.
    var isCounted = false
    /// Its label set, for the reason idle, in the table of closings.
    var set = 0
    /// When the event was that gave the labels; the earliest that names a channel does.
    var labelTime = Int64.max

    /// Whether an event closed it and nobody came back.
    var isClosedByEvent: Bool {
        guard let told else { return false }
        return lastReturn.map { $0 <= told } ?? true
    }

    /// When silence closes it; nil where an event did, or where nobody is known to have done anything.
    func silenceEnd(after idleAfter: Int64) -> Int64? {
        guard !isClosedByEvent, let lastActivity else { return nil }
        let (end, isBeyond) = lastActivity.addingReportingOverflow(idleAfter)
        return isBeyond ? nil : end
    }

    /// Whether silence is its standing close at a time, as readers see it.
    func isClosedBySilence(after idleAfter: Int64, reached: Int64) -> Bool {
        silenceEnd(after: idleAfter).map { $0 <= reached } ?? false
    }
}

/// A conversation that silence closed, or that turned out not to be closed by it.
struct SilenceChange {
    var before: OpenConversation
    var after: OpenConversation
}

/// One thing that happened in a conversation.
struct ConversationMoment {
    var time: Int64
    var isActivity: Bool
    var isReturn: Bool
    var isClosing: Bool
}

/// The conversations whose silence is awaited, by a hash of tenant and conversation. Those that are closed stay, since people come back to
/// them; where many are known, they stay for as long as an event from before the end of their silence could still count.
///
/// What a step changed can be taken back.
struct OpenConversations: Sendable {
    /// Beyond it a conversation is not followed, only counted as such: what many cost in memory stays bounded.
    private let countMax: Int
    /// Beyond it those that are done with are forgotten.
    private var roomyCountMax: Int { countMax / 8 }

    private var known: [Hash128: OpenConversation] = [:]
    /// No silence that counts ends before it.
    private var earliest = Int64.max
    /// Time that ``expire(at:idleAfter:keep:)`` was last told of.
    private var lastExpiry = Int64.min
    private var undo: [(key: Hash128, before: OpenConversation?)] = []

    init(countMax: Int) { self.countMax = countMax }

    subscript(key: Hash128) -> OpenConversation? { known[key] }

    var isEmpty: Bool { known.isEmpty }

    mutating func beginStep() { undo.removeAll(keepingCapacity: undo.count <= 4096) }

    mutating func rollBack() {
        for (key, before) in undo.reversed() { known[key] = before }
        undo.removeAll()
        earliest = known.isEmpty ? .max : .min
    }

    /// Keeps what is known of a conversation now; false where there is no room for one more.
    mutating func set(_ conversation: OpenConversation, key: Hash128, idleAfter: Int64) -> Bool {
        let before = known[key]
        guard before != nil || known.count < countMax else { return false }
        undo.append((key, before))
        known[key] = conversation
        if !conversation.isCounted, let end = conversation.silenceEnd(after: idleAfter) { earliest = min(earliest, end) }
        return true
    }

    /// Whether ``expire(at:idleAfter:keep:)`` has something to do, at most a minute or a sixty-fourth of the silence late.
    func isDue(at time: Int64, idleAfter: Int64) -> Bool {
        guard !known.isEmpty else { return false }
        let (rounded, isBeyond) = earliest.addingReportingOverflow(min(60_000_000_000, idleAfter / 64))
        if !isBeyond, rounded < time { return true }
        return time.subtractingReportingOverflow(lastExpiry).partialValue.magnitude > UInt64(Self.sweepNanoseconds)
    }

    /// Those that are done with leave memory at least this often: 10 min.
    private static let sweepNanoseconds: Int64 = 600_000_000_000

    /// Time has reached `time`: gives those that silence has closed by then, and those that count as closed by it and are not, as after a
    /// change of the setting. Where many are known it forgets those that no event from before the end of their silence can reach any more.
    /// The order of the result means nothing.
    /// - Parameter keep: how long after its time an event still counts.
    mutating func expire(at time: Int64, idleAfter: Int64, keep: Int64) -> [SilenceChange] {
        lastExpiry = time
        let forgets = known.count > roomyCountMax
        var changes: [SilenceChange] = []
        var next = Int64.max
        var changed: [(key: Hash128, after: OpenConversation?)] = []
        // order: each is on its own, and what comes out is counted.
        for (key, conversation) in known {
            let end = conversation.silenceEnd(after: idleAfter)
            let isClosed = conversation.isClosedBySilence(after: idleAfter, reached: time)
            if let end, !isClosed { next = min(next, end) }
            if isClosed != conversation.isCounted {
                var after = conversation
                after.isCounted = isClosed
                changes.append(SilenceChange(before: conversation, after: after))
                changed.append((key, after))
            } else if forgets, isClosed || end == nil, Self.isDone(conversation, idleAfter, keep, time) {
                changed.append((key, nil))
            }
        }
        for (key, after) in changed {
            undo.append((key, known[key]))
            known[key] = after
        }
        earliest = next
        return changes
    }

    private static func isDone(_ conversation: OpenConversation, _ idleAfter: Int64, _ keep: Int64, _ time: Int64) -> Bool {
        let last = max(conversation.lastActivity ?? .min, conversation.told ?? .min)
        let (end, isBeyond) = last.addingReportingOverflow(idleAfter)
        let (kept, isFarther) = end.addingReportingOverflow(keep)
        return !isBeyond && !isFarther && kept < time
    }

    /// Silence closes nothing any more: forgets all and gives those that counted as closed by it, in an order that means nothing.
    mutating func removeAll() -> [SilenceChange] {
        var changes: [SilenceChange] = []
        // order: each is on its own, and what comes out is counted.
        for (key, conversation) in known {
            undo.append((key, conversation))
            guard conversation.isCounted else { continue }
            var after = conversation
            after.isCounted = false
            changes.append(SilenceChange(before: conversation, after: after))
        }
        known.removeAll()
        earliest = .max
        return changes
    }

    /// The setting is another: silences end at other times.
    mutating func settingChanged() { earliest = known.isEmpty ? .max : .min }

    /// All, by key.
    var sorted: [(key: Hash128, conversation: OpenConversation)] {
        known.map { (key: $0.key, conversation: $0.value) }.sorted { $0.key < $1.key }
    }
}
