package import Columnar
import JSONTexts

extension InputText {
    /// Digits with a sign or none, white space around them; nil for anything else.
    /// - Parameter position: where the text stands, for the error.
    /// - Throws: `.numberOutOfRange` for digits beyond 64 bits, whatever stands behind them.
    package static func integer(_ text: String, position: Int? = nil) throws(QueryError) -> Int64? {
        let trimmed = trimmed(text)
        if let value = Int64(trimmed) { return value }
        let hasSign = trimmed.utf8.first == UInt8(ascii: "+") || trimmed.utf8.first == UInt8(ascii: "-")
        let digits = trimmed.utf8.dropFirst(hasSign ? 1 : 0).prefix(while: \.isDigit)
        if digits.isEmpty || Int64(trimmed[..<digits.endIndex]) != nil { return nil }
        throw QueryError(.numberOutOfRange, "value \"\(text)\" is out of range for type bigint", position: position)
    }

    /// Decimal digits with sign, point and exponent, the same in sixteens behind `0x`, NaN or Infinity, white space
    /// around them; nil for anything else.
    /// - Parameter position: where the text stands, for the error.
    /// - Throws: `.numberOutOfRange` for digits that are more or less than a double holds.
    package static func double(_ text: String, position: Int? = nil) throws(QueryError) -> Double? {
        let trimmed = trimmed(text)
        if let word = NumberWord(trimmed) { return word.value }
        let digits = trimmed.utf8.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        let isHexadecimal = digits.prefix(2).elementsEqual("0x".utf8) || digits.prefix(2).elementsEqual("0X".utf8)
        let letters = Array((isHexadecimal ? "xXpPabcdefABCDEF" : "eE").utf8)
        let isAllowed = trimmed.utf8.allSatisfy { $0.isDigit || [43, 45, 46].contains($0) || letters.contains($0) }
        guard isAllowed, let value = Double(trimmed) else { return nil }
        let exponent = Array((isHexadecimal ? "pP" : "eE").utf8)
        let significand = digits.dropFirst(isHexadecimal ? 2 : 0).prefix { !exponent.contains($0) }
        let isZero = significand.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        if value.isInfinite || (value == 0 && !isZero) {
            throw QueryError(
                .numberOutOfRange, "\"\(text)\" is out of range for type double precision", position: position)
        }
        return value
    }

    /// A decimal exactly: `1.50` is (150, scale 2), `1e3` is (1000, scale 0); white space around it is passed over. nil
    /// for a text that is no number.
    /// - Parameters:
    ///   - scale: what it is rounded to, half away from zero, however many places are written; nil: all these are kept.
    ///   - position: where the text stands, for the error.
    /// - Throws: `.numberOutOfRange` when 38 digits do not hold it, `.notSupported` for NaN and infinity.
    package static func decimal(
        _ text: String, scale: Int? = nil, position: Int? = nil
    ) throws(QueryError) -> ReadDecimal? {
        let trimmed = trimmed(text)
        // A numeric may be these in PostgreSQL and never is here.
        if let word = NumberWord(trimmed), !word.isSignedNaN { throw .nonFiniteNumeric(position: position) }
        do throws(WrittenDecimal.Failure) {
            if let read = try read(trimmed, scale: scale) { return read }
        } catch {
            // What has too many digits is a number all the same.
            if error != .tooLong { return nil }
        }
        throw QueryError(
            .numberOutOfRange, "the number \(trimmed.prefix(60)) needs more than 38 digits",
            hint: "Digits behind the point count, too. Write it as double precision: '\(trimmed.prefix(60))'::float8.",
            position: position)
    }

    /// - Returns: nil where 38 digits do not hold it.
    private static func read(_ text: String, scale: Int?) throws(WrittenDecimal.Failure) -> ReadDecimal? {
        do throws(WrittenDecimal.Failure) {
            let written = try WrittenDecimal(text.utf8.span, .loose)
            guard written.exponent.magnitude < WrittenDecimal.exponentMax else { return nil }
            if let mantissa = written.mantissa {
                let places = written.decimals - written.exponent
                return ReadDecimal(mantissa, from: places, to: scale ?? max(0, places))
            }
        } catch {
            if error != .tooLong { throw error }
        }
        return try readLong(text, scale: scale)
    }

    /// A number of more digits than 128 bits hold; those behind the scale may be any number.
    /// - Returns: nil where 38 digits do not hold it.
    private static func readLong(_ text: String, scale: Int?) throws(WrittenDecimal.Failure) -> ReadDecimal? {
        var bytes = Array(text.utf8)
        let significand = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let digits = significand.filter(\.isDigit)
        // Of zeros there may be as many as there are.
        for place in significand.indices where bytes[place].isDigit { bytes[place] = UInt8(ascii: "0") }
        let shape = try WrittenDecimal(bytes.span, .loose)
        guard let scale, shape.exponent.magnitude < WrittenDecimal.exponentMax else { return nil }
        let excess = shape.decimals - shape.exponent - scale
        guard excess > 0 else { return nil }
        let dropped = digits.suffix(excess)
        var kept: Int128 = 0
        if dropped.count < digits.count {
            let whole = try WrittenDecimal(Array(digits.dropLast(excess)).span, .loose)
            guard let mantissa = whole.mantissa else { return nil }
            kept = mantissa
        }
        // Where fewer digits are there than would be dropped, zeros stand before them.
        if dropped.count == excess, let first = dropped.first, first >= UInt8(ascii: "5") {
            guard let next = Decimal128.sum(kept, 1) else { return nil }
            kept = next
        }
        return ReadDecimal(
            mantissa: shape.isNegative ? -kept : kept, scale: scale,
            isExact: dropped.allSatisfy { $0 == UInt8(ascii: "0") })
    }
}

/// A decimal that was read, or came from another scale.
package struct ReadDecimal: Hashable, Sendable {
    /// The number is this, divided by 10 to the power of ``scale``.
    package private(set) var mantissa: Int128
    /// How many decimal places it has.
    package private(set) var scale: Int
    /// Whether it is the number that was written, none of it rounded away.
    package private(set) var isExact: Bool

    fileprivate init(mantissa: Int128, scale: Int, isExact: Bool) {
        (self.mantissa, self.scale, self.isExact) = (mantissa, scale, isExact)
    }

    /// A number at another scale, rounded half away from zero; nil when 38 digits do not hold it.
    package init?(_ mantissa: Int128, from places: Int, to scale: Int) {
        guard scale <= Decimal128.scaleMax, let rounded = Decimal128.rescale(mantissa, from: places, to: scale) else {
            return nil
        }
        let isExact = places <= scale || Decimal128.rescale(rounded, from: scale, to: places) == mantissa
        self.init(mantissa: rounded, scale: scale, isExact: isExact)
    }

    /// As a value.
    package var value: Scalar { .numeric(mantissa, scale: scale) }
}

/// What a number may be that no digits are, in letters of any case.
private struct NumberWord {
    var value: Double
    /// A NaN with a sign is one as a double only.
    var isSignedNaN = false

    init?(_ text: String) {
        // Numbers end in digits, and few letters are looked at twice.
        guard let last = text.utf8.last, last.isLetter, text.utf8.count <= 9 else { return nil }
        switch text.lowercased() {
        case "nan": value = .nan
        case "+nan", "-nan": (value, isSignedNaN) = (.nan, true)
        case "inf", "infinity", "+inf", "+infinity": value = .infinity
        case "-inf", "-infinity": value = -.infinity
        default: return nil
        }
    }
}
