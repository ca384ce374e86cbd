import Bytes
package import Execution
import JSONTexts

/// Times as people write them (what ``TimeReader`` reads, and seconds since 1970 with up to nine decimals), and periods
/// as people are told them.
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

    /// A period in words, to the millisecond: of now nobody reads more, and an end one nanosecond before midnight is
    /// midnight. Exactly where both ends would read the same.
    /// - Parameters:
    ///   - from: its start (ns since 1970 UTC), inclusive.
    ///   - to: its end, exclusive.
    ///   - clock: whose offsets are told; nil: UTC.
    package static func text(from: Int64, to: Int64, clock: WallClock?) -> String {
        let (first, last) = (toTheMillisecond(from), toTheMillisecond(to))
        let (start, end) = first == last ? (from, to) : (first, last)
        return "\(text(start, clock: clock)) to \(text(end, clock: clock)) (end not included)"
    }

    /// A time (ns since 1970 UTC) as a clock shows it, with its distance from UTC.
    package static func text(_ time: Int64, clock: WallClock?) -> String {
        RFC3339.render(time, offsetSeconds: clock?.offsetSeconds(at: time) ?? 0)
    }

    /// The millisecond that lies nearest, as far as times reach.
    private static func toTheMillisecond(_ time: Int64) -> Int64 {
        let millisecond = Nanoseconds.second / 1_000
        let rest = time % millisecond
        let whole = time - rest
        if rest.magnitude < UInt64(millisecond / 2) { return whole }
        return rest < 0 ? whole.saturatingSubtract(millisecond) : whole.saturatingAdd(millisecond)
    }
}
