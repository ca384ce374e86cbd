import Bytes
import Columnar

/// What `date_trunc('day', time) >= …` and `time::date = …` say of the time itself: wide enough for every zone and
/// every length of a unit, as bounds only serve to skip. Empty for other conditions.
func truncatedTimePredicates(_ condition: Expression) -> [ColumnPredicate] {
    guard case .call(let function, let arguments, _) = condition, arguments.count == 2 else { return [] }
    if let constant = arguments[1].constant, let span = TruncatedSpan(arguments[0]) {
        return span.predicates(function, constant)
    }
    if let constant = arguments[0].constant, let span = TruncatedSpan(arguments[1]), let mirrored = function.mirrored {
        return span.predicates(mirrored, constant)
    }
    return []
}

/// A time column cut down to a unit: the column lies within `early` before and `late` after the value.
private struct TruncatedSpan {
    let column: Int
    let type: ColumnType
    let earlyNanoseconds: Int64
    let lateNanoseconds: Int64

    init?(_ expression: Expression) {
        switch expression {
        case .call(.dateTrunc, let arguments, _):
            guard arguments.count >= 2, case .text(let unit)? = arguments[0].constant,
                case .column(let index, let type) = arguments[1],
                type.isTime,
                let longest = Self.longestNanoseconds[InputText.word(unit)]
            else { return nil }
            column = index
            self.type = type
            // Where midnight is repeated, the day that is shown may begin after the first of the two.
            earlyNanoseconds = 3 * Nanoseconds.hour
            lateNanoseconds = longest
        case .cast(.column(let index, let type), .date) where type == .timestamptz || type == .timestamp:
            column = index
            self.type = type
            // A local day may begin up to 15:59 h before or after the UTC day of that name: so far may an offset go.
            earlyNanoseconds = 16 * Nanoseconds.hour
            lateNanoseconds = Nanoseconds.day + 16 * Nanoseconds.hour
        case .column, .literal, .call, .cast, .conditional, .oneOf, .scalarSubquery, .placeholder: return nil
        }
    }

    func predicates(_ function: ScalarFunction, _ constant: Scalar) -> [ColumnPredicate] {
        let instant: Int64
        switch constant {
        case .timestamptz(let value), .timestamp(let value): instant = value
        case .date(let days):
            let (value, overflow) = days.multipliedReportingOverflow(by: Nanoseconds.day)
            if overflow { return [] }
            instant = value
        default: return []
        }
        let (low, lowOverflow) = instant.subtractingReportingOverflow(earlyNanoseconds)
        let (high, highOverflow) = instant.addingReportingOverflow(lateNanoseconds)
        guard !lowOverflow, !highOverflow else { return [] }
        let from = ColumnPredicate(column: column, comparison: .greaterOrEqual(scalar(low)))
        let to = ColumnPredicate(column: column, comparison: .lessOrEqual(scalar(high)))
        switch function {
        case .equal: return [from, to]
        case .greater, .greaterOrEqual: return [from]
        case .less, .lessOrEqual: return [to]
        default: return []
        }
    }

    private func scalar(_ instant: Int64) -> Scalar {
        type == .timestamptz ? .timestamptz(instant) : .timestamp(instant)
    }

    /// The longest that each unit can be: days with a clock change, leap years.
    private static let longestNanoseconds: [String: Int64] = [
        "microseconds": 1000, "milliseconds": 1_000_000, "second": 1_000_000_000, "minute": 60_000_000_000,
        "hour": 2 * Nanoseconds.hour, "day": 27 * Nanoseconds.hour, "week": 8 * Nanoseconds.day,
        "month": 32 * Nanoseconds.day, "quarter": 94 * Nanoseconds.day, "year": 367 * Nanoseconds.day,
    ]
}
