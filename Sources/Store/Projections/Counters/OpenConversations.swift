import Hashing

/// When somebody came back or closed: as much of ``EventOrder`` as tells a return from a closing.
struct ConversationInstant: Hashable, Comparable, Sendable {
    var time: Int64
    /// As in ``EventOrder``. Things of different meaning have different ones, and of those of one meaning any stands
    /// for all.
    var rank: UInt64

    /// Before everything.
    static let unknown = ConversationInstant(time: .min, rank: 0)

    static func < (left: ConversationInstant, right: ConversationInstant) -> Bool {
        (left.time, left.rank) < (right.time, right.rank)
    }
}

extension EventOrder {
    /// After everything: where no event is meant.
    static let afterAll = EventOrder(time: .max, rank: .max, prefix: .max, hash: .max)

    var instant: ConversationInstant { ConversationInstant(time: time, rank: rank) }
}

/// What `/metrics` has to know of one conversation to tell when silence closes it.
struct OpenConversation: Hashable, Sendable {
    /// When somebody last did something in it; the least number where that is not known.
    var lastActivity = Int64.min
    /// When the user last came, or it was last reopened.
    var lastReturn = ConversationInstant.unknown
    /// The last closing that an event tells of.
    var told = ConversationInstant.unknown
    /// The event that gave the labels: the first that names a channel, as rows have it.
    var labelOrder = EventOrder.afterAll
    /// Its label set, for the reason idle, in the table of closings.
    var set: Int32 = 0
    /// Whether something that counts came of it in time: what is backfill alone closes nothing here.
    var isLive = false
    /// Whether it counts as closed by silence now, under its label set.
    var isCounted = false

    /// Whether an event closed it and nobody came back.
    var isClosedByEvent: Bool { told != .unknown && lastReturn <= told }

    /// Whether silence can close it.
    var mayBeIdle: Bool { isLive && lastActivity != .min && !isClosedByEvent }

    /// When silence closes it; nil where an event did, where nobody is known to have done anything, and where it is
    /// backfill alone.
    func silenceEnd(after idleAfter: Int64) -> Int64? {
        guard mayBeIdle else { return nil }
        let (end, isBeyond) = lastActivity.addingReportingOverflow(idleAfter)
        return isBeyond ? nil : end
    }

    /// Whether silence is its standing close at a time, as readers see it.
    /// - Parameter idleAfter: nil where silence closes nothing.
    func isClosedBySilence(after idleAfter: Int64?, reached: Int64) -> Bool {
        idleAfter.flatMap { silenceEnd(after: $0) }.map { $0 <= reached } ?? false
    }

    /// Whether its silence is still to end.
    func waits(after idleAfter: Int64?) -> Bool { !isCounted && idleAfter.flatMap { silenceEnd(after: $0) } != nil }

    /// Takes in what happened in it; each thing any number of times, in any order.
    mutating func take(_ moment: ConversationMoment, _ order: EventOrder) {
        if moment.isActivity { lastActivity = max(lastActivity, moment.time) }
        if moment.isReturn { lastReturn = max(lastReturn, order.instant) }
        if moment.isClosing { told = max(told, order.instant) }
    }
}

/// A conversation that silence closed, or that turned out not to be closed by it.
struct SilenceChange {
    var before: OpenConversation
    var after: OpenConversation
}

/// One thing that happened in a conversation.
struct ConversationMoment: Hashable {
    var time: Int64
    var isActivity: Bool
    var isReturn: Bool
    var isClosing: Bool

    /// Whether silence depends on it.
    var tells: Bool { isActivity || isReturn || isClosing }
}

/// Conversations as far as silence is concerned, by a hash of tenant and conversation: those whose silence is awaited,
/// those for which nothing is awaited now, and those that are backfill so far. What is known of each does not depend on
/// the setting; the setting decides which of them count.
///
/// What a step changed can be taken back.
struct OpenConversations: Sendable {
    typealias Generation = RememberedConversations.Generation

    /// Beyond it one that is new is not followed, only counted as such: what many cost in memory stays bounded.
    private let countMax: Int

    private(set) var waiting: Generation = [:]
    /// Closed, by silence or by an event, or not to be closed by the setting in force.
    private(set) var done: RememberedConversations
    /// Of which nothing came in time. An import has room of its own, so that it makes nothing else be forgotten.
    private(set) var late: RememberedConversations
    /// The setting by which they count: ``never``, ``unknown`` or the silence in ns.
    private(set) var judged = OpenConversations.never
    /// No awaited silence ends before it.
    private var earliest = Int64.max
    private var undo: [(key: Hash128, before: OpenConversation?)] = []
    private var noted = NotedKeys()
    private var keptJudged = OpenConversations.never

    /// Silence closes nothing.
    static let never: Int64 = -1
    /// Written by a version that did not say.
    static let unknown = Int64.min

    init(countMax: Int) {
        self.countMax = countMax
        done = RememberedConversations(countMax: countMax / 2)
        late = RememberedConversations(countMax: countMax / 16)
    }

    subscript(key: Hash128) -> OpenConversation? { waiting[key] ?? done[key] ?? late[key] }

    /// A conversation as it is known, and where, so that it is not looked up once more to be changed.
    struct Known {
        var conversation: OpenConversation
        fileprivate var place: Place

        fileprivate enum Place {
            case waiting(Generation.Index)
            /// In the younger generation.
            case late(Generation.Index)
            case elsewhere
        }
    }

    /// What is known of a conversation; holds until another one is changed.
    func find(_ key: Hash128) -> Known? {
        if let place = waiting.index(forKey: key) {
            return Known(conversation: waiting.values[place], place: .waiting(place))
        }
        if let conversation = done[key] { return Known(conversation: conversation, place: .elsewhere) }
        if let place = late.youngPlace(of: key) {
            return Known(conversation: late.young.values[place], place: .late(place))
        }
        return late.old[key].map { Known(conversation: $0, place: .elsewhere) }
    }

    /// What the step would have to put back.
    var noteCount: Int { undo.count + done.noteCount + late.noteCount }

    var isEmpty: Bool { waiting.isEmpty && done.isEmpty && late.isEmpty }

    /// The setting by which one that something comes for is judged: all count by one, until time is next reached.
    func setting(inForce idleAfter: Int64?) -> Int64? {
        switch judged {
        case Self.unknown: idleAfter
        case Self.never: nil
        default: judged
        }
    }

    // MARK: Steps

    mutating func beginStep() {
        undo.removeAll(keepingCapacity: undo.count <= 4096)
        noted.removeAll()
        keptJudged = judged
        done.beginStep()
        late.beginStep()
    }

    mutating func rollBack() {
        for (key, before) in undo.reversed() { waiting[key] = before }
        undo.removeAll()
        noted.removeAll()
        judged = keptJudged
        done.rollBack()
        late.rollBack()
        earliest = waiting.isEmpty ? .max : .min
    }

    // MARK: Changes

    /// Keeps what is known of a conversation now; false where there is no room for one more.
    /// - Parameter known: what was known of it, as ``find(_:)`` has just given it.
    mutating func set(_ conversation: OpenConversation, key: Hash128, idleAfter: Int64?, known: Known?) -> Bool {
        guard conversation.isLive else {
            if case .late(let place)? = known?.place {
                late.set(conversation, at: place, key: key)
            } else {
                late.set(conversation, key: key)
            }
            return true
        }
        let waits = conversation.waits(after: idleAfter)
        // Most events come to one whose silence is awaited before and after: it is in no other table.
        if waits, case .waiting(let place)? = known?.place {
            note(key, waiting.values[place])
            waiting.values[place] = conversation
            noteEnd(of: conversation, idleAfter)
            return true
        }
        let isNew = waiting[key] == nil && done[key] == nil
        if isNew, waits, waiting.count >= countMax { return false }
        if isNew { late.remove(key) }
        if waits {
            place(conversation, key, waits: true)
        } else {
            if waiting[key] != nil { keep(nil, key) }
            done.set(conversation, key: key)
        }
        if waits { noteEnd(of: conversation, idleAfter) }
        assert(waiting[key] == nil || done[key] == nil, "a silence is awaited or not")
        return true
    }

    private mutating func noteEnd(of conversation: OpenConversation, _ idleAfter: Int64?) {
        if let idleAfter, let end = conversation.silenceEnd(after: idleAfter) { earliest = min(earliest, end) }
    }

    /// Where it is already, in the same generation.
    private mutating func place(_ conversation: OpenConversation, _ key: Hash128, waits: Bool) {
        if waits {
            done.remove(key)
            keep(conversation, key)
        } else {
            if waiting[key] != nil { keep(nil, key) }
            done.update(conversation, key: key)
        }
    }

    private mutating func keep(_ conversation: OpenConversation?, _ key: Hash128) {
        note(key, waiting[key])
        waiting[key] = conversation
    }

    /// The first note of a key is followed last, so that later ones of the step add nothing.
    private mutating func note(_ key: Hash128, _ before: OpenConversation?) {
        if noted.holds(key, noteCount: undo.count) { return }
        undo.append((key, before))
    }

    // MARK: Time

    /// Whether ``reach(_:idleAfter:)`` has something to do, at most a minute or a sixty-fourth of the silence late.
    func isDue(at time: Int64, idleAfter: Int64?) -> Bool {
        if judged != idleAfter ?? Self.never { return !isEmpty }
        guard let idleAfter, !waiting.isEmpty else { return false }
        let (rounded, isBeyond) = earliest.addingReportingOverflow(min(60_000_000_000, idleAfter / 64))
        return !isBeyond && rounded < time
    }

    /// Time has reached `time`: gives those that silence has closed by then and, where the setting is another one,
    /// those that count as closed by it and are not.
    /// - Returns: the changes, in the order of keys, and how many that are forgotten another setting may have changed.
    mutating func reach(_ time: Int64, idleAfter: Int64?) -> (changes: [SilenceChange], uncorrected: UInt64) {
        guard judged == idleAfter ?? Self.never else { return judge(by: idleAfter, reached: time) }
        guard let idleAfter, earliest <= time else { return ([], 0) }
        var ended: [(key: Hash128, conversation: OpenConversation)] = []
        var next = Int64.max
        // order: a minimum, and what ended is sorted.
        for (key, conversation) in waiting {
            guard let end = conversation.silenceEnd(after: idleAfter) else { continue }
            if end <= time { ended.append((key, conversation)) } else { next = min(next, end) }
        }
        earliest = next
        ended.sort { $0.key < $1.key }
        var changes: [SilenceChange] = []
        for (key, conversation) in ended { changes.append(count(conversation, true, key, idleAfter)) }
        return (changes, 0)
    }

    /// Judges all by a setting.
    private mutating func judge(by idleAfter: Int64?, reached: Int64) -> (changes: [SilenceChange], uncorrected: UInt64)
    {
        let uncorrected = judged == Self.unknown ? 0 : done.forgotten.uncorrected(after: idleAfter, reached: reached)
        judged = idleAfter ?? Self.never
        earliest = .max
        // order: sorted before it is looked at.
        var all = waiting.map { (key: $0.key, conversation: $0.value) }
        for generation in [done.young, done.old] { all += generation.map { (key: $0.key, conversation: $0.value) } }
        all.sort { $0.key < $1.key }
        var changes: [SilenceChange] = []
        for (key, conversation) in all {
            let isClosed = conversation.isClosedBySilence(after: idleAfter, reached: reached)
            if isClosed != conversation.isCounted {
                changes.append(count(conversation, isClosed, key, idleAfter))
            } else if conversation.waits(after: idleAfter) != (waiting[key] != nil) {
                place(conversation, key, waits: conversation.waits(after: idleAfter))
            }
            if let idleAfter, let end = waiting[key]?.silenceEnd(after: idleAfter) { earliest = min(earliest, end) }
        }
        return (changes, uncorrected)
    }

    private mutating func count(
        _ conversation: OpenConversation, _ isCounted: Bool, _ key: Hash128, _ idleAfter: Int64?
    ) -> SilenceChange {
        var after = conversation
        after.isCounted = isCounted
        place(after, key, waits: after.waits(after: idleAfter))
        return SilenceChange(before: conversation, after: after)
    }

    /// The setting is another. Where nothing is known there is nothing to judge by it.
    mutating func settingChanged(to idleAfter: Int64?) {
        guard isEmpty else { return }
        judged = idleAfter ?? Self.never
        keptJudged = judged
    }

    /// Takes over what another one had.
    mutating func restore(waiting: Generation, judged: Int64) {
        (self.waiting, self.judged) = (waiting, judged)
        earliest = waiting.isEmpty ? .max : .min
    }

    /// The same of those for which nothing is awaited, or of those that are backfill.
    mutating func restore(isLate: Bool, young: Generation, old: Generation, _ forgotten: EvictedConversations) {
        if isLate {
            late.restore(young: young, old: old, forgotten)
        } else {
            done.restore(young: young, old: old, forgotten)
        }
    }
}
