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
/// What was counted of one that is forgotten stands, and a rating that comes for it then counts as a first one.
typealias RatedConversations = GenerationalCache<EvictedRatings>

/// Which conversations' ratings are forgotten.
struct EvictedRatings: EvictedValues {
    var names = EvictedKeys()

    mutating func add(_ generation: [Hash128: RatedConversation], countMax: Int) {
        names.add(generation.keys, countMax: countMax * 2)
    }

    func contains(_ key: Hash128) -> Bool { names.contains(key) }
}

extension RatedConversations {
    mutating func add(_ rating: KnownRating, key: Hash128) {
        var conversation = self[key] ?? RatedConversation()
        conversation.add(rating)
        set(conversation, key: key)
    }

    /// Takes a rating out, where it is remembered.
    mutating func remove(_ order: EventOrder, key: Hash128) {
        guard var conversation = self[key] else { return }
        conversation.remove(order)
        if conversation.ratings.isEmpty { remove(key) } else { set(conversation, key: key) }
    }
}
