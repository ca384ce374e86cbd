/// A double as all its decimal digits, to be rounded to as many as are wanted.
struct ExactDecimal {
    /// 0…9, without zeros before; empty for zero.
    private(set) var digits: [UInt8]
    /// The number is 0.digits × 10^point.
    private(set) var point: Int

    /// - Parameter value: finite; the sign is not looked at.
    /// - Complexity: O(1): at most some thousand digits.
    init(_ value: Double) {
        precondition(value.isFinite, "what has no digits is told before")
        let bits = value.bitPattern
        let biased = Int(bits >> 52 & 0x7FF)
        let significand = bits & 0xF_FFFF_FFFF_FFFF | (biased == 0 ? 0 : 1 << 52)
        var exponent = max(biased, 1) - 1075
        // Nine digits a part, the lowest first.
        var parts: [UInt64] = [significand % 1_000_000_000, significand / 1_000_000_000]
        func multiply(by factor: UInt64) {
            var carry: UInt64 = 0
            for index in parts.indices {
                let product = parts[index] * factor + carry
                parts[index] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { parts.append(carry) }
        }
        // A half is five tenths.
        let shift = exponent < 0 ? exponent : 0
        while exponent > 0 {
            let step = min(exponent, 29)
            multiply(by: 1 << UInt64(step))
            exponent -= step
        }
        while exponent < 0 {
            let step = min(-exponent, 12)
            var factor: UInt64 = 1
            for _ in 0..<step { factor *= 5 }
            multiply(by: factor)
            exponent += step
        }
        var all: [UInt8] = []
        for part in parts.reversed() {
            var divisor: UInt64 = 100_000_000
            for _ in 0..<9 {
                all.append(UInt8(part / divisor % 10))
                divisor /= 10
            }
        }
        let zeros = all.prefix { $0 == 0 }.count
        digits = Array(all.dropFirst(zeros))
        point = digits.isEmpty ? 0 : digits.count + shift
        trim()
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    /// To a number of digits, a half to the even one.
    mutating func round(to count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            (digits, point) = ([], 0)
            return
        }
        let next = digits[count]
        let isHalf = next == 5 && digits.count == count + 1
        let isUp = isHalf ? count > 0 && digits[count - 1] % 2 == 1 : next >= 5
        digits.removeSubrange(count...)
        if isUp {
            var index = count - 1
            while index >= 0, digits[index] == 9 {
                digits.removeLast()
                index -= 1
            }
            if index >= 0 {
                digits[index] += 1
            } else {
                digits = [1]
                point += 1
            }
        }
        trim()
        if digits.isEmpty { point = 0 }
    }

    /// With so many decimals.
    func fixed(decimals: Int) -> String {
        var text = point <= 0 ? "0" : ""
        for place in 0..<max(point, 0) { text += digit(place) }
        if decimals > 0 { text += "." }
        for place in 0..<decimals { text += digit(point + place) }
        return text
    }

    /// One digit, so many decimals, and the exponent.
    func scientific(decimals: Int) -> String {
        var text = digit(0)
        if decimals > 0 { text += "." }
        for place in 0..<decimals { text += digit(1 + place) }
        let exponent = digits.isEmpty ? 0 : point - 1
        let magnitude = exponent.magnitude
        return text + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + "\(magnitude)"
    }

    private func digit(_ place: Int) -> String { place >= 0 && place < digits.count ? "\(digits[place])" : "0" }

    /// `%f`, `%e` or `%g` of C and Go, without the sign.
    static func written(_ value: Double, verb: UInt8, precision: Int) -> String {
        var decimal = ExactDecimal(value.magnitude)
        switch verb {
        case UInt8(ascii: "f"):
            decimal.round(to: decimal.point + precision)
            return decimal.fixed(decimals: precision)
        case UInt8(ascii: "e"):
            decimal.round(to: precision + 1)
            return decimal.scientific(decimals: precision)
        default:
            let count = max(precision, 1)
            decimal.round(to: count)
            let exponent = decimal.digits.isEmpty ? 0 : decimal.point - 1
            let shown = max(decimal.digits.count, 1)
            if exponent < -4 || exponent >= count { return decimal.scientific(decimals: shown - 1) }
            return decimal.fixed(decimals: max(shown - 1 - exponent, 0))
        }
    }
}
