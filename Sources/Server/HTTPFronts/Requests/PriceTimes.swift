import HTTPTypes
import JSONTexts
import Reports

/// Of which time prices and calls are asked for, in the words of an address.
struct PriceTimes: Sendable {
    /// As somebody wrote them; nil: nothing is said.
    let from, to, timeZone: String?

    /// - Parameter value: the text of a parameter; nil where nothing is said.
    init(_ value: (String) -> String?) {
        (from, to) = (value("from"), value("to"))
        // Pages say `browser` where each reader has a zone of his own, which nobody tells a server.
        timeZone = value("timezone").flatMap { ["browser", "utc"].contains($0) ? nil : $0 }
    }

    /// From when on and before when; nil: of no time in particular.
    /// - Parameter now: what `now` means, and where it ends unless somebody says so (ns since 1970 UTC).
    /// - Throws: 400 for what is no time, no zone, or no time between both ends.
    func range(now: Int64) throws(Refusal) -> Range<Int64>? {
        if from == nil, to == nil { return nil }
        var (start, end) = (Int64.min, now)
        do throws(ReportError) {
            let clock = try ReportRequest.clock(timeZone ?? "UTC")
            if let from { start = try PeriodText.parse(from, now: now, clock: clock) }
            if let to { end = try PeriodText.parse(to, now: now, clock: clock, isEnd: true) }
        } catch {
            throw Refusal(error)
        }
        guard start < end else {
            throw Refusal(
                .badRequest, "from does not lie before to", hint: "ask for ?from=now-1M/M&to=now-1M/M, the last month")
        }
        return start..<end
    }

    /// A range in the clock of whoever asks: words such as `now-1M/M` say to nobody which days they are.
    func text(of range: Range<Int64>) -> String {
        let clock = try? ReportRequest.clock(timeZone ?? "UTC")
        if range.lowerBound == .min {
            return "up to \(PeriodText.text(range.upperBound, clock: clock)) (end not included)"
        }
        return PeriodText.text(from: range.lowerBound, to: range.upperBound, clock: clock)
    }

    /// The same as parts of the query of an address.
    var parts: [HTML] {
        [("from", from), ("to", to), ("timezone", timeZone)].compactMap { name, text -> HTML? in
            text.map { "\(name)=\(part: $0)" }
        }
    }
}
