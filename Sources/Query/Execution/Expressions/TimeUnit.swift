import Bytes
import Columnar
import Plans

/// The units of date_trunc.
enum TimeUnit: String, CaseIterable {
    case nanoseconds, microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year, decade,
        century, millennium

    /// - Throws: `.invalidParameter` for a word that is no unit.
    init(named name: String) throws {
        let word = InputText.word(name)
        if let unit = TimeUnit(rawValue: word) ?? TimeUnit(rawValue: String(word.dropLast(word.hasSuffix("s") ? 1 : 0)))
        {
            self = unit
            return
        }
        switch word {
        case "microsecond": self = .microseconds
        case "millisecond": self = .milliseconds
        case "nanosecond": self = .nanoseconds
        case "centuries": self = .century
        case "millennia": self = .millennium
        default:
            throw QueryError(
                .invalidParameter, "unit \"\(name)\" not recognized for type timestamp with time zone")
        }
    }

    private var fixedNanoseconds: Int64? {
        switch self {
        case .nanoseconds: 1
        case .microseconds: 1000
        case .milliseconds: 1_000_000
        case .second: Nanoseconds.second
        case .minute: Nanoseconds.minute
        case .hour: Nanoseconds.hour
        case .day: Nanoseconds.day
        default: nil
        }
    }

    /// Whole months of the units that consist of them.
    private var months: Int64? {
        switch self {
        case .month: 1
        case .quarter: 3
        case .year: 12
        case .decade: 120
        case .century: 1200
        case .millennium: 12_000
        default: nil
        }
    }

    /// An interval without what is smaller than the unit.
    /// - Throws: `.notSupported` for weeks, of which months have no whole number.
    func truncated(_ span: Interval) throws -> Interval {
        if let months { return Interval(months: span.months - span.months % months) }
        if self == .day { return Interval(months: span.months, days: span.days) }
        guard let length = fixedNanoseconds else {
            throw QueryError(.notSupported, "unit \"\(rawValue)\" not supported for type interval")
        }
        return Interval(months: span.months, days: span.days, nanoseconds: span.nanoseconds - span.nanoseconds % length)
    }

    /// The bucket that holds an instant: start (the answer) and a bound below which every later time shares it, and
    /// every earlier one from the start on unless the bound is the next instant. The bound may be nearer than the
    /// bucket's end where the zone's offset changes.
    /// - Throws: `.timeOutOfRange` when the bucket begins before the first instant of 64-bit nanoseconds.
    func bucket(of utc: Int64, zone: ZoneOffsets) throws -> (start: Int64, end: Int64) {
        let offset = zone.offsetNanoseconds(utc: utc)
        let (local, overflow) = utc.addingReportingOverflow(offset)
        guard !overflow, let (localStart, localEnd) = localBucket(local) else { throw QueryError.timeOutOfRange }
        // Below a day the offset in force stays: the hour repeated in autumn is two buckets.
        let keepsOffset = (fixedNanoseconds ?? .max) < Nanoseconds.day
        if zone.fixedOffsetSeconds != nil || keepsOffset {
            let (start, overflow) = localStart.subtractingReportingOverflow(offset)
            if overflow { throw QueryError.timeOutOfRange }
            let end = localEnd.subtractingReportingOverflow(offset)
            let bound = end.overflow ? .max : end.partialValue
            if zone.fixedOffsetSeconds != nil { return (start, bound) }
            // Where the offset changes within the bucket, times before that are of another one.
            let held = zone.period(utc: utc)
            if start < held.lowerBound { return (start, utc &+ 1) }
            return (start, held.upperBound < bound ? held.upperBound + 1 : bound)
        }
        let start = zone.utc(local: localStart)
        if localStart.subtractingReportingOverflow(start).overflow { throw QueryError.timeOutOfRange }
        let end = zone.utc(local: localEnd)
        return start <= utc && utc < end ? (start, end) : (start, utc &+ 1)
    }

    /// nil when it begins before what 64 bits hold; an end beyond them is the last instant.
    private func localBucket(_ local: Int64) -> (Int64, Int64)? {
        if let length = fixedNanoseconds {
            let (start, overflow) = floorDivide(local, length).multipliedReportingOverflow(by: length)
            if overflow { return nil }
            assert(start <= local && local - start < length, "a bucket holds its times")
            let end = start.addingReportingOverflow(length)
            return (start, end.overflow ? .max : end.partialValue)
        }
        let day = floorDivide(local, Nanoseconds.day)
        if self == .week {
            let monday = day - Calendar.isoWeekday(day: day) + 1
            return days(from: monday, to: monday + 7)
        }
        guard let months else { preconditionFailure("\(self) is a length, a week or months") }
        let first = firstDay(CivilDate(daysSince1970: day))
        let start = first.daysSince1970
        return days(from: start, to: first.adding(months: months).map(\.daysSince1970) ?? start + 1)
    }

    private func days(from first: Int64, to next: Int64) -> (Int64, Int64)? {
        let (start, startOverflow) = first.multipliedReportingOverflow(by: Nanoseconds.day)
        let (end, endOverflow) = next.multipliedReportingOverflow(by: Nanoseconds.day)
        return startOverflow ? nil : (start, endOverflow ? .max : end)
    }

    /// The first day of the unit's bucket around a date.
    private func firstDay(_ date: CivilDate) -> CivilDate {
        func year(_ value: Int64) -> CivilDate { CivilDate(year: value, month: 1, day: 1) }
        switch self {
        case .month: return CivilDate(year: date.year, month: date.month, day: 1)
        case .quarter: return CivilDate(year: date.year, month: (date.month - 1) / 3 * 3 + 1, day: 1)
        case .decade: return year(floorDivide(date.year, 10) * 10)
        case .century: return year(floorDivide(date.year - 1, 100) * 100 + 1)
        case .millennium: return year(floorDivide(date.year - 1, 1000) * 1000 + 1)
        default: return year(date.year)
        }
    }
}

/// The fields of extract that are whole numbers of a wall-clock reading; the rest are computed one by one.
enum TimeField: String {
    case century, day, decade, dow, doy, hour, isodow, isoyear, millennium, minute, month, quarter, week, year
    case second, milliseconds, microseconds, epoch
    case julian, timezone
    case timezoneHour = "timezone_hour", timezoneMinute = "timezone_minute"

    var isWhole: Bool {
        switch self {
        case .second, .milliseconds, .microseconds, .epoch, .julian, .timezone, .timezoneHour, .timezoneMinute: false
        default: true
        }
    }

    /// - Precondition: `isWhole`.
    func value(local: Int64) -> Int64 {
        let day = floorDivide(local, Nanoseconds.day)
        let clock = local &- day &* Nanoseconds.day
        switch self {
        case .hour: return clock / Nanoseconds.hour
        case .minute: return clock / Nanoseconds.minute % 60
        case .dow: return Calendar.isoWeekday(day: day) % 7
        case .isodow: return Calendar.isoWeekday(day: day)
        case .week: return Calendar.isoWeek(day: day).week
        case .isoyear: return Calendar.isoWeek(day: day).year
        default: break
        }
        let date = CivilDate(daysSince1970: day)
        switch self {
        case .day: return date.day
        case .month: return date.month
        case .quarter: return (date.month - 1) / 3 + 1
        case .doy: return day - CivilDate(year: date.year, month: 1, day: 1).daysSince1970 + 1
        case .decade: return floorDivide(date.year, 10)
        case .century: return floorDivide(date.year - 1, 100) + 1
        case .millennium: return floorDivide(date.year - 1, 1000) + 1
        default: return date.year
        }
    }
}
