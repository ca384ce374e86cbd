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
    private static func many(_ count: Int, at time: Int64 = 1_785_500_000_000) -> MemorySeries {
        var series = MemorySeries()
        for number in 0..<count {
            var run = SampleRun()
            run.append(time, .float(1))
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

    // MARK: What is asked once

    /// Counts what is read of it.
    private final class CountingSeries: SeriesSource {
        let series: MemorySeries
        let reads = Atomic<Int>(0)

        init(_ series: MemorySeries) { self.series = series }

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            reads.add(1, ordering: .relaxed)
            return try series.series(request)
        }
    }

    private static func lines(
        of text: String, over source: any SeriesSource, from: String = "now-1d",
        chosen: [(name: String, value: ByteText)] = [], part: BoardRequest.Part = .all,
        sought: [(name: String, text: ByteText)] = []
    ) throws -> [JSONValue] {
        let defaults = BoardTimes.Defaults(from: from, to: "now", weekStart: "", fiscalYearStartMonth: 0)
        let times = BoardTimes(from: nil, to: nil, zone: nil, defaults: defaults, now: 1_785_500_000_000_000_000)
        let request = BoardRequest(
            try Dashboard(Array(text.utf8)), over: times, pageWidth: 1_200, chosen: chosen, wanted: nil, part: part,
            sought: sought)
        var lines: [JSONValue] = []
        _ = try BoardRun(request, SeriesRunner { 0 }, over: source, within: QueryOptions()).run { line, _ in
            if let line = try? JSONReader.parse(line[...]) { lines.append(line) }
            return true
        }
        return lines
    }

    /// The same sum in several panels, also as a part of other questions, is read once.
    @Test func partsThatPanelsShareAreReadOnce() throws {
        let expressions = ["sum(up)", "sum(up) * 2", "max(up) / sum(up)", "sum(up) > 1", "max(up)"]
        let panels = expressions.enumerated().map { number, text in
            #"{"id":\#(number),"type":"timeseries","targets":[{"expr":"\#(text)"}]}"#
        }
        let source = CountingSeries(Self.many(3, at: 1_785_499_700_000))
        let lines = try Self.lines(
            of: #"{"uid":"a","title":"A","panels":[\#(panels.joined(separator: ","))]}"#, over: source)
        #expect(lines.filter { $0["line"]?.string == "panel" }.count == 5)
        #expect(source.reads.load(ordering: .relaxed) == 2)
        let last = lines.compactMap { $0["targets"]?.array?.first?["series"]?.array?.first?["values"]?.array?.last }
        #expect(last == [.number("3"), .number("6"), .number("0.3333333333333333"), .number("3"), .number("1")])
    }

    // MARK: Copies, parts, what is sought

    private static let repeated = #"""
        {"uid":"a","title":"A","templating":{"list":[{"name":"n","type":"query","multi":true,"includeAll":true,
        "allValue":".*","query":"label_values(up, n)"}]},"panels":[
        {"id":1,"type":"stat","repeat":"n","gridPos":{"y":0},"targets":[{"expr":"up{n=\"$n\"}","instant":true}]},
        {"id":2,"type":"row","repeat":"n","gridPos":{"y":9}},
        {"id":3,"type":"stat","gridPos":{"y":10},"targets":[{"expr":"count(up{n=~\"$n\"})","instant":true}]},
        {"id":4,"type":"row","gridPos":{"y":20}},
        {"id":5,"type":"stat","gridPos":{"y":21},"targets":[{"expr":"count(up{n=~\"$n\"})","instant":true}]}]}
        """#

    private static func names(_ lines: [JSONValue]) -> [String] {
        lines.map { line in
            let copy = line["copy"]?.integer.map { "/\($0)" } ?? ""
            return (line["line"]?.string ?? "") + (line["id"]?.integer.map { " \($0)" + copy } ?? "")
        }
    }

    @Test func eachValueHasItsPanel() throws {
        let lines = try Self.lines(of: Self.repeated, over: Self.many(2))
        #expect(
            Self.names(lines) == [
                "range", "variable", "repeat 1", "repeat 2", "panel 1/0", "panel 1/1", "panel 3/0", "panel 3/1",
                "panel 5",
            ])
        #expect(lines[2]["values"] == .array([.string("0"), .string("1")]) && lines[2]["width"]?.integer == 12)
        #expect(lines[3]["width"] == nil)
        let series = lines.compactMap { $0["targets"]?.array?.first?["series"]?.array?.first }
        #expect(series.prefix(2).map { $0["labels"]?["n"]?.string } == ["0", "1"])
        #expect(series.dropFirst(2).map { $0["value"] } == [.number("1"), .number("1"), .number("2")])
    }

    @Test func copiesAreBoundedAndOfWhatIsChosen() throws {
        let many = try Self.lines(of: Self.repeated, over: Self.many(25))
        #expect(many[2]["values"]?.array?.count == 20 && many[2]["leftOut"]?.integer == 5)
        #expect(Self.names(many).filter { $0.hasPrefix("panel 1") }.count == 20)
        let chosen: [(name: String, value: ByteText)] = [("n", "7"), ("n", "3"), ("n", "7")]
        let few = try Self.lines(of: Self.repeated, over: Self.many(25), chosen: chosen)
        #expect(few[2]["values"] == .array([.string("7"), .string("3")]))
        // Without values nobody knows for what they would stand.
        let none = try Self.lines(of: Self.repeated, over: MemorySeries())
        #expect(Self.names(none) == ["range", "variable", "panel 1", "panel 3", "panel 5"])
    }

    /// A page that has the rest asks for panels alone, and what variables may be is then not looked for without need.
    @Test func partsAreAnsweredAlone() throws {
        let text = #"""
            {"uid":"a","title":"A","annotations":{"list":[{"name":"m","expr":"up","enable":true}]},
            "templating":{"list":[{"name":"n","type":"query","includeAll":true,"allValue":".*",
            "query":"label_values(up, n)"}]},"panels":[
            {"id":1,"type":"stat","targets":[{"expr":"count(up{n=~\"$n\"})","instant":true}]}]}
            """#
        let source = CountingSeries(Self.many(2))
        let panels = try Self.lines(of: text, over: source, part: .panels)
        #expect(Self.names(panels) == ["range", "panel 1"] && source.reads.load(ordering: .relaxed) == 1)
        #expect(panels[1]["targets"]?.array?.first?["series"]?.array?.first?["value"] == .number("2"))
        let variables = try Self.lines(of: text, over: source, part: .variables)
        #expect(Self.names(variables) == ["range", "variable"])
        #expect(Self.names(try Self.lines(of: text, over: source)) == ["range", "variable", "panel 1", "annotation"])
    }

    /// Of a hundred thousand values a thousand are sent, and any can be found.
    @Test func oneOfVeryManyValuesIsFound() throws {
        let series = Self.many(100_000)
        let all = try Self.lines(of: Self.repeated, over: series, part: .variables)[1]
        #expect(all["values"]?.array?.count == 1_000 && all["leftOut"]?.integer == 99_000)
        #expect(all["total"]?.integer == 100_000)
        let found = try Self.lines(of: Self.repeated, over: series, part: .variables, sought: [("n", "9999")])[1]
        #expect(found["values"]?.array?.count == 19 && found["leftOut"] == nil && found["total"]?.integer == 100_000)
        let none = try Self.lines(of: Self.repeated, over: series, part: .variables, sought: [("n", "x")])[1]
        #expect(none["values"] == .array([]))
    }

    @Test func distributionsAreRowsOfAHeatmap() throws {
        var histogram = NativeHistogram()
        histogram.positive = HistogramBuckets(from: 1, [3, 4])
        (histogram.count, histogram.sum) = (7, 10)
        var (run, series) = (SampleRun(), MemorySeries())
        run.append(1_785_499_700_000, .histogram(histogram))
        series.set(LabelSet([("__name__", "up")]), to: run)
        func target(_ kind: String) throws -> JSONValue {
            let text = #"{"uid":"a","title":"A","panels":[{"id":1,"type":"\#(kind)","targets":[{"expr":"up"}]}]}"#
            return try #require(try Self.lines(of: text, over: series)[1]["targets"]?.array?.first)
        }
        let heat = try target("heatmap")
        #expect(heat["buckets"]?.array?.map { $0["upper"] } == [.number("2"), .number("4")])
        #expect(heat["buckets"]?.array?.last?["values"]?.array?.last == .number("4"))
        #expect(heat["series"] == .array([]) && heat["histograms"] == nil)
        let chart = try target("timeseries")
        #expect(chart["buckets"] == nil && chart["histograms"]?.integer == 1)
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
