// tests: numbers that no report comes to are tried too.
/// Quotients of integers as decimal text, without a double on the way.
package enum QuotientText {
    /// numerator ÷ denominator to so many significant digits, half away from zero; digits before the point are never
    /// cut.
    /// - Precondition: 0 < denominator < 10^37.
    package static func significant(_ numerator: Int128, _ denominator: Int128, digits count: Int = 6) -> String {
        precondition(denominator > 0)
        let (whole, remainder) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator.magnitude)
        let wholeDigits = whole == 0 ? 0 : String(whole).count
        var decimals = max(0, count - wholeDigits)
        if whole == 0, remainder > 0 {
            // Zeros behind the point are not significant.
            var rest = remainder * 10
            while rest < denominator.magnitude {
                rest *= 10
                decimals += 1
            }
        }
        return trimmed(fixed(numerator, denominator, decimals: decimals))
    }

    /// numerator ÷ denominator with at most so many decimals, half away from zero, without zeros at the end: exact
    /// where it ends by then.
    /// - Precondition: 0 < denominator < 10^37.
    package static func trimmed(_ numerator: Int128, _ denominator: Int128, decimals: Int) -> String {
        trimmed(fixed(numerator, denominator, decimals: decimals))
    }

    /// numerator ÷ denominator with exactly so many decimals, half away from zero.
    /// - Precondition: 0 < denominator < 10^37.
    package static func fixed(_ numerator: Int128, _ denominator: Int128, decimals: Int) -> String {
        precondition(denominator > 0)
        var (whole, remainder) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator.magnitude)
        var digits: [UInt8] = []
        for _ in 0..<decimals {
            remainder *= 10
            digits.append(UInt8(remainder / denominator.magnitude))
            remainder %= denominator.magnitude
        }
        if remainder >= denominator.magnitude - remainder {
            var place = decimals - 1
            while place >= 0, digits[place] == 9 {
                digits[place] = 0
                place -= 1
            }
            if place >= 0 { digits[place] += 1 } else { whole += 1 }
        }
        let isZero = whole == 0 && digits.allSatisfy { $0 == 0 }
        var text = (numerator < 0 && !isZero ? "-" : "") + String(whole)
        if decimals > 0 { text += "." + String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self) }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return text }
        var bytes = Array(text.utf8)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
