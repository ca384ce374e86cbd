package import Execution
import JSONTexts

/// Times as people write them: what ``TimeReader`` reads, and seconds since 1970 with up to nine decimals.
package enum PeriodText {
    /// Nanoseconds since 1970 UTC.
    /// - Parameters:
    ///   - clock: whose days, weeks and months are meant; nil: those of UTC.
    ///   - isEnd: whether it is the end of a period, which is not included: `now-1d/d` is the end of yesterday then.
    /// - Throws: ``ReportError`` with the ways to write a time.
    package static func parse(
        _ text: String, now: Int64, clock: WallClock? = nil, isEnd: Bool = false
    ) throws(ReportError) -> Int64 {
        // With fewer digits it is a day or a year that somebody wrote otherwise, and no second after March 1973.
        if text.prefix(while: { $0 != "." }).utf8.count >= 9, let time = try? DecimalText.parse(text, scale: 9) {
            return time
        }
        let days = if let clock { clock } else { try ReportRequest.clock("UTC") }
        if let time = TimeReader(clock: days, now: now).time(text, isEnd: isEnd) { return time }
        throw ReportError(
            message: "\(text) is no time",
            hint: "write it as 2026-08-01T09:00:00Z, 2026-08-01, 2026-08-01 09:30, 1785574800.5 (seconds since 1970), "
                + "now, now-7d, now+7d, or now-1M/M (units s, m, h, d, w, M, Q, y; / begins the unit)")
    }
}
