import Hashing

/// What `/metrics` has to know of one conversation to tell when silence closes it.
struct OpenConversation: Hashable, Sendable {
    /// When somebody last did something in it; nil where that is not known.
    var lastActivity: Int64?
    /// When the user last came, or it was reopened.
    var lastReturn: Int64?
    /// The last closing that an event tells of.
    var told: Int64?
    /// Whether this silence is counted: an event that turns out to fall inside it does not have it counted again.
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
}

/// One thing that happened in a conversation.
struct ConversationMoment {
    var time: Int64
    var isActivity: Bool
    var isReturn: Bool
    var isClosing: Bool
}

/// The conversations whose silence is awaited, by a hash of tenant and conversation. Those that are closed stay for as long as an event
/// could show them in another light.
///
/// What a step changed can be taken back, as in ``PendingQuestions``.
struct OpenConversations: Sendable {
    /// Beyond it a conversation is not followed, only counted as such: what many cost in memory stays bounded.
    private let countMax: Int

    private var known: [Hash128: OpenConversation] = [:]
    /// No silence that counts ends before it.
    private var earliest = Int64.max
    /// Time that ``expire(at:idleAfter:keep:)`` was last told of.
    private var lastExpiry = Int64.min
    private var undo: [(key: Hash128, before: OpenConversation?)] = []

    init(countMax: Int) { self.countMax = countMax }

    subscript(key: Hash128) -> OpenConversation? { known[key] }

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
        if let end = Self.silenceEnd(conversation, idleAfter) { earliest = min(earliest, end) }
        return true
    }

    /// When its silence ends and is to be counted; nil for one that is closed, or counted already.
    private static func silenceEnd(_ conversation: OpenConversation, _ idleAfter: Int64) -> Int64? {
        guard !conversation.isCounted, !conversation.isClosedByEvent, let last = conversation.lastActivity else { return nil }
        let (end, isBeyond) = last.addingReportingOverflow(idleAfter)
        return isBeyond ? nil : end
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

    /// Time has reached `time`: gives the label sets of those that silence has closed by then, and forgets those that no event can show in
    /// another light any more. The order of the result means nothing.
    /// - Parameter keep: how long after its time an event still counts.
    mutating func expire(at time: Int64, idleAfter: Int64, keep: Int64) -> [Int] {
        lastExpiry = time
        var sets: [Int] = []
        var next = Int64.max
        var changed: [(Hash128, OpenConversation?)] = []
        // order: each is on its own, and what comes out is counted.
        for (key, conversation) in known {
            if let end = Self.silenceEnd(conversation, idleAfter) {
                guard end <= time else {
                    next = min(next, end)
                    continue
                }
                sets.append(conversation.set)
                var counted = conversation
                counted.isCounted = true
                changed.append((key, counted))
                continue
            }
            let last = max(conversation.lastActivity ?? .min, conversation.told ?? .min)
            let (end, isBeyond) = last.addingReportingOverflow(idleAfter)
            let (kept, isFarther) = end.addingReportingOverflow(keep)
            if !isBeyond, !isFarther, kept < time { changed.append((key, nil)) }
        }
        for (key, conversation) in changed {
            undo.append((key, known[key]))
            known[key] = conversation
        }
        earliest = next
        return sets
    }

    /// The setting is another: silences end at other times.
    mutating func settingChanged() { earliest = known.isEmpty ? .max : .min }

    /// All, by key.
    var sorted: [(key: Hash128, conversation: OpenConversation)] {
        known.map { (key: $0.key, conversation: $0.value) }.sorted { $0.key < $1.key }
    }
}
