import Bytes
import Columnar

/// Decides which functions of time say the same of every instant of a bucket, so that the bucket's beginning may stand
/// for the instant.
struct CoarseTime {
    let grainNanoseconds: Int64
    /// Buckets are cut in UTC; in other zones days begin elsewhere.
    let isUTC: Bool

    init(grainNanoseconds: Int64, timeZone: String) {
        self.grainNanoseconds = grainNanoseconds
        isUTC = Self.isUTC(timeZone)
    }

    /// Whether the expression is such a function of the column.
    func covers(_ expression: Expression, time: Int) -> Bool {
        switch expression {
        case .cast(.column(time, .timestamptz), .date):
            return isUTC
        case .call(.dateTrunc, let arguments, _):
            guard arguments.count >= 2, case .column(time, .timestamptz) = arguments[1], let unit = text(arguments[0])
            else { return false }
            if arguments.count > 2 {
                guard let zone = text(arguments[2]), Self.isUTC(zone) else { return false }
            } else if !isUTC {
                return false
            }
            return (Self.units[InputText.word(unit)] ?? 0) >= grainNanoseconds
        case .call(.extract, let arguments, _):
            guard arguments.count == 2, case .column(time, .timestamptz) = arguments[1], let field = text(arguments[0]),
                isUTC
            else {
                return false
            }
            return (Self.fields[InputText.word(field)] ?? 0) >= grainNanoseconds
        case .call(.dateBin, let arguments, _):
            guard arguments.count == 3, case .column(time, .timestamptz) = arguments[1],
                case .interval(let stride)? = arguments[0].constant,
                case .timestamptz(let origin)? = arguments[2].constant,
                stride.months == 0
            else { return false }
            let (days, overflow) = stride.days.multipliedReportingOverflow(by: Self.day)
            let (step, tooLong) = days.addingReportingOverflow(stride.nanoseconds)
            return !overflow && !tooLong && step > 0 && step % grainNanoseconds == 0 && origin % grainNanoseconds == 0
        case .column, .literal, .call, .cast, .conditional, .oneOf, .scalarSubquery, .placeholder:
            return false
        }
    }

    private func text(_ expression: Expression) -> String? {
        if case .text(let text)? = expression.constant { text } else { nil }
    }

    private static func isUTC(_ zone: String) -> Bool {
        ["utc", "etc/utc", "gmt", "etc/gmt", "z", "zulu"].contains(InputText.word(zone))
    }

    private static let day = Nanoseconds.day
    private static let units: [String: Int64] = [
        "minute": Nanoseconds.minute, "hour": Nanoseconds.hour, "day": day, "week": day, "month": day, "quarter": day,
        "year": day, "decade": day, "century": day, "millennium": day,
    ]
    private static let fields: [String: Int64] = [
        "minute": Nanoseconds.minute, "hour": Nanoseconds.hour, "day": day, "dow": day, "isodow": day, "doy": day,
        "week": day, "month": day, "quarter": day, "year": day, "isoyear": day, "decade": day, "century": day,
        "millennium": day,
    ]
}
