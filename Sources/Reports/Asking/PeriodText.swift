import Bytes
import Domain
package import Execution
import JSONTexts

/// Times as people write them: RFC 3339, a date, seconds since 1970 with up to nine decimals, `now`, `now-7d` or
/// `now+7d` with the units s, m, h, d, w.
package enum PeriodText {
    /// Nanoseconds since 1970 UTC.
    /// - Parameter clock: whose midnight begins a date; nil: that of UTC.
    /// - Throws: ``ReportError`` with the ways to write a time.
    package static func parse(_ text: String, now: Int64, clock: WallClock? = nil) throws(ReportError) -> Int64 {
        if text == "now" { return now }
        if text.hasPrefix("now"), let offset = offset(text.dropFirst(3)) {
            let (time, isBeyond) = now.addingReportingOverflow(offset)
            if !isBeyond { return time }
        }
        // With fewer digits it is a day or a year that somebody wrote otherwise, and no second after March 1973.
        if text.prefix(while: { $0 != "." }).utf8.count >= 9, let time = try? DecimalText.parse(text, scale: 9) {
            return time
        }
        do {
            guard text.utf8.count == 10 else { return try RFC3339.parse(text) }
            let midnight = try RFC3339.parse(text + "T00:00:00Z")
            return clock?.instant(ofReading: midnight) ?? midnight
        } catch {
            throw ReportError(
                message: "\(text) is no time",
                hint: "write it as 2026-08-01T09:00:00Z, 2026-08-01, 1785574800.5 (seconds since 1970), now, now-7d, "
                    + "or now+7d (units s, m, h, d, w)")
        }
    }

    /// `-7d` or `+90m` in nanoseconds.
    private static func offset(_ text: Substring) -> Int64? {
        guard let sign = text.first, sign == "-" || sign == "+", let unit = text.last else { return nil }
        guard let count = Int64(text.dropFirst().dropLast()), count >= 0 else { return nil }
        let nanoseconds: Int64
        switch unit {
        case "s": nanoseconds = Nanoseconds.second
        case "m": nanoseconds = Nanoseconds.minute
        case "h": nanoseconds = Nanoseconds.hour
        case "d": nanoseconds = Nanoseconds.day
        case "w": nanoseconds = 7 * Nanoseconds.day
        default: return nil
        }
        let (product, isBeyond) = count.multipliedReportingOverflow(by: nanoseconds)
        return isBeyond ? nil : sign == "-" ? -product : product
    }
}
