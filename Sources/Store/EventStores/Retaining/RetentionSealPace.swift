import Bytes

/// How often a seal is made for want of room alone, of however little. What may go can wait for one again and again,
/// where prices or corrections keep coming: then many small segments would be all that comes of it.
struct RetentionSealPace {
    /// The first one is made at once, the next one after this time, then after twice as long, up to the most.
    static let leastNanoseconds = 10 * Nanoseconds.second
    static let mostNanoseconds = 5 * Nanoseconds.minute

    private var time = Int64.min
    private var delay: Int64 = 0

    /// Whether one may be made now; it counts as made then.
    /// - Parameter now: by the monotonic clock.
    mutating func take(at now: Int64) -> Bool {
        guard now >= time else { return false }
        delay = min(max(2 * delay, Self.leastNanoseconds), Self.mostNanoseconds)
        time = now.saturatingAdd(delay)
        return true
    }

    /// Events went: the next one is made for others.
    mutating func reset() { self = RetentionSealPace() }
}
