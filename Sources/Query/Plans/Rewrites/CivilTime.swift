package import Bytes
package import Columnar

extension CivilDate {
    /// `2026-08-01`
    package var text: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// A date and the nanoseconds since its midnight.
package struct CivilTime: Hashable, Sendable {
    /// The day.
    package var date: CivilDate
    /// 0..<86_400 × 10⁹
    package var nanosecondsOfDay: Int64

    /// From nanoseconds since 1970-01-01T00:00:00.
    package init(nanoseconds: Int64) {
        let days = floorDivide(nanoseconds, Nanoseconds.day)
        date = CivilDate(daysSince1970: days)
        nanosecondsOfDay = nanoseconds &- days &* Nanoseconds.day
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

private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// An instant some months, days and nanoseconds later, by the UTC calendar; nil when out of the range of 64-bit
/// nanoseconds.
package func adding(_ interval: Interval, toNanoseconds start: Int64) -> Int64? {
    let time = CivilTime(nanoseconds: start)
    guard let date = interval.months == 0 ? time.date : time.date.adding(months: interval.months) else { return nil }
    let (days, daysOverflow) = date.daysSince1970.addingReportingOverflow(interval.days)
    let (midnight, midnightOverflow) = days.multipliedReportingOverflow(by: Nanoseconds.day)
    let (instant, instantOverflow) = midnight.addingReportingOverflow(time.nanosecondsOfDay)
    let (result, resultOverflow) = instant.addingReportingOverflow(interval.nanoseconds)
    return daysOverflow || midnightOverflow || instantOverflow || resultOverflow ? nil : result
}
