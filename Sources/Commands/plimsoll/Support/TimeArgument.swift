import Bytes
import Domain
import Execution
import JSONTexts
import Platform

/// Times on the command line: RFC 3339, a date, `now`, or `now-7d` with the units s, m, h, d, w.
enum TimeArgument {
    /// Nanoseconds since 1970 UTC.
    static func parse(_ text: String) throws(CommandFailure) -> Int64 {
        try parse(text, now: SystemClock().wallNanoseconds())
    }

    /// Times from `from` (else the beginning) until `to` (else the end), exclusive.
    /// - Parameter timeZone: IANA name of the zone whose midnight begins a date.
    static func range(from: String?, to: String?, timeZone: String = "UTC") throws(CommandFailure) -> Range<Int64> {
        guard let clock = try? WallClock(zone: timeZone) else {
            throw CommandFailure(
                .badInput, "there is no time zone \(timeZone)", advice: "use an IANA name such as Europe/Berlin")
        }
        let now = SystemClock().wallNanoseconds()
        let start = try from.map { text throws(CommandFailure) in try parse(text, now: now, clock: clock) } ?? .min
        let end = try to.map { text throws(CommandFailure) in try parse(text, now: now, clock: clock) } ?? .max
        guard start < end else {
            throw CommandFailure(.badInput, "--from \(from ?? "") does not lie before --to \(to ?? "")")
        }
        return start..<end
    }

    /// - Parameter clock: whose midnight begins a date; nil: that of UTC.
    static func parse(_ text: String, now: Int64, clock: WallClock? = nil) throws(CommandFailure) -> Int64 {
        if text == "now" { return now }
        if text.hasPrefix("now"), let offset = offset(text.dropFirst(3)) {
            let (time, overflow) = now.addingReportingOverflow(offset)
            if !overflow { return time }
        }
        let isDate = text.utf8.count == 10 && !text.contains("T")
        do {
            guard isDate else { return try RFC3339.parse(text) }
            let midnight = try RFC3339.parse(text + "T00:00:00Z")
            return clock?.instant(ofReading: midnight) ?? midnight
        } catch {
            throw CommandFailure(
                .badInput, "\(text) is no time",
                advice: "write it as 2026-08-01T09:00:00Z, 2026-08-01, now, or now-7d (units s, m, h, d, w)")
        }
    }

    /// `-7d` or `+90m` in nanoseconds.
    private static func offset(_ text: Substring) -> Int64? {
        guard let sign = text.first, sign == "-" || sign == "+", let unit = text.last else { return nil }
        let units: [Character: Int64] = [
            "s": Nanoseconds.second, "m": Nanoseconds.minute, "h": Nanoseconds.hour, "d": Nanoseconds.day,
            "w": 7 * Nanoseconds.day,
        ]
        guard let scale = units[unit], let count = Int64(text.dropFirst().dropLast()), count >= 0 else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: scale)
        return overflow ? nil : sign == "-" ? -product : product
    }
}
