/// Stretches of time as they are told, in any order, perhaps several times. Of those that go on with each other only
/// the whole is kept, so that years of evaluations are as many as there are gaps in them.
struct TimeStretches: Sendable {
    /// A stretch of time.
    struct Stretch: Hashable, Sendable {
        /// ms since 1970.
        let from: Int64
        /// ms since 1970, not included.
        var to: Int64
    }

    /// So many are kept before they are put in order.
    private static let keptMin = 64

    private var kept: [Stretch] = []
    private var joinedAt = TimeStretches.keptMin

    /// How many are kept.
    var count: Int { kept.count }

    /// One more.
    /// - Complexity: O(log gaps), on average.
    mutating func take(_ stretch: Stretch) {
        if let place = kept.indices.last, kept[place].from <= stretch.from, stretch.from <= kept[place].to {
            kept[place].to = max(kept[place].to, stretch.to)
            return
        }
        kept.append(stretch)
        guard kept.count >= joinedAt else { return }
        kept = joined
        joinedAt = max(Self.keptMin, 2 * kept.count)
    }

    /// All of them, ascending, with time between them.
    var joined: [Stretch] {
        var joined: [Stretch] = []
        for stretch in kept.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            if let place = joined.indices.last, stretch.from <= joined[place].to {
                joined[place].to = max(joined[place].to, stretch.to)
            } else {
                joined.append(stretch)
            }
        }
        return joined
    }

    /// What two of them have in common; both ascend and have time between them, and so does it.
    static func common(_ some: [Stretch], _ others: [Stretch]) -> [Stretch] {
        var found: [Stretch] = []
        var (one, other) = (0, 0)
        while one < some.count, other < others.count {
            let both = Stretch(
                from: max(some[one].from, others[other].from), to: min(some[one].to, others[other].to))
            if both.from < both.to { found.append(both) }
            if some[one].to < others[other].to { one += 1 } else { other += 1 }
        }
        return found
    }
}
