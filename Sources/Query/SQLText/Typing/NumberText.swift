import Columnar
import JSONTexts
import Plans

/// Numbers as SQL writes them.
enum NumberText {
    /// The text without white space around it; nil when nothing is left.
    static func trimmed(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else {
            return nil
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// Digits with an optional sign.
    static func isInteger(_ text: String) -> Bool {
        let digits = text.utf8.first == 45 || text.utf8.first == 43 ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    /// Decimal digits with sign, point and exponent, NaN or Infinity; nothing else that Swift would read.
    /// - Throws: `.numberOutOfRange` for digits that are more or less than a double holds.
    static func double(_ text: String, position: Int?) throws(QueryError) -> Double? {
        switch text.lowercased() {
        case "nan": return .nan
        case "inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: break
        }
        let allowed = text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || [43, 45, 46, 69, 101].contains($0) }
        guard allowed, let value = Double(text) else { return nil }
        let digits = text.utf8.prefix { $0 != 69 && $0 != 101 }
        if value.isInfinite || (value == 0 && digits.contains { $0 >= 49 && $0 <= 57 }) {
            throw QueryError(
                .numberOutOfRange, "\"\(text)\" is out of range for type double precision", position: position)
        }
        return value
    }

    /// A decimal exactly: `1.50` is (150, scale 2), `1e3` is (1000, scale 0). nil when the text is no number.
    /// - Throws: `.numberOutOfRange` when 38 digits do not hold it.
    static func decimal(_ text: String, position: Int?) throws(QueryError) -> Scalar? {
        let written: WrittenDecimal
        do throws(WrittenDecimal.Failure) {
            written = try WrittenDecimal(text.utf8.span, .loose)
        } catch {
            if error == .tooLong { throw outOfRange(text, position) }
            return nil
        }
        let places = written.decimals - written.exponent
        let scale = max(0, places)
        guard let digits = written.mantissa, written.exponent.magnitude <= 1000, scale <= Decimal128.scaleMax,
            let mantissa = Decimal128.rescale(digits, from: places, to: scale)
        else { throw outOfRange(text, position) }
        return .numeric(mantissa, scale: scale)
    }

    /// A decimal at a scale, rounded half away from zero as PostgreSQL does. nil when it does not fit.
    static func rounded(_ value: Scalar, toScale scale: Int) -> Scalar? {
        guard case .numeric(let mantissa, let old) = value else { return nil }
        return Decimal128.rescale(mantissa, from: old, to: scale).map { .numeric($0, scale: scale) }
    }

    private static func outOfRange(_ text: String, _ position: Int?) -> QueryError {
        QueryError(
            .numberOutOfRange, "the number \(text.prefix(60)) needs more than 38 digits",
            hint: "Write it as double precision: '\(text.prefix(60))'::float8.", position: position)
    }
}
