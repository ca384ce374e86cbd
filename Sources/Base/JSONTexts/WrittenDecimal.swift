/// A decimal number as it is written: sign, digits, point, exponent. What it may be is the reader's business.
package struct WrittenDecimal: Sendable {
    /// How numbers are written.
    package enum Form: Sendable {
        /// As in JSON, leading zeros allowed: digits on both sides of a point, no plus before them.
        case strict
        /// As in SQL: also `+1`, `.5` and `5.`.
        case loose
    }

    /// Why a text is no such number.
    package enum Failure: Error, Hashable, Sendable {
        /// Where the first byte stands that does not fit.
        case malformed(offset: Int)
        /// More digits than 128 bits hold, zeros at the end aside.
        case tooLong
    }

    /// Exponents beyond it, either way, are taken for it: no number of ours is that large or that precise.
    package static let exponentMax = 10_000

    /// Whether a minus stands before it; zero may have one.
    package private(set) var isNegative = false
    /// Its digits as a number, without the zeros at their end.
    package private(set) var significand: Int128 = 0
    /// The zeros at the end of its digits, of a zero all of them: not part of ``significand``, so that there may be any
    /// number of them.
    private(set) var zeros = 0
    /// How many of its digits stand behind the point.
    package private(set) var decimals = 0
    /// What stands behind `e`; 0 where nothing does.
    package private(set) var exponent = 0

    /// Reads the whole text. Does not allocate.
    /// - Complexity: O(bytes).
    package init(_ text: Span<UInt8>, _ form: Form) throws(Failure) {
        var place = 0
        if place < text.count {
            isNegative = text[place] == UInt8(ascii: "-")
            if isNegative || form == .loose && text[place] == UInt8(ascii: "+") { place += 1 }
        }
        let whole = try readDigits(text, &place)
        guard whole > 0 || form == .loose else { throw .malformed(offset: place) }
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            decimals = try readDigits(text, &place)
            guard decimals > 0 || form == .loose else { throw .malformed(offset: place) }
        }
        guard whole + decimals > 0 else { throw .malformed(offset: place) }
        if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") {
            exponent = try Self.readExponent(text, &place)
        }
        guard place == text.count else { throw .malformed(offset: place) }
    }

    /// All its digits as a number with its sign, to be divided by 10 to the power of ``decimals``; nil beyond 128 bits.
    package var mantissa: Int128? {
        guard let magnitude = Self.scaled(significand, by: significand == 0 ? 0 : zeros) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// - Returns: nil beyond 128 bits.
    static func scaled(_ value: Int128, by power: Int) -> Int128? {
        var result = value
        for _ in 0..<power {
            let (product, isBeyond) = result.multipliedReportingOverflow(by: 10)
            guard !isBeyond else { return nil }
            result = product
        }
        return result
    }

    /// - Returns: how many there are.
    private mutating func readDigits(_ text: Span<UInt8>, _ place: inout Int) throws(Failure) -> Int {
        let start = place
        while place < text.count, text[place] &- 0x30 < 10 {
            try append(text[place] &- 0x30)
            place += 1
        }
        return place - start
    }

    private mutating func append(_ digit: UInt8) throws(Failure) {
        if digit == 0 {
            zeros += 1
            return
        }
        if significand == 0 { zeros = 0 }
        // 10³⁹ is beyond 128 bits.
        guard zeros < 38, let shifted = Self.scaled(significand, by: zeros + 1) else { throw .tooLong }
        let (sum, isBeyond) = shifted.addingReportingOverflow(Int128(digit))
        guard !isBeyond else { throw .tooLong }
        (significand, zeros) = (sum, 0)
    }

    private static func readExponent(_ text: Span<UInt8>, _ place: inout Int) throws(Failure) -> Int {
        place += 1
        let isNegative = place < text.count && text[place] == UInt8(ascii: "-")
        if isNegative || place < text.count && text[place] == UInt8(ascii: "+") { place += 1 }
        let start = place
        var exponent = 0
        while place < text.count, text[place] &- 0x30 < 10 {
            exponent = min(exponent * 10 + Int(text[place] &- 0x30), exponentMax)
            place += 1
        }
        guard place > start else { throw .malformed(offset: place) }
        return isNegative ? -exponent : exponent
    }
}
