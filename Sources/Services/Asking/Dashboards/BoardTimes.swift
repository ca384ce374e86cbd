import Bytes
import Execution
import JSONTexts

/// The range of a dashboard, as an address has it.
package struct BoardTimes: Sendable {
    /// ms since 1970.
    package private(set) var from: Int64 = 0
    /// ms since 1970, not included.
    package private(set) var to: Int64 = 0
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
        let reader = TimeReader(
            clock: clock, now: now, weekStart: defaults.weekStart, yearStart: Int64(defaults.fiscalYearStartMonth))
        /// Numbers are ms since 1970, as Grafana's links have them.
        func read(_ text: String, isEnd: Bool) -> Int64? {
            if text.utf8.count >= 9, let time = Int64(text) { return time.saturatingMultiply(by: 1_000_000) }
            return reader.time(text, isEnd: isEnd)
        }
        func time(_ text: String?, _ standard: String, isEnd: Bool) -> Int64 {
            if let text {
                if let time = read(text, isEnd: isEnd) { return time }
                remarks.append("\(text) is no time: \(standard) instead")
            }
            return read(standard, isEnd: isEnd) ?? (isEnd ? now : now.saturatingSubtract(6 * Nanoseconds.hour))
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
