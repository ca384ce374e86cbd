import Bytes
import PromQLText
import Testing

@Suite struct SeriesTests {
    private func text(_ text: String) -> ByteText { ByteText(text.utf8) }

    private func matchers(_ selector: String) throws -> SeriesMatchers {
        try SeriesMatchers(selector: Array(selector.utf8))
    }

    private func loaded(_ lines: String...) throws -> MemorySeries {
        var source = MemorySeries()
        for line in lines { source.load(try SeriesDescription(Array(line.utf8)), step: 1000) }
        return source
    }

    private func found(
        _ source: MemorySeries, _ selector: String, after: Int64 = -1, through: Int64 = 1_000_000,
        samplesMax: Int = 1_000
    ) throws -> [String] {
        let request = SeriesRequest(try matchers(selector), after: after, through: through, samplesMax: samplesMax)
        return try source.series(request).map { "\($0.labels) \($0.samples.times)" }
    }

    @Test func labels() {
        let labels = LabelSet([("z", "1"), ("a", "2"), ("z", "3"), ("b", "")])
        #expect(labels.labels.map(\.name) == ["a", "z"])
        #expect(labels["z"] == "3" && labels["b"].isEmpty)
        #expect(labels.keeping(["z", "y"]) == LabelSet([("z", "3")]))
        #expect(labels.dropping(["z"]) == LabelSet([("a", "2")]))
        #expect(labels.setting("m", to: "4").setting("a", to: "") == LabelSet([("m", "4"), ("z", "3")]))
        // Composed and decomposed letters are two texts.
        #expect(LabelSet([("a", text("\u{E9}"))]) != LabelSet([("a", text("e\u{301}"))]))
    }

    @Test func order() {
        let sets = [[], [("a", "1")], [("a", "1"), ("b", "1")], [("a", "2")], [("b", "0")]].map {
            LabelSet($0 as [(ByteText, ByteText)])
        }
        #expect(sets.reversed().sorted() == sets)
    }

    @Test func matching() throws {
        let source = try loaded("up{job='a'} 1", "up{job='b'} 1", "up 1", "down{job=\"a\\nb\"} 1")
        #expect(try found(source, "up{job='a'}") == ["up{job=\"a\"} [0]"])
        #expect(try found(source, "up{job!='a'}") == ["up [0]", "up{job=\"b\"} [0]"])
        #expect(try found(source, "up{job=''}") == ["up [0]"])
        #expect(try found(source, "{job=~'a|b'}") == ["up{job=\"a\"} [0]", "up{job=\"b\"} [0]"])
        #expect(try found(source, "{job=~'a.b'}") == ["down{job=\"a\\nb\"} [0]"], "a point is a line end, too")
        #expect(try found(source, "{__name__=~'u.*', job!~'b?'}") == ["up{job=\"a\"} [0]"])
        #expect(try found(source, "{'up', job=~'.*', job!~'a|b'}") == ["up [0]"])
    }

    @Test func times() throws {
        let source = try loaded("m 1 _ 3 4", "h {{count:1}} 2")
        #expect(try found(source, "m") == ["m [0, 2000, 3000]"])
        #expect(try found(source, "m", after: 0, through: 2000) == ["m [2000]"], "open on the left")
        #expect(try found(source, "m", after: 0, through: 1999).isEmpty)
        #expect(try found(source, "m", after: 5, through: 1).isEmpty)
        let request = SeriesRequest(try matchers("h"), after: -1, through: 5000, samplesMax: 9)
        let samples = try #require(try source.series(request).first).samples
        #expect(samples[1] == .float(2))
        var one = NativeHistogram()
        one.count = 1
        #expect(samples[0] == .histogram(one))
        #expect(samples.between(after: 0, through: 5000).histograms.isEmpty)
    }

    @Test func limits() throws {
        let source = try loaded("m 1x9", "n 1x9")
        #expect(try found(source, "{__name__=~'m|n'}", samplesMax: 20).count == 2)
        #expect(throws: SeriesSourceError.tooManySamples(max: 19)) {
            try found(source, "{__name__=~'m|n'}", samplesMax: 19)
        }
        var emptied = source
        emptied.clear()
        #expect(try found(emptied, "m").isEmpty)
    }

    @Test(arguments: [
        ("", "unknown position: parse error: unexpected end of input"), ("{}", "1:1: parse error: vector selector must "
            + "contain at least one non-empty matcher"), ("m[5m]", "1:2: parse error: unexpected \"[\""),
        ("1", "1:1: parse error: unexpected number \"1\""), ("m offset 1m", "1:3: parse error: unexpected <offset>"),
    ])
    func refusedSelectors(_ selector: String, _ expected: String) {
        do throws(PromQLError) {
            _ = try SeriesMatchers(selector: Array(selector.utf8))
            Issue.record("\(selector)")
        } catch { #expect(error.description == expected) }
    }

    /// A number among histograms has the room of one; texts count where nobody else holds them.
    @Test func whatSeriesHold() {
        var histogram = NativeHistogram()
        histogram.positive = HistogramBuckets(from: 0, [1, 2])
        var run = SampleRun()
        run.append(1, .float(1))
        #expect(run.heldBytes == 16)
        run.append(2, .histogram(histogram))
        #expect(run.heldBytes == 2 * 16 + 160 + (160 + 2 * 16))
        let labels = LabelSet([("a", "12")])
        #expect(labels.heldBytes == 64 + 96 + 3 && labels.listedBytes == 64 + 24)
        #expect(Series(labels: labels, samples: run).heldBytes == 163 + 384)
    }

    /// However a set came to its labels, it is the same one, and so is its hash.
    @Test func setsByAllWays() {
        let made = LabelSet([("A", "1"), ("b", "2")])
        let whole = LabelSet([("b", "2"), ("__name__", "m"), ("A", "1"), ("c", "")])
        #expect(whole.metricName == "m" && made.metricName.isEmpty)
        let ways = [whole.dropping(["__name__"]), whole.keeping(["A", "b"]), whole.setting("__name__", to: "")]
        #expect(ways.allSatisfy { $0 == made } && Set(ways + [made]).count == 1)
        #expect(LabelSet([("A", "1"), ("b", "3")]) != made && LabelSet([("A", "2"), ("b", "1")]) != made)
    }

    @Test func endOfSeries() {
        #expect(Double.staleMarker.isNaN && Double.staleMarker.isStaleMarker && !Double.nan.isStaleMarker)
    }
}
