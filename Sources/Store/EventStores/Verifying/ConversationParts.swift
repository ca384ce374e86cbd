import Bytes
import Hashing

/// The conversations of a store in parts of about as many events each, those of one time together: whoever goes through
/// the parts reads of each group what a part has of it, and few parts have any, so that all of them read a store a few
/// times and not once a part.
///
/// A conversation is known by a hash of its id. Those that share one, of several tenants or by chance, are in one part.
struct ConversationParts: Sendable {
    /// When the events of one conversation were, and how many there are.
    struct Stretch: Sendable {
        var id: UInt64
        var times: ClosedRange<Int64>
        var count = 1

        mutating func include(_ other: Stretch) {
            times = min(times.lowerBound, other.times.lowerBound)...max(times.upperBound, other.times.upperBound)
            count += other.count
        }
    }

    /// What one part holds.
    struct Part: Sendable {
        var times: ClosedRange<Int64>
        var events = 0
        /// One conversation of more events than a part is to have.
        var isLarge = false
    }

    /// Those of short conversations in the order of their times, then others.
    private(set) var parts: [Part] = []
    /// So many are of short conversations.
    private(set) var shortCount = 0
    /// Hashes of ids, ascending, and the part of each.
    private var ids: [UInt64] = []
    private var numbers: [UInt32] = []
    /// By the highest bits of an id, those above ``shift``: where ids begin that have them.
    private var starts: [UInt32] = []
    private var shift: UInt64 = 0

    /// How a conversation is known here.
    static func id(of conversation: ArraySlice<UInt8>) -> UInt64 { xxh3(conversation) }

    /// The part of a conversation; nil for one that has no event.
    /// - Complexity: O(1) of ids as chance gives them, O(log conversations) of any.
    func part(of id: UInt64) -> UInt32? {
        let bucket = Int(id >> shift)
        let end = Int(starts[bucket + 1])
        let place = ids[Int(starts[bucket])..<end].partitioningIndex { $0 >= id }
        return place < end && ids[place] == id ? numbers[place] : nil
    }

    /// Has each id found by its highest bits: as hashes they are spread evenly.
    private mutating func makeBuckets() {
        let bits = max(1, Int.bitWidth - ids.count.leadingZeroBitCount)
        shift = UInt64(UInt64.bitWidth - bits)
        starts = [UInt32](repeating: 0, count: (1 << bits) + 1)
        for id in ids { starts[Int(id >> shift) + 1] += 1 }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        assert(Int(starts[starts.count - 1]) == ids.count, "each id is in one bucket")
    }

    /// - Parameters:
    ///   - stretches: of all conversations, one each, ascending by id.
    ///   - eventsMax: of a part, unless one conversation has more.
    /// - Complexity: O(conversations · log conversations).
    init(_ stretches: [Stretch], eventsMax: Int) {
        precondition(eventsMax > 0)
        ids = stretches.map(\.id)
        assert(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, "each conversation once, ascending")
        makeBuckets()
        numbers = [UInt32](repeating: 0, count: ids.count)
        // Those that last for much longer than a part would have it read groups of all their time: they are together.
        let long = Self.longNanoseconds(stretches, eventsMax)
        // Beside each what it is sorted by: looked up once.
        let order = stretches.indices.map { index in
            let stretch = stretches[index]
            return (rank: Self.rank(stretch, long, eventsMax), time: stretch.times.lowerBound, index: index)
        }.sorted { ($0.rank, $0.time, $0.index) < ($1.rank, $1.time, $1.index) }
        var rank = -1
        for (own, _, index) in order {
            let stretch = stretches[index]
            if own == rank, own != Self.largeRank, let last = parts.last, last.events + stretch.count <= eventsMax {
                let times = last.times
                parts[parts.count - 1].events += stretch.count
                parts[parts.count - 1].times =
                    min(times.lowerBound, stretch.times.lowerBound)...max(times.upperBound, stretch.times.upperBound)
            } else {
                parts.append(Part(times: stretch.times, events: stretch.count, isLarge: own == Self.largeRank))
            }
            rank = own
            if own == 0 { shortCount = parts.count }
            numbers[index] = UInt32(parts.count - 1)
        }
    }

    /// Short ones, long ones, and those that are a part each.
    private static func rank(_ stretch: Stretch, _ long: Int64, _ eventsMax: Int) -> Int {
        if stretch.count > eventsMax { return largeRank }
        return duration(stretch.times) > long ? 1 : 0
    }

    private static let largeRank = 2

    /// Times are what senders told: the first and the last may be further apart than a number says.
    private static func duration(_ times: ClosedRange<Int64>) -> Int64 {
        let (duration, overflow) = times.upperBound.subtractingReportingOverflow(times.lowerBound)
        return overflow ? .max : duration
    }

    /// Four times what a part of short conversations takes, if events came evenly.
    private static func longNanoseconds(_ stretches: [Stretch], _ eventsMax: Int) -> Int64 {
        guard let first = stretches.lazy.map(\.times.lowerBound).min(),
            let last = stretches.lazy.map(\.times.lowerBound).max()
        else { return .max }
        let parts = Int64(stretches.reduce(0) { $0 + $1.count } / eventsMax + 1)
        return (duration(first...last) / parts &* 4) | (1 << 20)
    }
}

/// Stretches of conversations as they are found, each conversation kept once.
struct StretchCollection {
    private var known: [ConversationParts.Stretch] = []
    private var pending: [ConversationParts.Stretch] = []

    /// - Parameter stretches: best ascending by id: what ascends is merged and not sorted.
    /// - Complexity: O(stretches · log stretches) over all calls.
    mutating func add(_ stretches: [ConversationParts.Stretch]) {
        pending += stretches
        if pending.count > max(known.count, 1 << 16) { merge() }
    }

    /// One for each conversation, ascending by id.
    mutating func finish() -> [ConversationParts.Stretch] {
        merge()
        return known
    }

    private mutating func merge() {
        pending.sort { $0.id < $1.id }
        var merged: [ConversationParts.Stretch] = []
        merged.reserveCapacity(known.count + pending.count)
        var (left, right) = (0, 0)
        while left < known.count || right < pending.count {
            let isLeft = right == pending.count || left < known.count && known[left].id <= pending[right].id
            let next = isLeft ? known[left] : pending[right]
            if isLeft { left += 1 } else { right += 1 }
            if merged.last?.id == next.id {
                merged[merged.count - 1].include(next)
            } else {
                merged.append(next)
            }
        }
        (known, pending) = (merged, [])
    }
}
