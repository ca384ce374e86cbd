internal import Bytes

/// Interval arithmetic as PostgreSQL does it: months, days and clock apart, fractions spilling downwards. nil on
/// overflow.
package enum IntervalMath {
    /// Part by part.
    package static func add(_ left: Interval, _ right: Interval) -> Interval? {
        let (months, a) = left.months.addingReportingOverflow(right.months)
        let (days, b) = left.days.addingReportingOverflow(right.days)
        let (nanoseconds, c) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return a || b || c ? nil : Interval(months: months, days: days, nanoseconds: nanoseconds)
    }

    /// Part by part.
    package static func negate(_ value: Interval) -> Interval? {
        let (months, a) = Int64(0).subtractingReportingOverflow(value.months)
        let (days, b) = Int64(0).subtractingReportingOverflow(value.days)
        let (nanoseconds, c) = Int64(0).subtractingReportingOverflow(value.nanoseconds)
        return a || b || c ? nil : Interval(months: months, days: days, nanoseconds: nanoseconds)
    }

    /// Multiplies by a factor; a fraction of a month becomes days of thirty to the month, a fraction of a day clock
    /// time.
    package static func multiply(_ value: Interval, by factor: Double) -> Interval? { scaled(value) { $0 * factor } }

    /// Divides by a number that is not zero, with the same cascade of fractions.
    package static func divide(_ value: Interval, by divisor: Double) -> Interval? { scaled(value) { $0 / divisor } }

    /// What PostgreSQL does, step by step: its rounding to microseconds decides where a fraction that is nearly whole
    /// goes.
    private static func scaled(_ value: Interval, _ scale: (Double) -> Double) -> Interval? {
        func rounded(_ number: Double) -> Double { (number * 1_000_000).rounded(.toNearestOrEven) / 1_000_000 }
        let months = scale(Double(value.months))
        let wholeMonths = months.rounded(.towardZero)
        let days = scale(Double(value.days))
        var wholeDays = days.rounded(.towardZero)
        let monthDays = rounded((months - wholeMonths) * 30)
        let wholeMonthDays = monthDays.rounded(.towardZero)
        let secondsOfDay = Double(Nanoseconds.day / Nanoseconds.second)
        var spill = rounded((days - wholeDays + monthDays - wholeMonthDays) * secondsOfDay)
        if spill.magnitude >= secondsOfDay {
            let more = (spill / secondsOfDay).rounded(.towardZero)
            wholeDays += more
            spill -= more * secondsOfDay
        }
        let nanoseconds = scale(Double(value.nanoseconds)) + spill * Double(Nanoseconds.second)
        guard let m = Int64(exactly: wholeMonths), let d = Int64(exactly: wholeDays + wholeMonthDays),
            let n = Int64(exactly: nanoseconds.rounded())
        else { return nil }
        return Interval(months: m, days: d, nanoseconds: n)
    }

    /// The length used for ordering: a month is 30 days, a day 24 hours.
    package static func comparable(_ value: Interval) -> Int128 {
        // Most are short.
        if value.months == 0, value.days == 0 { return Int128(value.nanoseconds) }
        return (Int128(value.months) * 30 + Int128(value.days)) * Int128(Nanoseconds.day) + Int128(value.nanoseconds)
    }
}
