import Execution
import Foundation
import JSONTexts
import Testing

/// Times as people and addresses write them, against the table that pages read likewise (`Tests/Outside/pages.py`).
@Suite struct TimeReaderTests {
    /// A line of the table: tabs between, `-` for what is no time.
    private struct Line {
        var zone: String
        var now: Int64
        var weekStart: String
        var yearStart: Int64
        var text: String
        var times: [Int64?]
        var number: Int
    }

    private static func lines() throws -> [Line] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Goldens/Times/ranges.tsv")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        return try rows.enumerated().map { place, row in
            let parts = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(parts.count == 7, "line \(place + 2)")
            return Line(
                zone: parts[0], now: try RFC3339.parse(parts[1]), weekStart: parts[2],
                yearStart: try #require(Int64(parts[3])) - 1, text: parts[4],
                times: try parts[5...].map { $0 == "-" ? nil : try RFC3339.parse($0) }, number: place + 2)
        }
    }

    @Test func timesAreThoseOfTheTable() throws {
        let lines = try Self.lines()
        #expect(lines.count > 200)
        for line in lines {
            let reader = TimeReader(
                clock: try WallClock(zone: line.zone), now: line.now, weekStart: line.weekStart,
                yearStart: line.yearStart)
            let times = [reader.time(line.text, isEnd: false), reader.time(line.text, isEnd: true)]
            let shown = times.map { $0.map { RFC3339.render($0) } ?? "-" }
            #expect(times == line.times, "line \(line.number), \(line.zone) \(line.text): \(shown)")
        }
    }

    /// The table has days of 23 and of 25 hours, and weeks across years.
    @Test func aDayIsAsLongAsItsZoneHasIt() throws {
        for (zone, noon, hours) in [
            ("Europe/Berlin", "2026-03-29T12:00:00Z", 23), ("Europe/Berlin", "2026-10-25T12:00:00Z", 25),
            ("America/Los_Angeles", "2026-03-08T20:00:00Z", 23), ("America/Los_Angeles", "2026-11-01T20:00:00Z", 25),
            ("Asia/Kolkata", "2026-10-25T12:00:00Z", 24), ("UTC", "2026-10-25T12:00:00Z", 24),
        ] as [(String, String, Int64)] {
            let reader = TimeReader(clock: try WallClock(zone: zone), now: try RFC3339.parse(noon))
            let start = try #require(reader.time("now/d", isEnd: false))
            let end = try #require(reader.time("now/d", isEnd: true))
            #expect((end - start) / 3_600_000_000_000 == hours, "\(zone) \(noon)")
        }
    }

    @Test func arithmeticNeverTraps() throws {
        let reader = TimeReader(clock: try WallClock(zone: "Asia/Kolkata"), now: .max)
        for text in ["now+999999999w/w", "now+999999999d/d", "now+9999999M/M", "now-999999999h", "now/y", "now+1y/fy"] {
            _ = reader.time(text, isEnd: false)
            _ = reader.time(text, isEnd: true)
        }
        let first = TimeReader(clock: try WallClock(zone: "America/Havana"), now: .min)
        for text in ["now-1s", "now/d", "now-1d/d", "now/w", "now/fQ"] { _ = first.time(text, isEnd: true) }
    }
}
