import Bytes
import Domain
import Hashing

// A conversation counts under its last rating, as reports have it. When another one becomes the last, it is counted and
// the one before is taken back: counted less taken back is a function of the ratings that are known, whatever order
// they came in.

/// The rating in the row at hand.
struct RowRating: Hashable {
    var key: Hash128
    var rating: KnownRating
}

extension MetricCounters {
    func isRating(_ event: EventRow) -> Bool {
        program.types[Int(event.type)].rating != nil
    }

    /// Counts what a rating changes. One that came too late to be counted itself still takes the place of an earlier
    /// one that was.
    mutating func followRating(_ event: EventRow, _ position: Int64, isLive: Bool) {
        guard let row = rating(event, position, isLive: isLive) else { return }
        let before = rated[row.key]?.standing
        rated.add(row.rating, key: row.key)
        countRating(from: before, to: rated[row.key]?.standing)
    }

    /// What the row says as a rating; nil for anything else, without a score, outside of conversations, and where it
    /// came too late and nothing was counted of its conversation.
    private mutating func rating(_ event: EventRow, _ position: Int64, isLive: Bool) -> RowRating? {
        let entry = program.types[Int(event.type)]
        guard let place = entry.rating else { return nil }
        read(event, entry)
        guard holds(program.actions[place.action].conditions, event.bytes),
            let conversation = conversationKey(entry, event.bytes)
        else { return nil }
        // What it would take back is not known any more.
        if rated.isForgotten(conversation) { totals.untrackedConversations &+= 1 }
        guard isLive || rated[conversation] != nil else { return nil }
        let step = program.steps[place.step]
        makeKey(step.labels, event.bytes)
        let set = totals.tables[step.table].set(of: key)
        return RowRating(
            key: conversation, rating: KnownRating(order: orderer.order(event, position: position), set: set))
    }

    /// Counts the label set that stands now and takes back the one that stood.
    private mutating func countRating(from before: Int?, to after: Int?) {
        guard before != after, let placement = program.ratings else { return }
        let word = placement.words.lowerBound
        if let before { totals.corrections[placement.table].count(word, of: before, times: 1) }
        if let after { totals.tables[placement.table].count(word, of: after) }
    }

    // MARK: Replacing

    /// Takes ratings out and in before anything is counted. Of a conversation that is forgotten nobody knows what was
    /// counted: it stands.
    mutating func followRatings(_ replacements: [RowReplacement]) {
        var touched: [(key: Hash128, before: Int?)] = []
        var known: Set<Hash128> = []
        for replacement in replacements where isRating(replacement.old) || isRating(replacement.new) {
            let (old, new) = (
                followedRating(replacement.old, replacement), followedRating(replacement.new, replacement)
            )
            guard old != new else { continue }
            if let old {
                if known.insert(old.key).inserted { touched.append((old.key, rated[old.key]?.standing)) }
                guard rated[old.key] != nil else { continue }
                rated.remove(old.rating.order, key: old.key)
            }
            if let new {
                if known.insert(new.key).inserted { touched.append((new.key, rated[new.key]?.standing)) }
                rated.add(new.rating, key: new.key)
            }
        }
        for (key, before) in touched { countRating(from: before, to: rated[key]?.standing) }
    }

    private mutating func followedRating(_ event: EventRow, _ replacement: RowReplacement) -> RowRating? {
        rating(
            event, replacement.position, isLive: replacement.arrival.isLive(event.time))
    }

    // MARK: States

    /// The part of ``serialised`` that tells of ratings.
    func appendRatings(to sink: inout ByteSink) {
        for generation in rated.sorted {
            sink.append(varint: UInt64(generation.count))
            for (key, conversation) in generation {
                sink.append(littleEndian: key.high)
                sink.append(littleEndian: key.low)
                sink.append(varint: UInt64(conversation.ratings.count))
                for rating in conversation.ratings {
                    sink.append(littleEndian: rating.order.time)
                    for word in [rating.order.rank, rating.order.prefix, rating.order.hash] {
                        sink.append(littleEndian: word)
                    }
                    guard let placement = program.ratings else { continue }
                    append(rating.set, of: totals.tables[placement.table], to: &sink)
                }
            }
        }
        Self.append(rated.forgotten.names, to: &sink)
    }

    /// Reads what ``appendRatings(to:)`` wrote, or version 5, which kept no names of what is forgotten.
    mutating func readRatings(_ cursor: inout ByteCursor, _ version: MetricStateVersion) throws(DecodingError) {
        let young = try readRatedGeneration(&cursor)
        let old = try readRatedGeneration(&cursor)
        var forgotten = EvictedRatings()
        if version.rawValue >= MetricStateVersion.silenceByOrder.rawValue {
            forgotten.names = try Self.readNames(&cursor)
        }
        rated.restore(young: young, old: old, forgotten)
    }

    private mutating func readRatedGeneration(_ cursor: inout ByteCursor) throws(DecodingError)
        -> RatedConversations.Generation
    {
        var generation: RatedConversations.Generation = [:]
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 17)) {
            let high = try cursor.read(littleEndian: UInt64.self)
            let key = Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
            var conversation = RatedConversation()
            for _ in 0..<(try cursor.readCount(max: min(RatedConversation.ratingsMax, cursor.remaining / 34))) {
                conversation.add(try readRating(&cursor))
            }
            if conversation.standing != nil { generation[key] = conversation }
        }
        return generation
    }

    private mutating func readRating(_ cursor: inout ByteCursor) throws(DecodingError) -> KnownRating {
        let time = try cursor.read(littleEndian: Int64.self)
        let (rank, prefix) = (try cursor.read(littleEndian: UInt64.self), try cursor.read(littleEndian: UInt64.self))
        let order = EventOrder(time: time, rank: rank, prefix: prefix, hash: try cursor.read(littleEndian: UInt64.self))
        guard let placement = program.ratings else { return KnownRating(order: order, set: 0) }
        let labels = try Self.readKey(&cursor)
        return KnownRating(order: order, set: labels.map { totals.tables[placement.table].set(of: $0) } ?? 0)
    }
}
