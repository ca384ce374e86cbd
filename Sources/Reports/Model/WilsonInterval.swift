// tests: shares that no report comes to are tried too.
/// Where the true share lies with 95 % confidence, given so many of so many.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927; z = 1.959964 (two-sided
/// 95 %).
package struct WilsonInterval: Hashable, Sendable {
    /// Lower end of the interval, a share.
    package var low: Double
    /// Upper end of the interval, a share.
    package var high: Double

    /// How many standard deviations leave 5 % outside on both sides.
    static let deviations = 1.959963984540054

    /// nil of nothing.
    package init?(part: Int64, whole: Int64) { self.init(part: part, whole: whole, z: Self.deviations) }

    /// The same for as much confidence as so many standard deviations are.
    init?(part: Int64, whole: Int64, z: Double) {
        guard whole > 0, part >= 0, part <= whole else { return nil }
        let n = Double(whole)
        let share = Double(part) / n
        let center = share + z * z / (2 * n)
        let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        // At the ends the exact bound is 0 or 1; rounding must not pass it.
        low = part == 0 ? 0 : max(0, (center - spread) / scale)
        high = part == whole ? 1 : min(1, (center + spread) / scale)
    }
}
