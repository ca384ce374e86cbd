import Bytes
import Dashboarding
import PromQLText
import Testing

/// Variables in expressions: values stay values, whatever they spell.
@Suite struct InterpolationTests {
    private static let timing = PanelTiming(from: 0, to: 6 * 3_600_000, points: 700, least: 15_000)

    private static func asked(_ expression: String, _ variables: [String: VariableText] = [:]) throws -> String {
        String(decoding: try Interpolation(timing, variables).text(expression), as: UTF8.self)
    }

    private static func values(_ texts: String...) -> VariableText { .values(texts.map { ByteText($0.utf8) }) }

    @Test(arguments: [
        (#"up{job=~"$job"}"#, #"up{job=~"a\\.b"}"#), (#"up{job=~"${job}"}"#, #"up{job=~"a\\.b"}"#),
        (#"up{job="$job"}"#, #"up{job="a.b"}"#), (#"up{job !~ '$job'}"#, #"up{job !~ 'a\\.b'}"#),
        ("up{job=~`$job`}", #"up{job=~`a\.b`}"#), (#"up{job=~"x$job-$two"}"#, #"up{job=~"xa\\.b-(a|b\\+)"}"#),
        (#"up{a=~"$all", b=~"$$", c=~"d$"}"#, #"up{a=~".*", b=~"$$", c=~"d$"}"#),
        (#"up{job=~"\$job"}"#, #"up{job=~"\$job"}"#), ("up # $job \"\n+ 1", "up # a.b \"\n+ 1"),
        (#"up{job=~"$jobs ${other} ${job"}"#, #"up{job=~"$jobs ${other} ${job"}"#),
        (#"up{job=~"${job:raw}"}"#, #"up{job=~"a\\.b"}"#), (#"up{job="${job:regex}"}"#, #"up{job="a\\.b"}"#),
        ("rate(up[$__rate_interval])", "rate(up[75s])"), ("rate(up[$__interval])", "rate(up[60s])"),
        ("increase(up[$__range]) / $__range_s", "increase(up[21600s]) / 21600"),
        ("topk($n, up)", "topk(5, up)"),
    ])
    func variablesArePutIn(expression: String, expected: String) throws {
        let variables: [String: VariableText] = [
            "job": Self.values("a.b"), "two": Self.values("a", "b+"), "all": .raw(".*"), "n": Self.values("5"),
        ]
        #expect(try Self.asked(expression, variables) == expected)
    }

    /// Whatever a value spells, it is matched as itself, and nothing else is.
    @Test(arguments: [
        #"""#, #"'"#, "`", #"\"#, #"\""#, #"a"} or up{x="y"#, "a|b", ".*", "(", "a)(b", "^$", "[", "{2}", "line\nend",
        "\u{0}", "\u{7F}", "$job", "${job}", "ünï", "😀", #"\x22"#, "--", "#", " ",
    ])
    func hostileValuesStayValues(value: String) throws {
        for (operation, quote) in [("=", "\""), ("=", "'"), ("=~", "\""), ("=~", "'"), ("=~", "`")] {
            let variables = ["v": Self.values(value), "job": Self.values("never")]
            let text = try Self.asked("up{x\(operation)\(quote)$v\(quote)}", variables)
            let matchers = try SeriesMatchers(selector: Array(text.utf8))
            var series = MemorySeries()
            for (number, label) in [value, value + "x", "x" + value, "other"].enumerated() {
                var run = SampleRun()
                run.append(Int64(number), .float(1))
                series.set(LabelSet([("__name__", "up"), ("x", ByteText(label.utf8))]), to: run)
            }
            let found = try series.labelSets(matchers, after: -1, through: 10)
            #expect(found.map { $0["x"] } == [ByteText(value.utf8)], "\(text)")
        }
    }

    @Test func severalHostileValuesStayValues() throws {
        let hostile = ["a|b", #"c"d"#, #"e\"#]
        let variable = VariableText.values(hostile.map { ByteText($0.utf8) })
        let text = try Self.asked(#"up{x=~"$v"}"#, ["v": variable])
        let matchers = try SeriesMatchers(selector: Array(text.utf8))
        var series = MemorySeries()
        for label in hostile + ["a", "b", "c", "a|b|"] {
            var run = SampleRun()
            run.append(0, .float(1))
            series.set(LabelSet([("__name__", "up"), ("x", ByteText(label.utf8))]), to: run)
        }
        let found = try series.labelSets(matchers, after: -1, through: 10)
        #expect(Set(found.map { $0["x"] }) == Set(hostile.map { ByteText($0.utf8) }))
    }

    @Test(arguments: [
        ("up + $v", #"1} or vector(1"#, 5), ("up{x=\"${v:csv}\"}", "a", 6), ("up{x=`$v`}", "`", 6),
    ])
    func whatCannotStandThereIsRefusedWithItsPlace(expression: String, value: String, offset: Int) {
        #expect {
            try Self.asked(expression, ["v": Self.values(value)])
        } throws: { error in
            (error as? InterpolationError)?.offset == offset
        }
    }

    /// A comment ends with either sign that ends lines.
    @Test func commentsEndWhereTheyEnd() throws {
        let ends = ["v": Self.values("a\r or vector(1)\n or vector(2)")]
        #expect(try Self.asked("up # $v\n+ 1", ends) == "up # a or vector(1) or vector(2)\n+ 1")
        let quote = ["v": Self.values(#"a"} or up{x="b"#)]
        #expect(
            try Self.asked("# a comment\rup{x=\"$v\"}", quote)
                == "# a comment\rup{x=\"a\\x22} or up{x=\\x22b\"}")
    }

    /// With nothing in its place it would ask for series without the label.
    @Test func whatNobodyKnowsIsNotAsked() {
        #expect {
            try Self.asked(#"up{x=~"$v"}"#, ["v": .unknown("no time")])
        } throws: { error in
            "\(error)" == "what the variable v may be is not known: no time"
        }
    }

    @Test func whatResultsIsBounded() {
        let long = VariableText.values([ByteText(repeatElement(UInt8(ascii: "a"), count: 200_000))])
        #expect(throws: InterpolationError.self) {
            try Self.asked(#"up{x=~"$v$v$v$v$v$v$v$v$v$v$v$v"}"#, ["v": long])
        }
    }
}
