import Bytes

/// A time of UTC in the calendar that people use, however far away it is.
struct CivilTime {
    let date: CivilDate
    let hour: Int64
    let minute: Int64
    let second: Int64
    /// From Sunday as 0.
    let weekday: Int64
    /// From 1.
    let yearday: Int64

    /// - Parameter seconds: since 1970.
    init(seconds: Int64) {
        let days = floorDivide(seconds, 86_400)
        let rest = seconds - days * 86_400
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        // 1970 began on a Thursday.
        weekday = days + 4 - floorDivide(days + 4, 7) * 7
        date = CivilDate(daysSince1970: days)
        yearday = days - CivilDate(year: date.year, month: 1, day: 1).daysSince1970 + 1
    }
}
