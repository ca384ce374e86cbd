/// A double in decimal digits, as PostgreSQL turns one into a numeric: fifteen significant digits, rounded half away
/// from zero.
package enum DecimalDigits {
    /// 10 to the number of digits kept.
    private static let keptMax: Int128 = 1_000_000_000_000_000

    /// The value as `mantissa × 10^-scale`, at the smallest scale of zero or more that holds the digits; it may be
    /// greater than 38. nil for what is not finite or has more than 38 digits before the point.
    package static func of(_ value: Double) -> (mantissa: Int128, scale: Int)? {
        guard value.isFinite else { return nil }
        var mantissa: Int128 = 0
        var scale = 0
        var seenPoint = false
        // The shortest digits that name the double: at most twenty, then perhaps an exponent.
        var bytes = Array(value.magnitude.description.utf8)[...]
        while let byte = bytes.first, byte != UInt8(ascii: "e") {
            bytes.removeFirst()
            if byte == UInt8(ascii: ".") {
                seenPoint = true
                continue
            }
            mantissa = mantissa * 10 + Int128(byte - 48)
            if seenPoint { scale += 1 }
        }
        if !bytes.isEmpty { scale -= Int(String(decoding: bytes.dropFirst(), as: UTF8.self)) ?? 0 }
        if mantissa == 0 { return (0, 0) }
        var excess: Int128 = 1
        while mantissa / excess >= keptMax {
            excess *= 10
            scale -= 1
        }
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: excess)
        mantissa = excess > 1 && remainder >= excess - remainder ? quotient + 1 : quotient
        while mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        while scale < 0 {
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            mantissa = product
            scale += 1
        }
        return (value.sign == .minus ? -mantissa : mantissa, scale)
    }
}
