import Bytes
package import Columnar
import JSONTexts

/// The few operations on constants that plans need before any engine runs: what literals and zone-map bounds are made
/// of. nil where the operation is not known here or would fail; then the engine decides, and raises the error if there
/// is one.
package struct ScalarArithmetic: Sendable {
    /// Whether days and months are those of UTC; else only exact spans of time are added.
    package var isUTC: Bool

    /// - Parameter timeZone: name of the zone in which times without offset are meant.
    package init(timeZone: String) {
        isUTC = ["UTC", "utc", "Etc/UTC", "GMT", "Z"].contains(timeZone)
    }

    /// The value of a function of constants.
    package func evaluate(_ function: ScalarFunction, _ arguments: [Scalar], _ type: ColumnType) -> Scalar? {
        switch function {
        case .isNull: return .boolean(arguments[0].isNull)
        case .isNotNull: return .boolean(!arguments[0].isNull)
        case .isTrue: return .boolean(arguments[0] == .boolean(true))
        case .isFalse: return .boolean(arguments[0] == .boolean(false))
        case .isNotTrue: return .boolean(arguments[0] != .boolean(true))
        case .isNotFalse: return .boolean(arguments[0] != .boolean(false))
        case .coalesce: return arguments.first { !$0.isNull } ?? .null
        default: break
        }
        if arguments.contains(where: \.isNull) { return isStrict(function) ? .null : nil }
        switch function {
        case .not: return arguments[0] == .boolean(false) ? .boolean(true) : .boolean(false)
        case .negate: return negate(arguments[0])
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = compare(arguments[0], arguments[1]) else { return nil }
            return .boolean(holds(function, order))
        case .add, .subtract: return sum(arguments[0], arguments[1], isMinus: function == .subtract, type)
        case .multiply: return product(arguments[0], arguments[1], type)
        case .likeEscape: return escapedPattern(arguments[0], arguments[1])
        case .checkedInteger:
            guard
                case (.integer(let value), .integer(let least), .integer(let most)) = (
                    arguments[0], arguments[1], arguments[2]
                )
            else {
                return nil
            }
            return value >= least && value <= most ? .integer(value) : nil
        default: return nil
        }
    }

    /// The value as another type, where that is exact.
    package func cast(_ value: Scalar, to type: ColumnType) -> Scalar? {
        switch (value, type) {
        case (.null, _): return .null
        case (.integer, .integer), (.double, .double), (.text, .text), (.boolean, .boolean),
            (.timestamptz, .timestamptz),
            (.timestamp, .timestamp), (.date, .date), (.interval, .interval), (.json, .json):
            return value
        case (.integer(let number), .double): return .double(Double(number))
        case (.integer(let number), .numeric(let scale)): return rescale(Int128(number), from: 0, to: scale)
        case (.numeric(let mantissa, let old), .numeric(let new)): return rescale(mantissa, from: old, to: new)
        case (.numeric(let mantissa, let scale), .double):
            return Double(DecimalText.renderFull(mantissa, scale: scale)).map { .double($0) }
        case (.numeric(let mantissa, 0), .integer): return Int64(exactly: mantissa).map { .integer($0) }
        case (.boolean(let flag), .integer): return .integer(flag ? 1 : 0)
        case (.date(let days), .timestamp):
            let (instant, overflow) = days.multipliedReportingOverflow(by: Nanoseconds.day)
            return overflow ? nil : .timestamp(instant)
        case (.date(let days), .timestamptz) where isUTC:
            let (instant, overflow) = days.multipliedReportingOverflow(by: Nanoseconds.day)
            return overflow ? nil : .timestamptz(instant)
        case (.timestamp(let instant), .timestamptz) where isUTC: return .timestamptz(instant)
        case (.timestamptz(let instant), .timestamp) where isUTC: return .timestamp(instant)
        case (.timestamp(let instant), .date): return .date(CivilTime(nanoseconds: instant).date.daysSince1970)
        case (.timestamptz(let instant), .date) where isUTC:
            return .date(CivilTime(nanoseconds: instant).date.daysSince1970)
        case (.integer(let number), .text): return .text(String(number))
        case (.numeric(let mantissa, let scale), .text): return .text(DecimalText.renderFull(mantissa, scale: scale))
        default: return nil
        }
    }

    /// `mantissa × 10^-old` with another scale; nil when digits would be lost or 128 bits do not hold it.
    package func rescale(_ mantissa: Int128, from old: Int, to new: Int) -> Scalar? {
        guard let result = Decimal128.rescale(mantissa, from: old, to: new),
            old <= new || Decimal128.rescale(result, from: new, to: old) == mantissa
        else { return nil }
        return .numeric(result, scale: new)
    }

    /// -1, 0 or 1 for two values of one type, as rows compare them; nil where the order is not plain.
    package func compare(_ left: Scalar, _ right: Scalar) -> Int? { Scalar.order(left, right)?.rawValue }

    private func holds(_ function: ScalarFunction, _ order: Int) -> Bool {
        switch function {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }

    /// NULL as soon as one argument is.
    private func isStrict(_ function: ScalarFunction) -> Bool {
        switch function {
        case .and, .or, .isNull, .isNotNull, .isDistinctFrom, .isNotDistinctFrom, .isTrue, .isFalse, .isNotTrue,
            .isNotFalse, .coalesce,
            .nullIf, .greatest, .least, .concat, .makeArray:
            false
        default: true
        }
    }

    private func escapedPattern(_ pattern: Scalar, _ escape: Scalar) -> Scalar? {
        // A long one takes a while, which the engine knows to bound.
        guard case .text(let pattern) = pattern, case .text(let escape) = escape, pattern.utf8.count <= 64 << 10,
            let settled = try? LikeEscape.withBackslashes(pattern, escape: escape, look: { _ in })
        else { return nil }
        return .text(settled)
    }

    private func negate(_ value: Scalar) -> Scalar? {
        switch value {
        case .integer(let number): return number == .min ? nil : .integer(-number)
        case .double(let number): return .double(-number)
        case .numeric(let mantissa, let scale): return mantissa == .min ? nil : .numeric(-mantissa, scale: scale)
        case .interval(let span): return IntervalMath.negate(span).map { .interval($0) }
        default: return nil
        }
    }

    private func sum(_ left: Scalar, _ right: Scalar, isMinus: Bool, _ type: ColumnType) -> Scalar? {
        switch (left, right) {
        case (.integer(let a), .integer(let b)):
            let (result, overflow) = isMinus ? a.subtractingReportingOverflow(b) : a.addingReportingOverflow(b)
            return overflow ? nil : .integer(result)
        case (.double(let a), .double(let b)):
            let result = isMinus ? a - b : a + b
            return result.isFinite ? .double(result) : nil
        case (.numeric(let a, let x), .numeric(let b, let y)):
            guard case .numeric(let scale) = type, case .numeric(let m, _)? = rescale(a, from: x, to: scale),
                case .numeric(let n, _)? = rescale(b, from: y, to: scale)
            else { return nil }
            let (result, overflow) = isMinus ? m.subtractingReportingOverflow(n) : m.addingReportingOverflow(n)
            return overflow ? nil : .numeric(result, scale: scale)
        case (.interval(let a), .interval(let b)):
            guard let other = isMinus ? IntervalMath.negate(b) : b else { return nil }
            return IntervalMath.add(a, other).map { .interval($0) }
        case (.timestamptz(let instant), .interval(let span)):
            guard isUTC || (span.months == 0 && span.days == 0) else { return nil }
            return moved(instant, span, isMinus: isMinus).map { .timestamptz($0) }
        case (.timestamp(let instant), .interval(let span)):
            return moved(instant, span, isMinus: isMinus).map { .timestamp($0) }
        case (.date(let days), .integer(let count)):
            let (result, overflow) =
                isMinus ? days.subtractingReportingOverflow(count) : days.addingReportingOverflow(count)
            return overflow || result.magnitude > 2_000_000_000 ? nil : .date(result)
        default: return nil
        }
    }

    private func moved(_ instant: Int64, _ span: Interval, isMinus: Bool) -> Int64? {
        guard let step = isMinus ? IntervalMath.negate(span) : span else { return nil }
        return adding(step, toNanoseconds: instant)
    }

    private func product(_ left: Scalar, _ right: Scalar, _ type: ColumnType) -> Scalar? {
        switch (left, right) {
        case (.integer(let a), .integer(let b)):
            let (result, overflow) = a.multipliedReportingOverflow(by: b)
            return overflow ? nil : .integer(result)
        case (.double(let a), .double(let b)):
            return (a * b).isFinite ? .double(a * b) : nil
        case (.numeric(let a, let x), .numeric(let b, let y)):
            // It has its own places, however many its column has.
            guard type.isNumeric, x + y <= Decimal128.scaleMax else { return nil }
            return Decimal128.multiply(a, b).map { .numeric($0, scale: x + y) }
        default: return nil
        }
    }
}
