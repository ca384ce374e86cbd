import JSONTexts

/// Exact decimal arithmetic on 128-bit mantissas, with PostgreSQL's rules for scale and rounding (half away from zero).
/// Every function answers nil where the result needs more than 38 digits; the caller refuses.
package enum Decimal128 {
    /// The most decimal places that a number has.
    package static let scaleMax = 38

    private static let powers: [Int128] = {
        var result: [Int128] = [1]
        for _ in 0..<scaleMax { result.append(result[result.count - 1] * 10) }
        return result
    }()

    /// 10 to the power `exponent`; nil outside 0...38.
    package static func power(_ exponent: Int) -> Int128? {
        powers.indices.contains(exponent) ? powers[exponent] : nil
    }

    /// The mantissa of the same number at another scale, rounded half away from zero.
    package static func rescale(_ mantissa: Int128, from scale: Int, to target: Int) -> Int128? {
        if scale == target { return mantissa }
        if target > scale {
            if mantissa == 0 { return 0 }
            guard let factor = power(target - scale) else { return nil }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        guard let divisor = power(scale - target) else { return 0 }
        return divideRounding(mantissa, by: divisor)
    }

    /// Quotient rounded half away from zero.
    /// - Precondition: `divisor > 0`.
    package static func divideRounding(_ value: Int128, by divisor: Int128) -> Int128 {
        let magnitude = value.magnitude
        assert(divisor > 0, "powers of ten and lengths of time are above zero")
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: divisor.magnitude)
        let rounded = remainder >= divisor.magnitude - remainder ? quotient + 1 : quotient
        return value < 0 ? 0 - Int128(rounded) : Int128(rounded)
    }

    /// The sum.
    package static func sum(_ left: Int128, _ right: Int128) -> Int128? {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : sum
    }

    /// The same number on the other side of zero.
    package static func negate(_ value: Int128) -> Int128? {
        let (result, overflow) = Int128(0).subtractingReportingOverflow(value)
        return overflow ? nil : result
    }

    /// The product.
    package static func multiply(_ left: Int128, _ right: Int128) -> Int128? {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? nil : product
    }

    /// The product with its number of places: every digit where there is room, else rounded half away from zero to as
    /// many places as 38 digits leave. nil: what stands before the point needs more.
    package static func product(_ left: Int128, _ leftScale: Int, _ right: Int128, _ rightScale: Int)
        -> (mantissa: Int128, scale: Int)?
    {
        let scale = leftScale + rightScale
        if scale <= scaleMax, let exact = multiply(left, right) { return (exact, scale) }
        let wide = left.magnitude.multipliedFullWidth(by: right.magnitude)
        // Neither factor has more than 39 digits, so no more than these have to go.
        for dropped in max(0, scale - scaleMax)...min(scale, scaleMax) {
            let divisor = powers[dropped].magnitude
            guard wide.high < divisor else { continue }
            let (quotient, remainder) = divisor.dividingFullWidth((high: wide.high, low: wide.low))
            // Rounding up may add one.
            guard quotient < powers[scaleMax].magnitude - 1 else { continue }
            let mantissa = Int128(remainder >= divisor - remainder ? quotient + 1 : quotient)
            return ((left < 0) != (right < 0) ? 0 - mantissa : mantissa, scale - dropped)
        }
        return nil
    }

    /// PostgreSQL's `select_div_scale`: at least 16 significant digits, counted in base-10000 digits, never fewer
    /// places than either side.
    package static func divisionScale(_ left: Int128, _ leftScale: Int, _ right: Int128, _ rightScale: Int) -> Int {
        divisionScale(lead(of: left, leftScale), leftScale, lead(of: right, rightScale), rightScale)
    }

    /// The same where the first digits of both are known.
    static func divisionScale(_ left: Lead, _ leftScale: Int, _ right: Lead, _ rightScale: Int) -> Int {
        var quotientWeight = left.weight - right.weight
        if left.first <= right.first { quotientWeight -= 1 }
        return max(16 - quotientWeight * 4, leftScale, rightScale, 0)
    }

    /// Position and value of a number's first base-10000 digit that is not zero; zeros for zero.
    struct Lead: Sendable {
        var weight: Int
        var first: Int
    }

    /// Which base-10000 digit the first decimal one lies in.
    static func weight(digits: Int, _ scale: Int) -> Int {
        let leading = digits - scale - 1
        return leading >= 0 ? leading / 4 : -((3 - leading) / 4)
    }

    static func lead(of mantissa: Int128, _ scale: Int) -> Lead {
        if mantissa == 0 { return Lead(weight: 0, first: 0) }
        let weight = weight(digits: digitCount(mantissa.magnitude), scale)
        let shift = weight * 4 + scale
        let first = shift >= 0 ? mantissa.magnitude / power10(shift) : mantissa.magnitude * power10(-shift)
        return Lead(weight: weight, first: Int(truncatingIfNeeded: first))
    }

    private static func power10(_ exponent: Int) -> UInt128 {
        exponent <= scaleMax ? powers[exponent].magnitude : UInt128.max
    }

    /// Decimal digits of a number; 1 for zero.
    static func digitCount(_ value: UInt128) -> Int {
        var count = 1
        while count <= scaleMax, value >= powers[count].magnitude { count += 1 }
        return count
    }

    /// `left / right` at `scale` places.
    /// - Precondition: `right != 0`.
    package static func divide(_ left: Int128, _ leftScale: Int, by right: Int128, _ rightScale: Int, scale: Int)
        -> Int128?
    {
        let shift = scale - leftScale + rightScale
        var magnitude: UInt128
        var divisor = right.magnitude
        var high: UInt128 = 0
        magnitude = left.magnitude
        if shift >= 0 {
            if magnitude != 0 {
                var remaining = shift
                while remaining > 0 {
                    let step = min(remaining, scaleMax)
                    let factor = power10(step)
                    let wide = magnitude.multipliedFullWidth(by: factor)
                    let (scaled, isLost) = high.multipliedReportingOverflow(by: factor)
                    let (sum, isBeyond) = scaled.addingReportingOverflow(wide.high)
                    if isLost || isBeyond { return nil }
                    high = sum
                    magnitude = wide.low
                    remaining -= step
                }
            }
        } else {
            let (product, overflow) = divisor.multipliedReportingOverflow(by: power10(-shift))
            if overflow { return nil }
            divisor = product
        }
        guard high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth((high: high, low: magnitude))
        let (rounded, overflow) = quotient.addingReportingOverflow(remainder >= divisor - remainder ? 1 : 0)
        guard !overflow, let result = Int128(exactly: rounded) else { return nil }
        return (left < 0) != (right < 0) ? 0 - result : result
    }

    /// A double's nearest decimal at a scale; nil when it is not finite or too large.
    package static func fromDouble(_ value: Double, scale: Int) -> Int128? {
        guard value.isFinite, let parsed = parse(value.description) else { return nil }
        return rescale(parsed.mantissa, from: parsed.scale, to: scale)
    }

    /// The nearest double.
    package static func toDouble(_ mantissa: Int128, scale: Int) -> Double {
        if scale == 0 { return Double(mantissa) }
        // Both sides exact: one correctly rounded division.
        if mantissa.magnitude < 1 << 53, scale <= 22 { return Double(mantissa) / Double(powers[scale]) }
        return Double(text(mantissa, scale: scale)) ?? Double(mantissa) / Double(powers[min(scale, scaleMax)])
    }

    /// `-12.340` for (-12340, 3).
    package static func text(_ mantissa: Int128, scale: Int) -> String {
        DecimalText.renderFull(mantissa, scale: scale)
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`; the scale is what is written. nil when it is no number or too long.
    package static func parse(_ text: some StringProtocol) -> (mantissa: Int128, scale: Int)? {
        guard let written = try? WrittenDecimal(Array(text.utf8).span, .loose), let mantissa = written.mantissa,
            written.exponent.magnitude < 1000
        else { return nil }
        let scale = written.decimals - written.exponent
        if scale < 0 {
            guard let result = rescale(mantissa, from: 0, to: -scale) else { return nil }
            return (result, 0)
        }
        if scale > scaleMax {
            return rescale(mantissa, from: scale, to: scaleMax).map { ($0, scaleMax) }
        }
        return (mantissa, scale)
    }

    /// The order of two decimals of any scales: -1, 0 or 1.
    static func compare(_ left: Int128, _ leftScale: Int, _ right: Int128, _ rightScale: Int) -> Int {
        if leftScale == rightScale { return left < right ? -1 : (left == right ? 0 : 1) }
        if leftScale < rightScale {
            guard let scaled = rescale(left, from: leftScale, to: rightScale) else { return left < 0 ? -1 : 1 }
            return scaled < right ? -1 : (scaled == right ? 0 : 1)
        }
        return -compare(right, rightScale, left, leftScale)
    }
}
