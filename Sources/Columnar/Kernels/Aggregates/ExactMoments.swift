/// How many numbers, their sum and the sum of their squares: exact, the squares in 256 bits.
struct ExactMoments: Sendable {
    private(set) var count: Int64 = 0
    private var sum: Int128 = 0
    /// The squares' sum is `high` · 2^128 + `low`.
    private var high: UInt128 = 0
    private var low: UInt128 = 0

    /// - Throws: when the sums do not hold it: the sum of some 10^38, squares of numbers of 38 digits.
    mutating func add(_ value: Int128) throws(KernelError) {
        let square = value.magnitude.multipliedFullWidth(by: value.magnitude)
        try add(sum: value, high: square.high, low: square.low)
        count += 1
    }

    /// The same of a number of 64 bits, whose square has 128.
    @inline(__always)
    mutating func add(narrow value: Int64) throws(KernelError) {
        let square = value.magnitude.multipliedFullWidth(by: value.magnitude)
        try add(sum: Int128(value), high: 0, low: UInt128(square.high) << 64 | UInt128(square.low))
        count += 1
    }

    mutating func merge(_ other: Self) throws(KernelError) {
        try add(sum: other.sum, high: other.high, low: other.low)
        count += other.count
    }

    private mutating func add(sum more: Int128, high moreHigh: UInt128, low moreLow: UInt128) throws(KernelError) {
        let (newSum, a) = sum.addingReportingOverflow(more)
        let (newLow, carry) = low.addingReportingOverflow(moreLow)
        let (half, b) = high.addingReportingOverflow(moreHigh)
        let (newHigh, c) = half.addingReportingOverflow(carry ? 1 : 0)
        if a || b || c { throw KernelError.decimalOverflow }
        (sum, high, low) = (newSum, newHigh, newLow)
    }

    /// (N Σx² − (Σx)²) / (N · divisor): the numerator exact, the quotient within two units in the last place.
    /// - Precondition: `divisor` > 0.
    func variance(divisor: Int64) -> Double {
        assert(divisor > 0 && count > 0, "a variance of some values")
        let times = UInt128(count)
        // N Σx² in three words of 128 bits.
        let lower = low.multipliedFullWidth(by: times)
        let upper = high.multipliedFullWidth(by: times)
        let (middle, carry) = upper.low.addingReportingOverflow(lower.high)
        var words = (high: upper.high &+ (carry ? 1 : 0), middle: middle, low: lower.low)
        // It is never less than (Σx)², by Cauchy and Schwarz.
        let square = sum.magnitude.multipliedFullWidth(by: sum.magnitude)
        let (newLow, borrowLow) = words.low.subtractingReportingOverflow(square.low)
        let (half, borrowHalf) = words.middle.subtractingReportingOverflow(square.high)
        let (newMiddle, borrowMiddle) = half.subtractingReportingOverflow(borrowLow ? 1 : 0)
        words = (words.high &- (borrowHalf || borrowMiddle ? 1 : 0), newMiddle, newLow)
        let numerator = (Double(words.high) * 0x1p128 + Double(words.middle)) * 0x1p128 + Double(words.low)
        return numerator / (Double(count) * Double(divisor))
    }
}
