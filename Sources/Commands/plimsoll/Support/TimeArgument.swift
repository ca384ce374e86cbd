import Platform
import Reports

/// Times on the command line, written as `PeriodText` has it.
enum TimeArgument {
    /// The ways to write one, for help.
    static let forms =
        "RFC 3339, seconds since 1970, a day such as 2026-08-01, now, now-7d, or now+7d (s, m, h, d, w, M, Q, y), and "
        + "of these the beginning of a unit, such as now/d; as an end, its end"

    /// Nanoseconds since 1970 UTC.
    /// - Throws: `ReportError` with the ways to write a time.
    static func parse(_ text: String) throws(ReportError) -> Int64 {
        try PeriodText.parse(text, now: SystemClock().wallNanoseconds())
    }

    /// Times from `from` (else the beginning) until `to` (else the end), exclusive.
    /// - Parameters:
    ///   - timeZone: IANA name of the zone whose midnight begins a date.
    ///   - options: what says the two, for messages.
    /// - Throws: `ReportError` for what is no time or zone; ``CommandFailure`` where there is no time between them.
    static func range(
        from: String?, to: String?, timeZone: String = "UTC", options: (from: String, to: String) = ("--from", "--to")
    ) throws -> Range<Int64> {
        let (now, clock) = (SystemClock().wallNanoseconds(), try ReportRequest.clock(timeZone))
        let start = try from.map { try PeriodText.parse($0, now: now, clock: clock) } ?? .min
        let end = try to.map { try PeriodText.parse($0, now: now, clock: clock, isEnd: true) } ?? .max
        guard start < end else {
            throw CommandFailure(
                .badInput, "\(options.from) \(from ?? "") does not lie before \(options.to) \(to ?? "")")
        }
        return start..<end
    }
}
