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
        case .outOfRange(let decimals): "an amount between −\(DecimalError.greatest(decimals)) and \(DecimalError.greatest(decimals))"
        }
    }

    private static func greatest(_ decimals: Int) -> String { DecimalText.render(Int128(Int64.max), scale: decimals) }
}

/// Decimal text and integers of a fixed number of decimals: money is never a double.
package enum DecimalText {
    /// Decimals of an amount in USD: pico-USD.
    package static let usdScale = 12
    /// Decimals of a price in USD per million tokens: one unit is one pico-USD per token, as 10⁻⁶ USD per 10⁶ tokens is 10⁻¹² USD.
    package static let perMillionTokensScale = 6

    /// The value times 10^scale, exactly. An exponent (`1e-5`) is read as well, since JSON numbers may have one. Does not allocate.
    package static func parse(_ text: Span<UInt8>, scale: Int) throws(DecimalError) -> Int64 {
        var place = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { place = 1 }
        var digits = Digits()
        let wholeStart = place
        while place < text.count, text[place] &- 0x30 < 10 {
            try digits.append(text[place] &- 0x30, scale)
            place += 1
        }
        guard place > wholeStart else { throw .malformed(offset: place) }
        var exponent = 0
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            let start = place
            while place < text.count, text[place] &- 0x30 < 10 {
                try digits.append(text[place] &- 0x30, scale)
                place += 1
            }
            guard place > start else { throw .malformed(offset: place) }
            exponent = start - place
        }
        if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") { exponent += try readExponent(text, &place) }
        guard place == text.count else { throw .malformed(offset: place) }
        return try digits.scaled(by: exponent + scale, isNegative: isNegative, scale)
    }

    /// The same for a slice of bytes.
    package static func parse(_ text: ArraySlice<UInt8>, scale: Int) throws(DecimalError) -> Int64 { try parse(text.span, scale: scale) }
    /// The same for text.
    package static func parse(_ text: String, scale: Int) throws(DecimalError) -> Int64 { try parse(Array(text.utf8).span, scale: scale) }

    /// Significant digits; zeros at the end are only counted, so that `1.000…` of any length is read.
    private struct Digits {
        var mantissa: Int128 = 0
        var zeros = 0

        mutating func append(_ digit: UInt8, _ scale: Int) throws(DecimalError) {
            if digit == 0 {
                zeros += 1
                return
            }
            if mantissa == 0 { zeros = 0 }
            guard zeros < 38 else { throw .outOfRange(decimals: scale) }
            for _ in 0...zeros {
                let (product, isBeyond) = mantissa.multipliedReportingOverflow(by: 10)
                guard !isBeyond else { throw .outOfRange(decimals: scale) }
                mantissa = product
            }
            zeros = 0
            let (sum, isBeyond) = mantissa.addingReportingOverflow(Int128(digit))
            guard !isBeyond else { throw .outOfRange(decimals: scale) }
            mantissa = sum
        }

        func scaled(by exponent: Int, isNegative: Bool, _ scale: Int) throws(DecimalError) -> Int64 {
            guard mantissa != 0 else { return 0 }
            var (value, power) = (mantissa, exponent + zeros)
            while power > 0 {
                let (product, isBeyond) = value.multipliedReportingOverflow(by: 10)
                guard !isBeyond else { throw .outOfRange(decimals: scale) }
                value = product
                power -= 1
            }
            while power < 0 {
                guard value % 10 == 0 else { throw .tooPrecise(decimals: scale) }
                value /= 10
                power += 1
            }
            guard let result = Int64(exactly: isNegative ? -value : value) else { throw .outOfRange(decimals: scale) }
            return result
        }
    }

    private static func readExponent(_ text: Span<UInt8>, _ place: inout Int) throws(DecimalError) -> Int {
        place += 1
        let isNegative = place < text.count && text[place] == UInt8(ascii: "-")
        if isNegative || place < text.count && text[place] == UInt8(ascii: "+") { place += 1 }
        let start = place
        var exponent = 0
        while place < text.count, text[place] &- 0x30 < 10 {
            // Beyond 10,000 the answer is the same: out of range or too precise.
            exponent = min(exponent * 10 + Int(text[place] &- 0x30), 10_000)
            place += 1
        }
        guard place > start else { throw .malformed(offset: place) }
        return isNegative ? -exponent : exponent
    }

    /// The exact decimal text of `value` times 10^-scale, with no zeros at the end beyond `minimumDecimals`.
    package static func render(_ value: Int128, scale: Int, minimumDecimals: Int = 0) -> String {
        var digits = Array(String(value.magnitude).utf8)
        if digits.count <= scale { digits.insert(contentsOf: [UInt8](repeating: 0x30, count: scale + 1 - digits.count), at: 0) }
        var decimals = scale
        while decimals > minimumDecimals, digits.last == 0x30 {
            digits.removeLast()
            decimals -= 1
        }
        if decimals > 0 { digits.insert(UInt8(ascii: "."), at: digits.count - decimals) }
        return (value < 0 ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }

    /// Pico-USD as decimal text in USD.
    package static func renderUSD(_ picoUSD: Int128, minimumDecimals: Int = 0) -> String {
        render(picoUSD, scale: usdScale, minimumDecimals: minimumDecimals)
    }
}
