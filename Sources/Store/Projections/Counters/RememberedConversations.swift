import Hashing

/// Conversations whose silence is not awaited, by a hash of tenant and conversation: people come back to them, and what comes late may show
/// them in another light.
///
/// Two generations: what is touched goes to the younger one, and when that is full, the elder one is forgotten. Names of what is forgotten
/// are kept for longer, so that it can be told when something comes for it. What a step changed can be taken back.
struct RememberedConversations: Sendable {
    typealias Generation = [Hash128: OpenConversation]

    /// What is known of the conversations that are forgotten, as far as another setting would have changed what they count.
    struct Forgotten: Hashable, Sendable {
        /// Those that count as closed by silence.
        var idle: UInt64 = 0
        /// The latest activity of those.
        var latest = Int64.min
        /// Those that nothing has closed.
        var open: UInt64 = 0
        /// Halves of their keys.
        var youngNames: Set<UInt64> = []
        var oldNames: Set<UInt64> = []
    }

    /// Conversations of a generation.
    private let generationMax: Int
    /// Names of forgotten ones in a generation of names.
    private var namesMax: Int { generationMax * 2 }

    private(set) var young: Generation = [:]
    private(set) var old: Generation = [:]
    private(set) var forgotten = Forgotten()
    private var undo: [Undo] = []

    private enum Undo {
        /// Of one that is in neither generation now, or in the one named: what it was there.
        case young(Hash128, OpenConversation?)
        case old(Hash128, OpenConversation?)
        case generations(young: Generation, old: Generation, Forgotten)
    }

    init(generationMax: Int) { self.generationMax = max(1, generationMax) }

    /// nil for conversations that are not remembered.
    subscript(key: Hash128) -> OpenConversation? { young[key] ?? old[key] }

    var isEmpty: Bool { young.isEmpty && old.isEmpty && forgotten.youngNames.isEmpty }

    /// Whether it was remembered once and is not any more.
    func isForgotten(_ key: Hash128) -> Bool {
        (forgotten.youngNames.contains(key.low) || forgotten.oldNames.contains(key.low)) && self[key] == nil
    }

    // MARK: Steps

    mutating func beginStep() { undo.removeAll(keepingCapacity: undo.count <= 4096) }

    mutating func rollBack() {
        for change in undo.reversed() {
            switch change {
            case .young(let key, let before): young[key] = before
            case .old(let key, let before): old[key] = before
            case .generations(let young, let old, let forgotten): (self.young, self.old, self.forgotten) = (young, old, forgotten)
            }
        }
        undo.removeAll()
    }

    // MARK: Changes

    /// Keeps what is known of a conversation now, in the younger generation.
    mutating func set(_ conversation: OpenConversation, key: Hash128) {
        // What is in the younger generation is in no other, and most changes are to one of those.
        if let place = young.index(forKey: key) {
            noteYoung(key, young.values[place])
            young.values[place] = conversation
            return
        }
        if young.count >= generationMax { turn(keeping: key) }
        if let older = old.removeValue(forKey: key) { undo.append(.old(key, older)) }
        noteYoung(key, nil)
        young[key] = conversation
    }

    /// What a step changes again and again is put back once.
    private mutating func noteYoung(_ key: Hash128, _ before: OpenConversation?) {
        if case .young(key, _)? = undo.last { return }
        undo.append(.young(key, before))
    }

    /// The same in the generation where it is.
    mutating func update(_ conversation: OpenConversation, key: Hash128) {
        guard young[key] == nil, old[key] != nil else { return set(conversation, key: key) }
        undo.append(.old(key, old[key]))
        old[key] = conversation
    }

    /// Takes one out, where it is known.
    mutating func remove(_ key: Hash128) {
        if let younger = young.removeValue(forKey: key) { undo.append(.young(key, younger)) }
        if let older = old.removeValue(forKey: key) { undo.append(.old(key, older)) }
    }

    /// Forgets the elder generation, but for what is about to be touched.
    private mutating func turn(keeping key: Hash128) {
        undo.append(.generations(young: young, old: old, forgotten))
        if forgotten.youngNames.count + old.count > namesMax {
            (forgotten.oldNames, forgotten.youngNames) = (forgotten.youngNames, [])
        }
        // order: sums, a maximum and a set.
        for (name, conversation) in old where name != key {
            forgotten.youngNames.insert(name.low)
            if conversation.isCounted {
                forgotten.idle &+= 1
                forgotten.latest = max(forgotten.latest, conversation.lastActivity)
            } else if conversation.mayBeIdle {
                forgotten.open &+= 1
            }
        }
        let elder = old[key]
        (old, young) = (young, [:])
        if let elder { old[key] = elder }
    }

    /// Of how many forgotten conversations nobody can tell any more what another setting makes of them.
    /// - Parameter reached: up to when time is known to have passed.
    func uncorrected(after idleAfter: Int64?, reached: Int64) -> UInt64 {
        guard let idleAfter else { return forgotten.idle }
        let (end, isBeyond) = forgotten.latest.addingReportingOverflow(idleAfter)
        return forgotten.open &+ (isBeyond || end > reached ? forgotten.idle : 0)
    }

    /// Takes over what another one had.
    mutating func restore(young: Generation, old: Generation, _ forgotten: Forgotten) {
        (self.young, self.old, self.forgotten) = (young, old, forgotten)
    }
}
