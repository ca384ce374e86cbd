import Bytes
import PromQLText
import Testing

/// The shorthand of unit tests.
@Suite struct SeriesDescriptionTests {
    private func read(_ text: String) throws(PromQLError) -> SeriesDescription {
        try SeriesDescription(Array(text.utf8))
    }

    /// Values as people write them: a gap, a number, a histogram's count and sum.
    private func values(_ text: String) -> String {
        do throws(PromQLError) {
            return try read(text).values.map { value in
                switch value {
                case .omitted: "_"
                case .sample(.float(let number), _): number.isStaleMarker ? "stale" : "\(number)"
                case .sample(.histogram(let histogram), let saysHint):
                    "\(histogram.count)/\(histogram.sum)" + (saysHint ? "/\(histogram.resetHint.rawValue)" : "")
                }
            }.joined(separator: " ")
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        ("m 1", "1.0"), ("m", ""), ("  m   1  2 ", "1.0 2.0"), ("m 1+2x3", "1.0 3.0 5.0 7.0"), ("m 3x2", "3.0 3.0 3.0"),
        ("m -2-4x1", "-2.0 -6.0"), ("m _ _x2 stale 1e3", "_ _ _ stale 1000.0"), ("m Inf -inf NaN", "inf -inf nan"),
        ("m 1e+2x1 .5", "100.0 100.0 0.5"), ("m 0.1+0.1x3", "0.1 0.2 0.30000000000000004 0.4"), ("m _x0 1", "1.0"),
        ("{} 1", "1.0"),
        ("m {{}} {{sum:3 count:2}}x1", "0.0/0.0 2.0/3.0 2.0/3.0"),
        ("m {{count:1 sum:-Inf counter_reset_hint:gauge}}", "1.0/-inf/gauge"),
        ("m {{count:1 sum:2}}+{{count:3 sum:4}}x2", "1.0/2.0 4.0/6.0 7.0/10.0"),
        ("m {{count:9 sum:2}}-{{count:3 sum:4}}x1 7", "9.0/2.0 6.0/-2.0 7.0"),
        // No threshold is as wide as one that is no number: nobody widens buckets until it is.
        ("m {{count:1 z_bucket_w:NaN}}+{{count:3 z_bucket_w:0.5 buckets:[2]}}x2", "1.0/0.0 4.0/0.0 7.0/0.0"),
        ("m {{count:1}}+{{z_bucket_w:Inf buckets:[2]}}x1", "1.0/0.0 1.0/0.0"),
    ])
    func values(_ text: String, _ expected: String) { #expect(values(text) == expected) }

    @Test(arguments: [
        ("m", "m"), ("a:b{c=\"d\", e='f'}", "a:b{c=\"d\", e=\"f\"}"), ("{\"http.x\", \"a b\"='c'}",
            "{__name__=\"http.x\", \"a b\"=\"c\"}"),
        ("{__name__='m'}", "m"), ("{}", "{}"), ("sum{by='',}", "sum"), ("stale", "stale"),
    ])
    func labels(_ text: String, _ expected: String) throws { #expect(try read(text).labels.description == expected) }

    @Test(arguments: [
        ("", "unknown position: parse error: unexpected end of input in series description, expected metric or \"{\""),
        ("m 1+2", "1:6: parse error: unexpected end of input in series values, expected \"x\" and a number"),
        ("m 1y", "1:4: parse error: unexpected character 'y' in series values, expected a space"),
        ("m abc", "1:3: parse error: unexpected identifier \"abc\" in series values, expected number or \"stale\""),
        ("m 1x", "1:5: parse error: invalid repetition in series values: \"\""),
        ("m 1x99999999999", "1:16: parse error: a series has at most 250000 values and buckets"),
        ("m 1x9223372036854775807", "1:24: parse error: a series has at most 250000 values and buckets"),
        ("m {{buckets:[1 2 3 4]}}+{{buckets:[1]}}x60000", "1:46: parse error: a series has at most 250000 values and "
            + "buckets"),
        ("m{a=}", "1:5: parse error: unexpected \"}\" in label set, expected string"),
        ("m{a} 1", "1:4: parse error: unexpected \"}\" in label set, expected \"=\""),
        ("m{a='b'", "1:8: parse error: unexpected end of input inside braces"),
        ("m {{schema:9}}", "1:13: parse error: a histogram's schema is -4 to 8, or -53 for custom buckets, not 9"),
        ("m {{sum:1 sum:2}}", "1:11: parse error: duplicate key \"sum\" in histogram"),
        ("m {{total:1}}", "1:5: parse error: bad histogram descriptor found: \"total\""),
        ("m {{buckets:[1 2}}", "1:17: parse error: unexpected character '}' in buckets description, expected a space "
            + "or \"]\""),
        ("m {{sum:1", "1:10: parse error: unexpected end of input in histogram description, expected a space or "
            + "\"}}\""),
        ("m {{offset:99999999999}}", "1:12: parse error: bad integer in histogram: \"99999999999\""),
        ("m {{schema:-53}}+{{schema:0}}x1", "1:32: parse error: cannot apply this operation on histograms with a mix "
            + "of exponential and custom bucket schemas"),
        ("m {{schema:3}}+{{schema:0}}x1", "1:30: parse error: error combining histograms: cannot merge from schema 0 "
            + "to 3"),
    ])
    func refused(_ text: String, _ expected: String) { #expect(values(text) == expected) }

    @Test func buckets() throws {
        let text =
            "m {{schema:1 count:9 z_bucket:2 z_bucket_w:0.01 buckets:[3 0 1] offset:-1 n_buckets:[2 1] n_offset:4}}"
        guard case .sample(.histogram(let histogram), _) = try read(text).values.first else {
            Issue.record("a histogram")
            return
        }
        #expect(histogram.positive == HistogramBuckets(from: -1, [3, 0, 1]))
        #expect(histogram.negative == HistogramBuckets(from: 4, [2, 1]))
        #expect(histogram.compacted.positive.indices == [-1, 1])
        #expect(histogram.zeroCount == 2 && histogram.zeroThreshold == 0.01)
    }
}
