import Hashing

/// A rating that is remembered.
struct KnownRating: Hashable, Sendable {
    var order: EventOrder
    /// Its label set, in the table of ratings.
    var set: Int
}

/// The ratings of one conversation. The last by ``EventOrder`` counts, as in reports, whatever order they came in.
struct RatedConversation: Hashable, Sendable {
    /// Ratings remembered. The last is always among them; the others matter only where it turns out to be none.
    static let ratingsMax = 8

    /// Ascending.
    private(set) var ratings: [KnownRating] = []

    /// The label set under which the conversation counts; nil while it has no rating.
    var standing: Int? { ratings.last?.set }

    /// Takes one in, and forgets the earliest where there are too many.
    mutating func add(_ rating: KnownRating) {
        ratings.insert(rating, at: ratings.lastIndex { $0.order < rating.order }.map { $0 + 1 } ?? 0)
        if ratings.count > Self.ratingsMax { ratings.removeFirst() }
    }

    /// Takes one out, where it is known.
    mutating func remove(_ order: EventOrder) {
        if let place = ratings.firstIndex(where: { $0.order == order }) { ratings.remove(at: place) }
    }
}

/// The ratings of conversations, by a hash of tenant and conversation, since a conversation may be rated again.
///
/// Two generations: what is touched goes to the younger one, and when that is full, the elder one is forgotten. What was counted of a
/// conversation that is forgotten stands, and a rating that comes for it then counts as a first one. Names of what is forgotten are kept
/// for longer, so that this can be told. What a step changed can be taken back.
struct RatedConversations: Sendable {
    typealias Generation = [Hash128: RatedConversation]

    /// Halves of the keys of what is forgotten, in two generations.
    struct Names: Hashable, Sendable {
        var young: Set<UInt64> = []
        var old: Set<UInt64> = []
    }

    /// Conversations of a generation.
    private let generationMax: Int
    private var young: Generation = [:]
    private var old: Generation = [:]
    private var names = Names()
    private var undo: [Undo] = []

    private enum Undo {
        case conversation(Hash128, young: RatedConversation?, old: RatedConversation?)
        case generations(young: Generation, old: Generation, Names)
    }

    init(generationMax: Int) { self.generationMax = generationMax }

    /// nil for conversations without a rating that is remembered.
    subscript(key: Hash128) -> RatedConversation? { young[key] ?? old[key] }

    /// Whether its ratings were remembered once and are not any more.
    func isForgotten(_ key: Hash128) -> Bool {
        (names.young.contains(key.low) || names.old.contains(key.low)) && self[key] == nil
    }

    // MARK: Steps

    mutating func beginStep() { undo.removeAll(keepingCapacity: undo.count <= 4096) }

    mutating func rollBack() {
        for change in undo.reversed() {
            switch change {
            case .conversation(let key, let young, let old): (self.young[key], self.old[key]) = (young, old)
            case .generations(let young, let old, let names): (self.young, self.old, self.names) = (young, old, names)
            }
        }
        undo.removeAll()
    }

    // MARK: Ratings

    mutating func add(_ rating: KnownRating, key: Hash128) { change(key) { $0.add(rating) } }

    /// Takes a rating out, where it is remembered.
    mutating func remove(_ order: EventOrder, key: Hash128) { change(key) { $0.remove(order) } }

    private mutating func change(_ key: Hash128, _ body: (inout RatedConversation) -> Void) {
        if young[key] == nil, young.count >= generationMax {
            undo.append(.generations(young: young, old: old, names))
            let elder = old[key]
            if names.young.count + old.count > generationMax * 2 { names = Names(young: [], old: names.young) }
            // order: a set.
            for name in old.keys where name != key { names.young.insert(name.low) }
            (old, young) = (young, [:])
            // What is about to be touched is not forgotten.
            old[key] = elder
        }
        let (younger, older) = (young[key], old[key])
        undo.append(.conversation(key, young: younger, old: older))
        var conversation = younger ?? older ?? RatedConversation()
        body(&conversation)
        young[key] = conversation.ratings.isEmpty ? nil : conversation
        if older != nil { old[key] = nil }
    }

    // MARK: States

    /// Both generations, the younger first, each by key.
    var sorted: [[(key: Hash128, conversation: RatedConversation)]] {
        [young, old].map { generation in generation.map { (key: $0.key, conversation: $0.value) }.sorted { $0.key < $1.key } }
    }

    /// Names of what is forgotten, the younger ones first, ascending.
    var sortedNames: [[UInt64]] { [names.young.sorted(), names.old.sorted()] }

    /// Takes over generations that ``sorted`` gave, and names.
    mutating func restore(young: Generation, old: Generation, _ names: Names) {
        (self.young, self.old, self.names) = (young, old, names)
    }
}
