import Asking
import Bytes
import Dashboarding
import JSONTexts
import Plans
import PromQLText
import Synchronization
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

    // MARK: Much of everything

    /// Series `up{n="0"}` and so on, each with a sample.
    private static func many(_ count: Int) -> MemorySeries {
        var series = MemorySeries()
        for number in 0..<count {
            var run = SampleRun()
            run.append(1_785_500_000_000, .float(1))
            series.set(LabelSet([("__name__", "up"), ("n", ByteText("\(number)".utf8))]), to: run)
        }
        return series
    }

    private static func lines(
        of text: String, over series: MemorySeries, within options: QueryOptions
    ) throws -> [JSONValue] {
        let defaults = BoardTimes.Defaults(from: "now-1d", to: "now", weekStart: "", fiscalYearStartMonth: 0)
        let times = BoardTimes(from: nil, to: nil, zone: nil, defaults: defaults, now: 1_785_500_000_000_000_000)
        let request = BoardRequest(
            try Dashboard(Array(text.utf8)), over: times, pageWidth: 1_200, chosen: [], wanted: nil)
        var lines: [JSONValue] = []
        _ = try BoardRun(request, SeriesRunner { 0 }, over: series, within: options).run { line, _ in
            if let line = try? JSONReader.parse(line[...]) { lines.append(line) }
            return true
        }
        return lines
    }

    /// Wherever the time is over, also in the middle of a line, each panel and each mark has its line.
    @Test func timeThatEndsInALineEndsNoOther() throws {
        let text = #"""
            {"uid":"a","title":"A","annotations":{"list":[{"name":"m","expr":"up","enable":true}]},"panels":[
            {"id":1,"type":"timeseries","targets":[{"expr":"up"}]},{"id":2,"type":"stat","targets":[{"expr":"up"}]}]}
            """#
        let series = Self.many(40)
        var kinds: Set<String> = []
        for limit in stride(from: Int64(0), to: 400, by: 3) {
            var options = QueryOptions()
            options.timeLimitNanoseconds = limit
            let ticks = Atomic<Int64>(0)
            let lines = try Self.lines(
                of: text, over: series,
                within: options.startingClock { ticks.wrappingAdd(1, ordering: .relaxed).newValue })
            #expect(lines.compactMap { $0["line"]?.string } == ["range", "panel", "panel", "annotation"], "\(limit)")
            for line in lines {
                let error = line["error"] ?? line["targets"]?.array?.first?["error"]
                kinds.insert(error?["type"]?.string ?? "none")
            }
        }
        #expect(kinds == ["none", "timeout"])
    }

    /// Values of a variable and texts of questions are held until the end, and booked.
    @Test func whatIsHeldUntilTheEndHasRoom() throws {
        let targets = Array(repeating: #"{"expr":"sum(up{n=~\"$n\"})"}"#, count: 50).joined(separator: ",")
        let text = #"{"uid":"a","title":"A","templating":{"list":[{"name":"n","type":"query","multi":true,"#
            + #""includeAll":true,"query":"label_values(up, n)"}]},"panels":["#
            + (0..<10).map { #"{"id":\#($0),"type":"timeseries","targets":[\#(targets)]}"# }.joined(separator: ",")
            + "]}"
        func errors(_ bytes: Int) throws -> [String?] {
            let pool = MemoryPool(limitBytes: bytes)
            var options = QueryOptions()
            options.memoryPool = pool
            let lines = try Self.lines(of: text, over: Self.many(1_000), within: options)
            #expect(pool.usedBytes == 0)
            return lines.flatMap { $0["targets"]?.array ?? [] }.map { $0["error"]?["type"]?.string }
        }
        #expect(try errors(64 << 20) == Array(repeating: nil, count: 500))
        // Texts of five hundred questions have some two million bytes.
        let few = try errors(1_500_000)
        #expect(few.count == 500 && few.contains("unavailable"))
        // Values without room are no values: nothing is asked without them.
        #expect(try errors(20_000) == Array(repeating: "bad_data", count: 500))
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
