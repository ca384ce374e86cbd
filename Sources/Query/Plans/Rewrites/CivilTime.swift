package import Columnar

/// A date of the proleptic Gregorian calendar. The conversions follow the era arithmetic of Howard Hinnant's
/// "chrono-Compatible Low-Level Date Algorithms": 400-year eras of 146,097 days that begin on 1 March.
package struct CivilDate: Hashable, Sendable {
    /// Astronomical: 0 is 1 BC.
    package var year: Int64
    /// 1...12
    package var month: Int64
    /// 1...31
    package var day: Int64

    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// - Precondition: the year fits ±10⁹; every count of days that nanoseconds in 64 bits reach does.
    package init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    /// - Precondition: `month` within 1...12 and the year within ±10⁹.
    package var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Days of the month, 28...31.
    package var daysInMonth: Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `2026-08-01`
    package var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    /// The same day some months later, the month's last where it is shorter; nil beyond ±200,000 years.
    package func adding(months: Int64) -> CivilDate? {
        let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, abs(sum) < 2_400_000 else { return nil }
        let newYear = sum >= 0 ? sum / 12 : (sum - 11) / 12
        var moved = CivilDate(year: newYear, month: sum - newYear * 12 + 1, day: 1)
        moved.day = min(day, moved.daysInMonth)
        return moved
    }
}

/// A date and the nanoseconds since its midnight.
package struct CivilTime: Hashable, Sendable {
    /// The day.
    package var date: CivilDate
    /// 0..<86_400 × 10⁹
    package var nanosecondsOfDay: Int64

    /// From nanoseconds since 1970-01-01T00:00:00.
    package init(nanoseconds: Int64) {
        let days = nanoseconds >= 0 ? nanoseconds / nanosecondsPerDay : (nanoseconds + 1) / nanosecondsPerDay - 1
        date = CivilDate(daysSinceEpoch: days)
        nanosecondsOfDay = nanoseconds &- days &* nanosecondsPerDay
    }

    /// `09:00:15.778799274`, without trailing zeros of the fraction.
    package var clockText: String {
        let seconds = nanosecondsOfDay / 1_000_000_000
        var text = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        let fraction = nanosecondsOfDay % 1_000_000_000
        if fraction != 0 {
            var digits = padded(fraction, 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text
    }

    /// `2026-08-01 09:00:15.5`
    package var text: String { date.text + " " + clockText }
}

/// Nanoseconds of 24 hours.
package let nanosecondsPerDay: Int64 = 86_400_000_000_000

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// An instant some months, days and nanoseconds later, by the UTC calendar; nil when out of the range of 64-bit nanoseconds.
package func adding(_ interval: Interval, toNanoseconds start: Int64) -> Int64? {
    let time = CivilTime(nanoseconds: start)
    guard let date = interval.months == 0 ? time.date : time.date.adding(months: interval.months) else { return nil }
    let (days, daysOverflow) = date.daysSinceEpoch.addingReportingOverflow(interval.days)
    let (midnight, midnightOverflow) = days.multipliedReportingOverflow(by: nanosecondsPerDay)
    let (instant, instantOverflow) = midnight.addingReportingOverflow(time.nanosecondsOfDay)
    let (result, resultOverflow) = instant.addingReportingOverflow(interval.nanoseconds)
    return daysOverflow || midnightOverflow || instantOverflow || resultOverflow ? nil : result
}
