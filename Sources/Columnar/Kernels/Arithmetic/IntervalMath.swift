import Bytes
import Columnar

/// Interval arithmetic as PostgreSQL does it: months, days and clock apart, fractions spilling downwards. nil on overflow.
enum IntervalMath {
    static func add(_ left: Interval, _ right: Interval) -> Interval? {
        let (months, a) = left.months.addingReportingOverflow(right.months)
        let (days, b) = left.days.addingReportingOverflow(right.days)
        let (nanoseconds, c) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return a || b || c ? nil : Interval(months: months, days: days, nanoseconds: nanoseconds)
    }

    static func negate(_ value: Interval) -> Interval? {
        let (months, a) = Int64(0).subtractingReportingOverflow(value.months)
        let (days, b) = Int64(0).subtractingReportingOverflow(value.days)
        let (nanoseconds, c) = Int64(0).subtractingReportingOverflow(value.nanoseconds)
        return a || b || c ? nil : Interval(months: months, days: days, nanoseconds: nanoseconds)
    }

    /// Multiplies by a factor; a fraction of a month becomes days of thirty to the month, a fraction of a day clock time.
    static func multiply(_ value: Interval, by factor: Double) -> Interval? { scaled(value) { $0 * factor } }

    /// Divides by a number that is not zero, with the same cascade of fractions.
    static func divide(_ value: Interval, by divisor: Double) -> Interval? { scaled(value) { $0 / divisor } }

    /// What PostgreSQL does, step by step: its rounding to microseconds decides where a fraction that is nearly whole goes.
    private static func scaled(_ value: Interval, _ scale: (Double) -> Double) -> Interval? {
        func rounded(_ number: Double) -> Double { (number * 1_000_000).rounded(.toNearestOrEven) / 1_000_000 }
        let months = scale(Double(value.months))
        let wholeMonths = months.rounded(.towardZero)
        let days = scale(Double(value.days))
        var wholeDays = days.rounded(.towardZero)
        let monthDays = rounded((months - wholeMonths) * 30)
        let wholeMonthDays = monthDays.rounded(.towardZero)
        var spill = rounded((days - wholeDays + monthDays - wholeMonthDays) * 86_400)
        if spill.magnitude >= 86_400 {
            let more = (spill / 86_400).rounded(.towardZero)
            wholeDays += more
            spill -= more * 86_400
        }
        let nanoseconds = scale(Double(value.nanoseconds)) + spill * Double(Nanoseconds.second)
        guard let m = Int64(exactly: wholeMonths), let d = Int64(exactly: wholeDays + wholeMonthDays),
            let n = Int64(exactly: nanoseconds.rounded())
        else { return nil }
        return Interval(months: m, days: d, nanoseconds: n)
    }

    /// Adds an interval to a wall-clock reading.
    static func add(_ value: Interval, toLocal local: Int64) -> Int64? {
        var result = local
        if value.months != 0 {
            let day = floorDivide(result, Nanoseconds.day)
            guard let moved = CivilDate(daysSince1970: day).adding(months: value.months) else { return nil }
            guard let shifted = addDays(moved.daysSince1970 - day, to: result) else { return nil }
            result = shifted
        }
        guard let shifted = addDays(value.days, to: result) else { return nil }
        let (sum, overflow) = shifted.addingReportingOverflow(value.nanoseconds)
        return overflow ? nil : sum
    }

    /// Adds an interval to an instant: months and days by the zone's calendar, the clock part on the time line.
    static func add(_ value: Interval, toUTC utc: Int64, zone: ZoneOffsets) -> Int64? {
        var result = utc
        if value.months != 0 || value.days != 0 {
            let calendarPart = Interval(months: value.months, days: value.days)
            guard let moved = add(calendarPart, toLocal: zone.local(utc: utc)) else { return nil }
            result = zone.utc(local: moved)
        }
        let (sum, overflow) = result.addingReportingOverflow(value.nanoseconds)
        return overflow ? nil : sum
    }

    private static func addDays(_ days: Int64, to local: Int64) -> Int64? {
        let (shift, a) = days.multipliedReportingOverflow(by: Nanoseconds.day)
        let (sum, b) = local.addingReportingOverflow(shift)
        return a || b ? nil : sum
    }

    /// Subtraction of instants: whole days and the clock, as `timestamp - timestamp` answers.
    static func between(_ later: Int64, _ earlier: Int64) -> Interval? {
        let (difference, overflow) = later.subtractingReportingOverflow(earlier)
        if overflow { return nil }
        return Interval(days: difference / Nanoseconds.day, nanoseconds: difference % Nanoseconds.day)
    }

    /// The length used for ordering: a month is 30 days, a day 24 hours.
    static func comparable(_ value: Interval) -> Int128 {
        (Int128(value.months) * 30 + Int128(value.days)) * Int128(Nanoseconds.day) + Int128(value.nanoseconds)
    }
}
