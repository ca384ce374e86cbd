/// The proleptic Gregorian calendar in integers: days since 1970-01-01, nanoseconds of a day.
enum Calendar {
    static let nanosecondsPerDay: Int64 = 86_400_000_000_000
    static let nanosecondsPerHour: Int64 = 3_600_000_000_000
    static let nanosecondsPerMinute: Int64 = 60_000_000_000
    static let nanosecondsPerSecond: Int64 = 1_000_000_000

    struct CivilDate: Hashable {
        var year: Int64
        /// 1...12
        var month: Int64
        /// 1...31
        var day: Int64
    }

    /// Quotient rounded towards minus infinity. - Precondition: `divisor > 0`.
    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// The date of a day number; eras of 400 years, years counted from March so that the leap day is the last.
    static func civil(day: Int64) -> CivilDate {
        let shifted = day &+ 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return CivilDate(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month, day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The day number of a date; months outside 1...12 are not normalised. - Precondition: |year| < 10^9.
    static func day(_ date: CivilDate) -> Int64 {
        let year = date.month <= 2 ? date.year - 1 : date.year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let marchMonth = date.month > 2 ? date.month - 3 : date.month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + date.day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func daysInMonth(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: isLeap(year) ? 29 : 28
        default: 31
        }
    }

    static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Monday = 1 … Sunday = 7.
    static func isoWeekday(day: Int64) -> Int64 {
        let index = (day + 3) % 7
        return (index < 0 ? index + 7 : index) + 1
    }

    /// ISO 8601 week and the year it belongs to.
    static func isoWeek(day: Int64) -> (year: Int64, week: Int64) {
        let thursday = day - isoWeekday(day: day) + 4
        let year = civil(day: thursday).year
        let first = Calendar.day(CivilDate(year: year, month: 1, day: 1))
        return (year, (thursday - first) / 7 + 1)
    }

    /// Adds months to a date, cutting the day to the month's length as PostgreSQL does; nil when out of range.
    static func add(months: Int64, to date: CivilDate) -> CivilDate? {
        let (total, overflow) = (date.year * 12 + date.month - 1).addingReportingOverflow(months)
        guard !overflow, abs(total) < 12 * 1_000_000 else { return nil }
        let year = floorDivide(total, 12)
        let month = total - year * 12 + 1
        return CivilDate(year: year, month: month, day: min(date.day, daysInMonth(year: year, month: month)))
    }
}
