import Bytes
import Execution
import JSONTexts

/// The range of a dashboard, as an address has it.
package struct BoardTimes: Sendable {
    /// ms since 1970.
    private(set) var from: Int64 = 0
    /// ms since 1970, not included.
    private(set) var to: Int64 = 0
    /// By whose days it was read: an IANA name.
    private(set) var zone = "UTC"
    /// What in the address could not be used, and what was taken instead.
    private(set) var remarks: [String] = []

    /// What a dashboard says of its times.
    package struct Defaults: Sendable {
        var from: String
        var to: String
        var weekStart: String
        var fiscalYearStartMonth: Int

        /// Takes each part as given.
        package init(from: String, to: String, weekStart: String, fiscalYearStartMonth: Int) {
            (self.from, self.to) = (from, to)
            (self.weekStart, self.fiscalYearStartMonth) = (weekStart, fiscalYearStartMonth)
        }
    }

    /// Years that nobody looks at would only make overlong steps.
    private static let years: ClosedRange<Int64> = -2_208_988_800_000...7_258_118_400_000

    /// Reads a range: `now-6h`, `now/d`, RFC 3339, a day, ms since 1970.
    /// - Parameters:
    ///   - from: nil: the default, as of its end.
    ///   - zone: `utc`, `browser` or an IANA name; nil: UTC.
    ///   - now: ns since 1970 UTC.
    package init(from: String?, to: String?, zone: String?, defaults: Defaults, now: Int64) {
        let name = zone.flatMap { ["", "browser", "utc"].contains($0.lowercased()) ? nil : $0 } ?? "UTC"
        var clock = try? WallClock(zone: name)
        if clock == nil {
            remarks.append("there is no zone \(name): times are of UTC")
            clock = try? WallClock(zone: "UTC")
        } else {
            self.zone = name
        }
        guard let clock else { preconditionFailure("UTC is a zone") }
        let reader = BoardTimeReader(
            clock: clock, now: now, weekStart: defaults.weekStart, yearStart: Int64(defaults.fiscalYearStartMonth))
        func time(_ text: String?, _ standard: String, isEnd: Bool) -> Int64 {
            if let text {
                if let time = reader.time(text, isEnd: isEnd) { return time }
                remarks.append("\(text) is no time: \(standard) instead")
            }
            return reader.time(standard, isEnd: isEnd) ?? (isEnd ? now : now.saturatingSubtract(6 * Nanoseconds.hour))
        }
        func milliseconds(_ time: Int64) -> Int64 {
            min(max(floorDivide(time, 1_000_000), Self.years.lowerBound), Self.years.upperBound)
        }
        self.from = milliseconds(time(from, defaults.from, isEnd: false))
        self.to = milliseconds(time(to, defaults.to, isEnd: true))
        if self.to <= self.from {
            remarks.append("nothing is between from and to: the six hours before now instead")
            self.to = milliseconds(now)
            self.from = self.to - 6 * 3_600_000
        }
    }
}

/// Reads times as dashboards have them, by the days of a zone.
struct BoardTimeReader {
    let clock: WallClock
    /// ns since 1970 UTC.
    let now: Int64
    /// `sunday`, `saturday`, else Monday.
    let weekStart: String
    /// The month with which fiscal years begin, from 0.
    let yearStart: Int64

    /// ns since 1970 UTC; nil where it is no time.
    /// - Parameter isEnd: what is rounded is rounded to its end.
    func time(_ text: String, isEnd: Bool) -> Int64? {
        if text.hasPrefix("now") { return relative(text.dropFirst(3), isEnd: isEnd) }
        if text.utf8.count >= 9, let time = Int64(text) { return time.saturatingMultiply(by: 1_000_000) }
        if text.utf8.count == 10, let midnight = try? RFC3339.parse(text + "T00:00:00Z") {
            return clock.instant(ofReading: midnight)
        }
        return try? RFC3339.parse(text)
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

    private static let lengths: [String: Int64] = [
        "s": Nanoseconds.second, "m": Nanoseconds.minute, "h": Nanoseconds.hour,
    ]

    private func moved(_ time: Int64, by count: Int64, _ unit: String) -> Int64? {
        if let length = Self.lengths[unit] { return time.saturatingAdd(count.saturatingMultiply(by: length)) }
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

    private func rounded(_ time: Int64, _ unit: String, isEnd: Bool) -> Int64? {
        let (days, rest) = reading(time)
        // Counted from the time itself: clocks that are set back show an hour twice.
        if let length = Self.lengths[unit] {
            let into = rest - floorDivide(rest, length).saturatingMultiply(by: length)
            return time.saturatingSubtract(into).saturatingAdd(isEnd ? length : 0)
        }
        var date = CivilDate(daysSince1970: days)
        let months: Int64
        switch unit {
        case "d": return instant(days + (isEnd ? 1 : 0), 0)
        case "w":
            // 1970 began on a Thursday.
            let first: Int64 = weekStart == "sunday" ? 3 : weekStart == "saturday" ? 2 : 4
            let start = floorDivide(days - first, 7) * 7 + first
            return instant(start + (isEnd ? 7 : 0), 0)
        case "M": months = 1
        case "Q", "fQ": months = 3
        case "y", "fy": months = 12
        default: return nil
        }
        let first = unit.hasPrefix("f") ? yearStart : 0
        let place = date.year * 12 + date.month - 1 - first
        let start = floorDivide(place, months) * months + first + (isEnd ? months : 0)
        date = CivilDate(year: floorDivide(start, 12), month: start - floorDivide(start, 12) * 12 + 1, day: 1)
        return instant(date.daysSince1970, 0)
    }

    /// What a clock on the wall shows: its day, and ns of the day.
    private func reading(_ time: Int64) -> (days: Int64, rest: Int64) {
        let offset = clock.offsetSeconds(at: time).saturatingMultiply(by: Nanoseconds.second)
        let local = time.saturatingAdd(offset)
        let days = floorDivide(local, Nanoseconds.day)
        return (days, local.saturatingSubtract(days.saturatingMultiply(by: Nanoseconds.day)))
    }

    private func instant(_ days: Int64, _ rest: Int64) -> Int64 {
        // As far as ns since 1970 reach.
        let days = min(max(days, -100_000), 100_000)
        return clock.instant(ofReading: days.saturatingMultiply(by: Nanoseconds.day).saturatingAdd(rest))
    }
}
