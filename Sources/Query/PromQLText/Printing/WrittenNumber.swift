import Bytes

/// Doubles as the language writes them: the shortest digits that mean the same double.
package enum WrittenNumber {
    /// Without an exponent, however many zeros it takes.
    package static func plain(_ value: Double) -> String {
        guard value.isFinite else { return word(value) }
        let digits = Digits(value.magnitude)
        return sign(value) + digits.plain
    }

    /// Appends ``plain(_:)``: of most numbers the text of the machine, which answers have by the thousand.
    package static func append(plain value: Double, to bytes: inout [UInt8]) {
        // Of a whole number all digits are the shortest ones; a zero below zero has a sign.
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus {
            return appendDecimal(whole, to: &bytes)
        }
        let start = bytes.count
        if value.isFinite { bytes.append(contentsOf: value.description.utf8) }
        // An exponent stands at the end, with a sign and three digits at most.
        if bytes.count == start || bytes[max(start, bytes.count - 5)...].contains(UInt8(ascii: "e")) {
            bytes.removeSubrange(start...)
            bytes.append(contentsOf: plain(value).utf8)
        } else if bytes[bytes.count - 1] == UInt8(ascii: "0"), bytes[bytes.count - 2] == UInt8(ascii: ".") {
            bytes.removeLast(2)
        }
    }

    /// With an exponent where the number is large or small.
    package static func general(_ value: Double) -> String {
        guard value.isFinite else { return word(value) }
        let digits = Digits(value.magnitude)
        let exponent = digits.pointPlace - 1
        guard value != 0, exponent < -4 || exponent >= 6 else { return plain(value) }
        let rest = digits.digits.dropFirst()
        let magnitude = exponent.magnitude
        return sign(value) + String(decoding: digits.digits.prefix(1), as: UTF8.self)
            + (rest.isEmpty ? "" : "." + String(decoding: rest, as: UTF8.self)) + (exponent < 0 ? "e-" : "e+")
            + (magnitude < 10 ? "0" : "") + String(magnitude)
    }

    /// ms as seconds with three decimals.
    static func seconds(milliseconds: Int64) -> String {
        var bytes: [UInt8] = milliseconds < 0 ? [UInt8(ascii: "-")] : []
        let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        bytes += Array(String(seconds).utf8) + [UInt8(ascii: ".")]
        appendPadded(rest, digits: 3, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With six decimals, all digits of a large number.
    package static func fixed(_ value: Double) -> String {
        guard value.isFinite else { return word(value) }
        let whole = value.magnitude.rounded(.towardZero)
        // Large ones are whole: only those are asked for.
        return sign(value) + WholeNumber.digits(of: whole) + ".000000"
    }

    private static func sign(_ value: Double) -> String { value.sign == .minus ? "-" : "" }

    private static func word(_ value: Double) -> String { value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }

    /// Significant digits and where the point stands among them.
    private struct Digits {
        var digits: [UInt8] = []
        /// The number is 0.digits × 10^pointPlace.
        var pointPlace = 0

        init(_ value: Double) {
            let bytes = Array(value.description.utf8)
            let mantissaEnd = bytes.firstIndex(of: UInt8(ascii: "e")) ?? bytes.endIndex
            let mantissa = bytes[..<mantissaEnd]
            let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissaEnd
            let exponent = Int(String(decoding: bytes[mantissaEnd...].dropFirst(), as: UTF8.self)) ?? 0
            let all = mantissa.filter(\.isDigit)
            let leadingZeros = all.prefix { $0 == UInt8(ascii: "0") }.count
            digits = Array(all.dropFirst(leadingZeros))
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            pointPlace = digits.isEmpty ? 1 : point - leadingZeros + exponent
            if digits.isEmpty { digits = [UInt8(ascii: "0")] }
        }

        var plain: String {
            let zero = UInt8(ascii: "0")
            let point = UInt8(ascii: ".")
            var bytes: [UInt8]
            if pointPlace <= 0 {
                bytes = [zero, point] + [UInt8](repeating: zero, count: -pointPlace) + digits
            } else if pointPlace >= digits.count {
                bytes = digits + [UInt8](repeating: zero, count: pointPlace - digits.count)
            } else {
                bytes = digits
                bytes.insert(point, at: pointPlace)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Whole numbers of any size.
enum WholeNumber {
    /// All decimal digits of a double that is whole and not negative.
    static func digits(of value: Double) -> String {
        var rest = value
        // Nine digits a part, the lowest first: a double has at most 309.
        var parts: [UInt64] = []
        var shift = 0
        while rest >= 0x1p63 {
            rest /= 2
            shift += 1
        }
        var word = UInt64(rest)
        repeat {
            parts.append(word % 1_000_000_000)
            word /= 1_000_000_000
        } while word > 0
        for _ in 0..<shift {
            var carry: UInt64 = 0
            for index in parts.indices {
                let doubled = parts[index] * 2 + carry
                parts[index] = doubled % 1_000_000_000
                carry = doubled / 1_000_000_000
            }
            if carry > 0 { parts.append(carry) }
        }
        var bytes = Array(String(parts.last ?? 0).utf8)
        for part in parts.dropLast().reversed() { appendPadded(part, digits: 9, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
