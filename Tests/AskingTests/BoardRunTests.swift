import Asking
import Dashboarding
import JSONTexts
import Plans
import PromQLText
import Testing

/// A dashboard's questions within the bounds of one.
@Suite struct BoardRunTests {
    /// The lines of a dashboard with a long answer and a short one over thirty days.
    private static func lines(
        within options: QueryOptions, keeping: (Bool) -> Bool = { _ in true }
    ) throws -> [JSONValue] {
        let text = #"""
            {"uid":"a","title":"A","panels":[
            {"id":1,"type":"timeseries","maxDataPoints":10000,"targets":[{"expr":"vector(1)"}]},
            {"id":2,"type":"stat","targets":[{"expr":"vector(2)","instant":true}]}]}
            """#
        let defaults = BoardTimes.Defaults(from: "now-30d", to: "now", weekStart: "", fiscalYearStartMonth: 0)
        let times = BoardTimes(
            from: nil, to: nil, zone: nil, defaults: defaults, now: try RFC3339.parse("2026-08-01T00:00:00Z"))
        let request = BoardRequest(
            try Dashboard(Array(text.utf8)), over: times, pageWidth: 1_200, chosen: [], wanted: nil)
        let run = BoardRun(request, SeriesRunner { 0 }, over: MemorySeries(), within: options)
        var lines: [JSONValue] = []
        _ = try run.run { line, isShort in
            guard keeping(isShort) else { return false }
            if let line = try? JSONReader.parse(line[...]) { lines.append(line) }
            return true
        }
        return lines
    }

    private static func error(_ lines: [JSONValue], _ id: Int64) -> String? {
        let panel = lines.first { $0["id"]?.integer == id }
        return (panel?["error"] ?? panel?["targets"]?.array?.first?["error"])?["type"]?.string
    }

    @Test func anAnswerWithoutRoomIsItsPanelsLineAndNothingStaysBooked() throws {
        let pool = MemoryPool(limitBytes: 200_000)
        var options = QueryOptions()
        options.memoryPool = pool
        let lines = try Self.lines(within: options)
        #expect(Self.error(lines, 1) == "unavailable" && Self.error(lines, 2) == nil)
        #expect(pool.usedBytes == 0)
        let roomy = try Self.lines(within: QueryOptions())
        #expect(Self.error(roomy, 1) == nil)
        #expect(roomy[1]["targets"]?.array?.first?["series"]?.array?.first?["values"]?.array?.count == 8_641)
    }

    @Test func aLineThatCannotBeKeptSaysSo() throws {
        let lines = try Self.lines(within: QueryOptions()) { isShort in isShort }
        #expect(Self.error(lines, 1) == "unavailable" && Self.error(lines, 2) == "unavailable")
    }

    @Test func whenTimeIsOverEveryPanelSaysSo() throws {
        var options = QueryOptions()
        options.timeLimitNanoseconds = -1
        let lines = try Self.lines(within: options.startingClock { 0 })
        #expect(Self.error(lines, 1) == "timeout" && Self.error(lines, 2) == "timeout")
    }

    @Test func whoHasGoneIsNotAnswered() {
        let cancellation = QueryCancellation()
        cancellation.cancel()
        #expect {
            try Self.lines(within: QueryOptions().cancelled(by: cancellation))
        } throws: { error in
            (error as? SeriesRefusal)?.kind == .canceled
        }
    }
}
