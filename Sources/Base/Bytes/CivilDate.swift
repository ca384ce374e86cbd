/// A date of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable {
    /// Year, 0 being 1 BC.
    package var year: Int64
    /// 1...12.
    package var month: Int64
    /// 1...31.
    package var day: Int64

    /// A date from its parts; nothing is checked.
    package init(year: Int64, month: Int64, day: Int64) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The date of a number of days since 1970-01-01; any that 64-bit nanoseconds reach. Algorithm: eras of 400 years
    /// that begin on 1 March, so that the leap day is the last (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms").
    package init(daysSince1970 days: Int64) {
        let shifted = days &+ 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        assert((0..<146_097).contains(dayOfEra) && (0..<400).contains(yearOfEra), "an era is 400 years")
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
        assert((1...12).contains(month) && (1...31).contains(day), "every day has a date")
    }

    /// Days since 1970-01-01; same source.
    /// - Precondition: `month` within 1...12 and the year within ±10⁹.
    package var daysSince1970: Int64 {
        assert((1...12).contains(month), "months are counted from 1")
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Days of the month, 28...31.
    package var daysInMonth: Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The same day some months later, the month's last where it is shorter, as PostgreSQL has it; nil beyond
    /// ±1,000,000 years.
    package func adding(months: Int64) -> CivilDate? {
        let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, abs(sum) < 12_000_000 else { return nil }
        let newYear = floorDivide(sum, 12)
        var moved = CivilDate(year: newYear, month: sum - newYear * 12 + 1, day: 1)
        moved.day = min(day, moved.daysInMonth)
        return moved
    }
}
