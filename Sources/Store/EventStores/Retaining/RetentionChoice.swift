/// Which segments' events go next.
struct RetentionChoice {
    /// What is known of a segment.
    struct Candidate {
        /// The latest received time of its events (ns); 0 where it has none.
        var receivedUntil: Int64
        /// Rows of events.
        var events: Int
        /// Its events went before.
        var isFrozen: Bool
    }

    /// Events that are looked through at one time: as many as compaction makes one segment of.
    private static let eventsMax = 3 << 20

    /// The first segments, all of whose events were received by a time, as places; none where each of them was looked
    /// through before, and holds nothing but what goes on.
    /// - Parameters:
    ///   - candidates: in the order of a manifest, which is that of positions, so that their times ascend.
    ///   - cutoff: the last received time that goes (ns).
    ///   - done: up to which received time segments were looked through before; nil: none was.
    /// - Complexity: O(segments).
    static func due(_ candidates: [Candidate], through cutoff: Int64, done: Int64?) -> [Int] {
        var (places, events, isWorthIt) = ([Int](), 0, false)
        for (place, candidate) in candidates.enumerated() where !candidate.isFrozen {
            // What was left before goes along with what comes next, and does not wait for it for ever.
            if isWorthIt, events + candidate.events > eventsMax { break }
            if candidate.receivedUntil > cutoff { break }
            places.append(place)
            events += candidate.events
            isWorthIt = isWorthIt || candidate.events > 0 && candidate.receivedUntil > done ?? .min
        }
        return isWorthIt ? places : []
    }
}
