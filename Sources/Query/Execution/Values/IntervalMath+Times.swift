import Bytes
import Columnar

/// Intervals and times: months and days go by the calendar.
extension IntervalMath {
    /// Adds an interval to a wall-clock reading.
    static func add(_ value: Interval, toLocal local: Int64) -> Int64? {
        // Days may be so many that only what they are added to is within 64 bits again.
        var days = Int128(value.days)
        if value.months != 0 {
            let day = floorDivide(local, Nanoseconds.day)
            guard let moved = CivilDate(daysSince1970: day).adding(months: value.months) else { return nil }
            days += Int128(moved.daysSince1970 - day)
        }
        return Int64(exactly: Int128(local) + days * Int128(Nanoseconds.day) + Int128(value.nanoseconds))
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

    /// Subtraction of instants: whole days and the clock, as `timestamp - timestamp` answers.
    static func between(_ later: Int64, _ earlier: Int64) -> Interval {
        let (span, overflow) = later.subtractingReportingOverflow(earlier)
        if !overflow { return Interval(days: span / Nanoseconds.day, nanoseconds: span % Nanoseconds.day) }
        // Between the first and the last instant lie twice as many nanoseconds as 64 bits hold; of days few.
        let (days, rest) = (Int128(later) - Int128(earlier)).quotientAndRemainder(dividingBy: Int128(Nanoseconds.day))
        return Interval(days: Int64(days), nanoseconds: Int64(rest))
    }
}
