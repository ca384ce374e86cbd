// tests: shares that no report comes to are tried too.
/// Where the true difference of two shares lies, in one of several comparisons that are all looked at: with 95 %
/// confidence all of them are right together.
///
/// R. G. Newcombe, "Interval estimation for the difference between independent proportions", 1998, method 10. That
/// several are looked at is paid for as C. E. Bonferroni did, by each pair of groups, since which of them is the best
/// is known only when all have been seen.
package struct ShareDifference: Hashable, Sendable {
    /// Lower end of what the first share is above the second.
    package var low: Double
    /// Upper end of it.
    package var high: Double

    /// nil where one of them is a share of nothing.
    /// - Parameter groups: how many groups are compared with each other, at least these two.
    package init?(
        _ first: (part: Int64, whole: Int64), above second: (part: Int64, whole: Int64), ofGroups groups: Int
    ) {
        let z = Self.deviations(ofGroups: groups)
        guard let upper = WilsonInterval(part: first.part, whole: first.whole, z: z),
            let lower = WilsonInterval(part: second.part, whole: second.whole, z: z)
        else { return nil }
        let share = Double(first.part) / Double(first.whole)
        let other = Double(second.part) / Double(second.whole)
        func distance(_ one: Double, _ two: Double) -> Double { (one * one + two * two).squareRoot() }
        low = share - other - distance(share - upper.low, lower.high - other)
        high = share - other + distance(upper.high - share, other - lower.low)
    }

    /// How many standard deviations 0.05 ÷ pairs leave outside on both sides; between the numbers of groups that are
    /// listed it is that of more of them, which claims less.
    private static func deviations(ofGroups groups: Int) -> Double {
        let steps: [(groups: Int, deviations: Double)] = [
            (2, WilsonInterval.deviations), (3, 2.393980), (4, 2.638258), (5, 2.807034), (6, 2.935200), (8, 3.123735),
            (10, 3.260768), (15, 3.493805), (20, 3.649103), (30, 3.856670), (50, 4.102810), (100, 4.415000),
            (200, 4.707108), (500, 5.068577), (1_000, 5.326543), (10_000, 6.109395), (100_000, 6.806502),
        ]
        return steps.first { groups <= $0.groups }?.deviations ?? 7.440903
    }
}
