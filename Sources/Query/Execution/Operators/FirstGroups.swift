/// Groups of which only those are wanted that come first by the result of one aggregate: all others need no keys.
struct FirstGroups: Sendable {
    /// Which of the aggregates.
    var call: Int
    var isDescending: Bool
    var nullsFirst: Bool
    /// How many groups; those whose results are like the last one's come as well.
    var limit: Int

    /// Fewer groups are sorted as they are.
    private static let countMin = 1_024

    /// Whether it is less work than to hand on so many groups.
    func isWorthwhile(of count: Int) -> Bool { limit > 0 && count >= Self.countMin && limit <= count / 8 }
}
