/// A time of UTC in the calendar that people use, however far away it is.
struct CivilTime {
    let year: Int64
    /// From 1.
    let month: Int64
    /// From 1.
    let day: Int64
    let hour: Int64
    let minute: Int64
    let second: Int64
    /// From Sunday as 0.
    let weekday: Int64
    /// From 1.
    let yearday: Int64

    /// - Parameter seconds: since 1970.
    init(seconds: Int64) {
        let (days, rest) = Self.divided(seconds, by: 86_400)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        weekday = Self.divided(days + 4, by: 7).rest
        // Years begin in March here, so that the day of a leap year stands last; 400 years repeat themselves.
        let (era, dayOfEra) = Self.divided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = Self.isLeap(year)
        yearday = month > 2 ? dayOfYear + (isLeap ? 60 : 59) + 1 : dayOfYear - 306 + 1
    }

    var daysInMonth: Int64 {
        switch month {
        case 2: Self.isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int64) -> Bool {
        divided(year, by: 4).rest == 0 && (divided(year, by: 100).rest != 0 || divided(year, by: 400).rest == 0)
    }

    /// The rest is never negative.
    private static func divided(_ value: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
