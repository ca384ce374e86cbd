/// Why a text is no amount that can be kept exactly.
package enum DecimalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not digits with an optional sign, decimals and exponent; where the first byte stands that does not fit.
    case malformed(offset: Int)
    /// More decimals than the scale holds; nothing is rounded.
    case tooPrecise(decimals: Int)
    /// Beyond 64 bits at the scale.
    case outOfRange(decimals: Int)

    /// What is expected or wrong, in words for the sender.
    package var description: String {
        switch self {
        case .malformed(let offset): "decimal text such as \"0.0375\" (does not fit at byte \(offset))"
        case .tooPrecise(let decimals): "at most \(decimals) decimals"
        case .outOfRange(let decimals):
            "an amount between −\(DecimalError.greatest(decimals)) and \(DecimalError.greatest(decimals))"
        }
    }

    private static func greatest(_ decimals: Int) -> String { DecimalText.render(Int128(Int64.max), scale: decimals) }
}

/// Decimal text and integers of a fixed number of decimals: money is never a double.
package enum DecimalText {
    /// Decimals of an amount in USD: pico-USD.
    package static let usdScale = 12
    /// Decimals of a price in USD per million tokens: one unit is one pico-USD per token, as 10⁻⁶ USD per 10⁶ tokens is
    /// 10⁻¹² USD.
    package static let perMillionTokensScale = 6

    /// The value times 10^scale, exactly. An exponent (`1e-5`) is read as well, since JSON numbers may have one. Does
    /// not allocate.
    package static func parse(_ text: Span<UInt8>, scale: Int) throws(DecimalError) -> Int64 {
        let written: WrittenDecimal
        do throws(WrittenDecimal.Failure) {
            written = try WrittenDecimal(text, .strict)
        } catch {
            switch error {
            case .malformed(let offset): throw .malformed(offset: offset)
            case .tooLong: throw .outOfRange(decimals: scale)
            }
        }
        guard written.significand != 0 else { return 0 }
        let power = written.zeros - written.decimals + written.exponent + scale
        // No zero is left at the end of the significand, so each step down is one too many.
        guard power >= 0 else { throw .tooPrecise(decimals: scale) }
        guard let value = WrittenDecimal.scaled(written.significand, by: power),
            let result = Int64(exactly: written.isNegative ? -value : value)
        else { throw .outOfRange(decimals: scale) }
        return result
    }

    /// The same for a slice of bytes.
    package static func parse(_ text: ArraySlice<UInt8>, scale: Int) throws(DecimalError) -> Int64 {
        try parse(text.span, scale: scale)
    }

    /// The same for text.
    package static func parse(_ text: String, scale: Int) throws(DecimalError) -> Int64 {
        try parse(text.utf8.span, scale: scale)
    }

    /// Appends the exact decimal text of `value` times 10^-scale, with no zeros at the end beyond `minimumDecimals`.
    /// - Precondition: `scale >= 0`.
    package static func append(_ value: Int128, scale: Int, minimumDecimals: Int = 0, to bytes: inout [UInt8]) {
        // Least significant first; 128 bits have at most 39 digits.
        var digits = InlineArray<39, UInt8>(repeating: 0)
        var count = 0
        var high = value.magnitude
        while high > UInt128(UInt64.max) {
            let (quotient, digit) = high.quotientAndRemainder(dividingBy: 10)
            digits[count] = UInt8(truncatingIfNeeded: digit)
            high = quotient
            count += 1
        }
        var rest = UInt64(truncatingIfNeeded: high)
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[count] = UInt8(truncatingIfNeeded: digit)
            rest = quotient
            count += 1
        }
        func text(_ place: Int) -> UInt8 { 0x30 + (place < count ? digits[place] : 0) }
        var last = 0
        while scale - last > minimumDecimals, text(last) == 0x30 { last += 1 }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var place = max(count, scale + 1)
        while place > scale {
            place -= 1
            bytes.append(text(place))
        }
        guard last < scale else { return }
        bytes.append(UInt8(ascii: "."))
        while place > last {
            place -= 1
            bytes.append(text(place))
        }
    }

    /// The same as text.
    package static func render(_ value: Int128, scale: Int, minimumDecimals: Int = 0) -> String {
        var bytes: [UInt8] = []
        append(value, scale: scale, minimumDecimals: minimumDecimals, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// With all decimals of the scale: `-0.500` for (-500, 3).
    package static func renderFull(_ value: Int128, scale: Int) -> String {
        render(value, scale: scale, minimumDecimals: scale)
    }

    /// Pico-USD as decimal text in USD.
    package static func renderUSD(_ picoUSD: Int128, minimumDecimals: Int = 0) -> String {
        render(picoUSD, scale: usdScale, minimumDecimals: minimumDecimals)
    }
}
