import Bytes
import JSONTexts

/// Times as people and addresses write them, by the days of a zone: `now-6h`, `now/d`, `now-1M/M`, RFC 3339, a day, a
/// day and a time of it. One reader for reports, dashboards and commands; `time.js` reads the same for what pages show,
/// and both are held against one table.
package struct TimeReader: Sendable {
    private let clock: WallClock
    /// ns since 1970 UTC.
    private let now: Int64
    /// `sunday`, `saturday`, else Monday.
    private let weekStart: String
    /// The month with which fiscal years begin, from 0.
    private let yearStart: Int64

    /// - Parameters:
    ///   - now: ns since 1970 UTC.
    ///   - weekStart: `sunday`, `saturday`; all else is Monday.
    ///   - yearStart: the month with which fiscal years begin, from 0.
    package init(clock: WallClock, now: Int64, weekStart: String = "", yearStart: Int64 = 0) {
        (self.clock, self.now, self.weekStart, self.yearStart) = (clock, now, weekStart, yearStart)
    }

    /// ns since 1970 UTC; nil where it is no time.
    /// - Parameter isEnd: what is rounded is rounded to its end, as the end of a range is that is not included.
    package func time(_ text: String, isEnd: Bool) -> Int64? {
        if text.hasPrefix("now") { return relative(text.dropFirst(3), isEnd: isEnd) }
        if let time = try? RFC3339.parse(text) { return time }
        guard let reading = Self.reading(text) else { return nil }
        return text.utf8.count == 10 ? beginning(reading) : clock.instant(ofReading: reading)
    }

    /// What a clock on the wall shows at what is written without a zone: a day, with hours and minutes, with seconds.
    private static func reading(_ text: String) -> Int64? {
        switch text.utf8.count {
        case 10: try? RFC3339.parse(text + "T00:00:00Z")
        case 16: try? RFC3339.parse(text + ":00Z")
        case 19: try? RFC3339.parse(text + "Z")
        default: nil
        }
    }

    /// What follows `now`: any number of `-6h` and `/d`.
    private func relative(_ text: Substring, isEnd: Bool) -> Int64? {
        var (time, rest) = (now, text)
        while let sign = rest.first {
            rest = rest.dropFirst()
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch sign {
            case "/" where digits.isEmpty:
                guard let start = rounded(time, String(unit), isEnd: isEnd) else { return nil }
                time = start
            case "+", "-":
                guard digits.utf8.count <= 9, let count = digits.isEmpty ? 1 : Int64(digits),
                    let moved = moved(time, by: sign == "-" ? -count : count, String(unit))
                else { return nil }
                time = moved
            default: return nil
            }
        }
        return time
    }

    /// Of units that are equally long everywhere; nil of others.
    private static func length(_ unit: String) -> Int64? {
        switch unit {
        case "s": Nanoseconds.second
        case "m": Nanoseconds.minute
        case "h": Nanoseconds.hour
        default: nil
        }
    }

    private func moved(_ time: Int64, by count: Int64, _ unit: String) -> Int64? {
        if let length = Self.length(unit) { return time.saturatingAdd(count.saturatingMultiply(by: length)) }
        let (days, rest) = reading(time)
        switch unit {
        case "d": return instant(days + count, rest)
        case "w": return instant(days + 7 * count, rest)
        case "M", "Q", "y":
            let months = count * (unit == "M" ? 1 : unit == "Q" ? 3 : 12)
            return CivilDate(daysSince1970: days).adding(months: months).map { instant($0.daysSince1970, rest) }
        default: return nil
        }
    }

    /// Where the unit begins that a time is in, or where the next one does.
    /// - Returns: ns since 1970 UTC; nil for a word that is no unit.
    package func rounded(_ time: Int64, _ unit: String, isEnd: Bool) -> Int64? {
        let (days, rest) = reading(time)
        // Counted from the time itself: clocks that are set back show an hour twice.
        if let length = Self.length(unit) {
            let into = rest - floorDivide(rest, length).saturatingMultiply(by: length)
            return time.saturatingSubtract(into).saturatingAdd(isEnd ? length : 0)
        }
        var date = CivilDate(daysSince1970: days)
        let months: Int64
        switch unit {
        case "d": return beginning(ofDay: days + (isEnd ? 1 : 0))
        case "w":
            // 1970 began on a Thursday.
            let first: Int64 = weekStart == "sunday" ? 3 : weekStart == "saturday" ? 2 : 4
            let start = floorDivide(days - first, 7) * 7 + first
            return beginning(ofDay: start + (isEnd ? 7 : 0))
        case "M": months = 1
        case "Q", "fQ": months = 3
        case "y", "fy": months = 12
        default: return nil
        }
        let first = unit.hasPrefix("f") ? yearStart : 0
        let place = date.year * 12 + date.month - 1 - first
        let start = floorDivide(place, months) * months + first + (isEnd ? months : 0)
        date = CivilDate(year: floorDivide(start, 12), month: start - floorDivide(start, 12) * 12 + 1, day: 1)
        return beginning(ofDay: date.daysSince1970)
    }

    /// What a clock on the wall shows: its day, and ns of the day.
    private func reading(_ time: Int64) -> (days: Int64, rest: Int64) {
        let offset = clock.offsetSeconds(at: time).saturatingMultiply(by: Nanoseconds.second)
        let local = time.saturatingAdd(offset)
        let days = floorDivide(local, Nanoseconds.day)
        return (days, local.saturatingSubtract(days.saturatingMultiply(by: Nanoseconds.day)))
    }

    private func instant(_ days: Int64, _ rest: Int64) -> Int64 {
        clock.instant(ofReading: Self.midnight(days).saturatingAdd(rest))
    }

    private static func midnight(_ days: Int64) -> Int64 {
        // As far as ns since 1970 reach.
        min(max(days, -100_000), 100_000).saturatingMultiply(by: Nanoseconds.day)
    }

    private func beginning(ofDay days: Int64) -> Int64 { beginning(Self.midnight(days)) }

    /// The first instant at which a clock shows a reading: a midnight that is there twice begins its day once.
    private func beginning(_ reading: Int64) -> Int64 {
        let time = clock.instant(ofReading: reading)
        let before = clock.offsetSeconds(at: time.saturatingSubtract(Nanoseconds.day))
        let earlier = reading.saturatingSubtract(before.saturatingMultiply(by: Nanoseconds.second))
        let shown = earlier.saturatingAdd(clock.offsetSeconds(at: earlier).saturatingMultiply(by: Nanoseconds.second))
        return earlier < time && shown == reading ? earlier : time
    }
}
