import Asking
import Dashboarding
import JSONTexts
import Plans
import PromQLText
import Testing

/// Ranges of dashboards, as addresses have them.
@Suite struct BoardTimesTests {
    /// Wednesday, 28 October 2026: summer ended three days before in Berlin.
    private static let now = "2026-10-28T14:30:15Z"

    /// The range that is answered, as a basis line tells it.
    private static func range(
        _ from: String?, _ to: String?, _ zone: String? = nil, weekStart: String = "", fiscal: Int = 0
    ) throws -> (from: String, to: String, remarks: Int) {
        let defaults = BoardTimes.Defaults(
            from: "now-6h", to: "now", weekStart: weekStart, fiscalYearStartMonth: fiscal)
        let times = BoardTimes(
            from: from, to: to, zone: zone, defaults: defaults, now: try RFC3339.parse(now))
        let dashboard = try Dashboard(Array(#"{"uid":"a","title":"A"}"#.utf8))
        let request = BoardRequest(dashboard, over: times, pageWidth: 1_200, chosen: [], wanted: nil)
        let run = BoardRun(request, SeriesRunner { 0 }, over: MemorySeries(), within: .init())
        let counts = try run.run { _, _ in true }
        let line = BoardBasis(request, counts, asOf: 0, watermark: 0, position: 0, remarks: []).line
        let basis = try JSONReader.parse(line[...].dropLast())
        func text(_ name: String) -> String { RFC3339.render((basis[name]?.integer ?? 0) * 1_000_000) }
        return (text("from"), text("to"), basis["remarks"]?.array?.count ?? -1)
    }

    @Test(arguments: [
        ("now-6h", "now", "2026-10-28T08:30:15Z", "2026-10-28T14:30:15Z"),
        ("now-90m", "now-1h", "2026-10-28T13:00:15Z", "2026-10-28T13:30:15Z"),
        ("now/d", "now/d", "2026-10-28T00:00:00Z", "2026-10-29T00:00:00Z"),
        ("now-1d/d", "now-1d/d", "2026-10-27T00:00:00Z", "2026-10-28T00:00:00Z"),
        ("now/w", "now/w", "2026-10-26T00:00:00Z", "2026-11-02T00:00:00Z"),
        ("now-1M/M", "now-1M/M", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("now/Q", "now/y", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("now-1y", "now", "2025-10-28T14:30:15Z", "2026-10-28T14:30:15Z"),
        ("1785574800000", "1785578400000", "2026-08-01T09:00:00Z", "2026-08-01T10:00:00Z"),
        ("2026-08-01T09:00:00Z", "2026-08-02", "2026-08-01T09:00:00Z", "2026-08-02T00:00:00Z"),
    ])
    func rangesAreRead(from: String, to: String, start: String, end: String) throws {
        let range = try Self.range(from, to)
        #expect(range.from == start && range.to == end && range.remarks == 0, "\(range)")
    }

    /// Clocks in Berlin showed 02:30 twice on that day; it is the second time.
    @Test func anHourThatIsThereTwiceIsTheOneThatItIs() throws {
        for (unit, start, end) in [
            ("h", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
            ("m", "2026-10-25T01:30:00Z", "2026-10-25T01:31:00Z"),
            ("s", "2026-10-25T01:30:15Z", "2026-10-25T01:30:16Z"),
        ] {
            let range = try Self.range("now-3d-13h/\(unit)", "now-3d-13h/\(unit)", "Europe/Berlin")
            #expect(range.from == start && range.to == end, "\(unit): \(range)")
        }
        let half = try Self.range("now/h", "now/h", "Asia/Kolkata")
        #expect(half.from == "2026-10-28T14:30:00Z" && half.to == "2026-10-28T15:30:00Z")
    }

    @Test func daysAreThoseOfTheZone() throws {
        let berlin = try Self.range("now/d", "now", "Europe/Berlin")
        #expect(berlin.from == "2026-10-27T23:00:00Z")
        // A day has 25 hours there.
        let long = try Self.range("now-3d/d", "now-3d/d", "Europe/Berlin")
        #expect(long.from == "2026-10-24T22:00:00Z" && long.to == "2026-10-25T23:00:00Z")
        #expect(try Self.range("now-4d", "now", "Europe/Berlin").from == "2026-10-24T13:30:15Z")
        #expect(try Self.range("2026-10-24", "now", "Europe/Berlin").from == "2026-10-23T22:00:00Z")
        #expect(try Self.range("now/w", "now", weekStart: "sunday").from == "2026-10-25T00:00:00Z")
        #expect(try Self.range("now/w", "now", weekStart: "saturday").from == "2026-10-24T00:00:00Z")
        #expect(try Self.range("now/fy", "now", fiscal: 3).from == "2026-04-01T00:00:00Z")
        #expect(try Self.range("now/fQ", "now", fiscal: 1).from == "2026-08-01T00:00:00Z")
    }

    @Test(arguments: [
        "rubbish", "now-", "now-6", "now-6x", "now/x", "now--6h/", "now-99999999999h", "2026-13-01", "-1", "now/1d",
        "now+999999999y",
    ])
    func whatIsNoTimeIsSaid(text: String) throws {
        let range = try Self.range(text, nil)
        #expect(range.from == "2026-10-28T08:30:15Z" && range.remarks == 1, "\(text): \(range)")
    }

    @Test func arithmeticNeverTraps() throws {
        for text in [
            "now-999999999s", "now-999999999h", "now-999999999d", "now-999999999w", "now-9999999M",
            "9223372036854775807", "-9223372036854775808", "now-999999999d/w",
        ] {
            _ = try Self.range(text, nil)
            _ = try Self.range(nil, text)
            _ = try Self.range(text, text, "Asia/Kolkata")
        }
    }
}
