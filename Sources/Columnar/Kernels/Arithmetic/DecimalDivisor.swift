/// A decimal by which many whole numbers of 64 bits are divided. What the rule for the places of a quotient wants to
/// know of it is found once, and most quotients take no division of 128 bits.
package struct DecimalDivisor: Sendable {
    private let mantissa: Int128
    private let scale: Int
    private let lead: Decimal128.Lead
    /// Where the mantissa is a power of ten: which.
    private let power: Int?
    /// Of ten, as far as 64 bits hold them.
    private let powers: [UInt64] = (0..<20).map { (0..<$0).reduce(1) { product, _ in product * 10 } }

    /// nil of zero.
    package init?(_ mantissa: Int128, scale: Int) {
        guard mantissa != 0 else { return nil }
        (self.mantissa, self.scale) = (mantissa, scale)
        lead = Decimal128.lead(of: mantissa, scale)
        power = (0...Decimal128.scaleMax).first { Decimal128.power($0)?.magnitude == mantissa.magnitude }
    }

    /// nil of zero, and of what is no whole number or decimal.
    package init?(_ number: Scalar) {
        switch number {
        case .integer(let value): self.init(Int128(value), scale: 0)
        case .numeric(let mantissa, let scale): self.init(mantissa, scale: scale)
        default: return nil
        }
    }

    /// A number divided, with the places of ``Decimal128/divisionScale(_:_:_:_:)`` and as
    /// ``Decimal128/divide(_:_:by:_:scale:)`` rounds it.
    /// - Parameters:
    ///   - number: the mantissa of what is divided.
    ///   - places: its decimal places.
    /// - Returns: nil where 38 digits do not hold it.
    package func quotient(of number: Int64, scale places: Int) -> (mantissa: Int128, scale: Int)? {
        let (digits, first) = lead(of: number.magnitude, places)
        let wanted = Decimal128.divisionScale(first, places, lead, scale)
        func wide() -> (mantissa: Int128, scale: Int)? {
            Decimal128.divide(Int128(number), places, by: mantissa, scale, scale: wanted).map { ($0, wanted) }
        }
        let shift = wanted - places + scale
        guard shift >= 0, digits + shift <= Decimal128.scaleMax, let factor = Decimal128.power(shift) else {
            return wide()
        }
        let isNegative = (number < 0) != (mantissa < 0)
        var quotient: UInt128
        if let power, power <= shift, let exact = Decimal128.power(shift - power) {
            quotient = UInt128(number.magnitude) &* exact.magnitude
        } else if let divisor = UInt64(exactly: mantissa.magnitude) {
            let dividend = UInt128(number.magnitude) &* factor.magnitude
            let upper = UInt64(truncatingIfNeeded: dividend >> 64).quotientAndRemainder(dividingBy: divisor)
            let lower = divisor.dividingFullWidth((upper.remainder, UInt64(truncatingIfNeeded: dividend)))
            quotient = UInt128(upper.quotient) << 64 | UInt128(lower.quotient)
            if lower.remainder >= divisor - lower.remainder { quotient += 1 }
        } else {
            return wide()
        }
        let result = Int128(truncatingIfNeeded: quotient)
        return (isNegative ? 0 - result : result, wanted)
    }

    /// By how many places the digits of what it divides move to the right, which otherwise stay; nil where they change.
    var shift: Int? { mantissa > 0 ? power.map { $0 - scale } : nil }

    /// How many places a quotient has, by ``Decimal128/divisionScale(_:_:_:_:)``; the more, the smaller the number is.
    /// - Parameters:
    ///   - magnitude: of the mantissa of what is divided.
    ///   - places: its decimal places.
    func places(of magnitude: UInt64, scale places: Int) -> Int {
        Decimal128.divisionScale(lead(of: magnitude, places).lead, places, lead, scale)
    }

    /// As ``Decimal128/lead(of:_:)``, and how many digits the number has; 1 for zero.
    private func lead(of magnitude: UInt64, _ scale: Int) -> (digits: Int, lead: Decimal128.Lead) {
        if magnitude == 0 { return (1, Decimal128.Lead(weight: 0, first: 0)) }
        // A binary digit is 0.30103 decimal ones.
        let least = ((64 - magnitude.leadingZeroBitCount) * 1_233) >> 12
        let digits = least < powers.count && magnitude >= powers[least] ? least + 1 : max(1, least)
        let weight = Decimal128.weight(digits: digits, scale)
        let shift = weight * 4 + scale
        let first: UInt64
        if shift >= 0 {
            first = shift < powers.count ? magnitude / powers[shift] : 0
        } else {
            // Fewer than four digits are before the first one of base 10000.
            first = magnitude &* powers[-shift]
        }
        return (digits, Decimal128.Lead(weight: weight, first: Int(truncatingIfNeeded: first)))
    }
}
