import Domain
import EventStores
import JSONTexts
import Reports
import Testing

/// Of what time rows are, and that a part of a day is no crash.
@Suite struct RowSpanTests {
    /// A call each noon of UTC from 1 October 2026 on, for so many days; the clock stands in the last day's afternoon.
    private static func store(days: Int) throws -> SampleStore {
        let first = (try RFC3339.parse("2026-10-01T12:00:00Z") - SampleStore.start) / 1_000_000_000
        let end = Int64(days - 1) * 86_400 + 10_800
        var sample = try SampleStore(nowSeconds: first + end)
        for day in 0..<days {
            sample.add("llm.call", at: Double(first + Int64(day) * 86_400), ["provider": .text("maker")])
        }
        return sample
    }

    @Test func todayIsInPartAndSoIsADayThatIsCut() throws {
        var sample = try Self.store(days: 5)
        let request = try ReportRequest(
            kind: .cost, from: "2026-10-02T06:00:00Z", to: nil, by: ["day"], rule: nil, timeZone: "UTC",
            now: try RFC3339.parse("2026-10-05T15:00:00Z"))
        let report = try sample.runner().report(.cost, request)
        let section = try #require(report.section("by_day"))
        #expect(section.rows.map { $0[0] } == ["02", "03", "04", "05"].map { .text("2026-10-" + $0) })
        #expect(section.spans.map { $0?.isInPart } == [true, false, false, true])
        #expect(
            report.definitions.contains { $0.term == "in part" && $0.meaning.hasPrefix("2026-10-02, 2026-10-05: ") },
            "\(report.definitions)")
        #expect(report.rendered(.html).contains("2026-10-05 <span class=\"soft\">in part</span>"))
        let cells = try JSONReader.parse(Array(report.rendered(.cells).utf8))
        let shown = cells["sections"]?.array?.first { $0["name"]?.string == "by_day" }?["spans"]?.array
        #expect(shown?.last?["from"]?.string == "2026-10-05T00:00:00Z" && shown?.last?["in_part"] == .boolean(true))
    }

    /// Days of 23 and of 25 hours, weeks across years, half hours of Kolkata: by the clock of the report's zone.
    @Test(arguments: [
        ("Europe/Berlin", "day", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "day", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "hour", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        ("America/Los_Angeles", "day", "2026-11-01T20:00:00Z", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        ("America/Los_Angeles", "day", "2026-03-08T20:00:00Z", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        ("Asia/Kolkata", "day", "2026-10-25T20:00:00Z", "2026-10-25T18:30:00Z", "2026-10-26T18:30:00Z"),
        ("Asia/Kolkata", "hour", "2026-10-25T20:40:00Z", "2026-10-25T20:30:00Z", "2026-10-25T21:30:00Z"),
        ("UTC", "week", "2027-01-01T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"),
        ("Asia/Kolkata", "month", "2026-12-31T20:00:00Z", "2026-12-31T18:30:00Z", "2027-01-31T18:30:00Z"),
        ("America/Havana", "day", "2026-11-01T18:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
    ])
    func spansAreThoseOfTheClock(zone: String, by: String, call: String, from: String, to: String) throws {
        let time = try RFC3339.parse(call)
        var sample = try SampleStore(nowSeconds: (time - SampleStore.start) / 1_000_000_000 + 400 * 86_400)
        sample.add("llm.call", at: Double((time - SampleStore.start) / 1_000_000_000), ["provider": .text("maker")])
        let request = try ReportRequest(
            kind: .cost, from: "2026-01-01", to: "2027-12-01", by: [by], rule: nil, timeZone: zone, now: 0)
        let section = try #require(try sample.runner().report(.cost, request).section("by_\(by)"))
        let spans = section.spans.compactMap(\.self)
        #expect(spans.map { [RFC3339.render($0.from), RFC3339.render($0.to)] } == [[from, to]], "\(section.rows)")
        #expect(spans.allSatisfy { !$0.isInPart })
    }

    /// Where no time tells rows apart none has a span, and of several kinds of time what they have in common counts.
    @Test func rowsWithoutTimesHaveNoSpans() throws {
        var sample = try Self.store(days: 2)
        let none = try sample.runner().report(.cost, ReportRequest(by: [.tenant]))
        #expect(none.section("by_tenant")?.spans.isEmpty == true)
        #expect(!none.definitions.contains { $0.term == "in part" })
        let crossed = try #require(
            try sample.runner().report(.cost, ReportRequest(by: [.month, .day])).section("by_month_day"))
        let span = try #require(crossed.spans.first ?? nil)
        let ends = [RFC3339.render(span.from), RFC3339.render(span.to)]
        #expect(ends == ["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"])
    }
}
