import Bytes
import Columnar

/// Intervals and times: months and days go by the calendar.
extension IntervalMath {
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
}
