import Columnar
import JSONTexts
import Plans

/// Numbers as SQL writes them.
enum NumberText {
    /// Digits with an optional sign.
    static func isInteger(_ text: String) -> Bool {
        let digits = text.utf8.first == 45 || text.utf8.first == 43 ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    /// - Returns: nil for a text that is no number.
    /// - Throws: `.numberOutOfRange` for digits that are more or less than a double holds.
    static func double(_ text: String, position: Int?) throws(QueryError) -> Double? {
        do throws(InputText.OutOfRange) {
            return try InputText.double(text)
        } catch {
            throw QueryError(
                .numberOutOfRange, "\"\(text)\" is out of range for type double precision", position: position)
        }
    }

    /// A decimal exactly: `1.50` is (150, scale 2), `1e3` is (1000, scale 0). nil when the text is no number.
    /// - Throws: `.numberOutOfRange` when 38 digits do not hold it, `.notSupported` for NaN and infinity.
    static func decimal(_ text: String, position: Int?) throws(QueryError) -> Scalar? {
        if InputText.nonFinite(text) != nil { throw .nonFiniteNumeric(position: position) }
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
