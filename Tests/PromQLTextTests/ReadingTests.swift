import Bytes
import PromQLText
import Testing

/// What is read, by how it is written again.
@Suite struct ReadingTests {
    @Test(arguments: [
        ("1_000", "1000"), ("0x1F", "31"), ("010", "8"), ("08", "8"), ("1e3", "1000"), (".5e-3", "0.0005"),
        ("0x_a", "10"), ("iNf", "+Inf"), ("-Inf", "-Inf"), ("nan", "NaN"), ("1e21", "1000000000000000000000"),
        ("0.000001", "0.000001"), ("-0", "-0"), ("1h30m", "1h30m"), ("-90s", "-1m30s"), ("14d", "2w"), ("8d", "8d"),
        ("1e400 > bool 2", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e400\": value out "
            + "of range"),
        ("123456789012345678901234567890", "123456789012345680000000000000"),
    ])
    func numbers(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        (#"'it''s'"#, #"1:5: parse error: unexpected string "'s'""#),
        (#"'it\'s "quoted"'"#, #""it's \"quoted\"""#),
        (#""tab\tline\nquote\"""#, #""tab\tline\nquote\"""#),
        (#""\x41\101\u0041\U00000041\xff""#, #""AAAA\xff""#),
        ("`raw \\n\nline`", #""raw \\n\nline""#),
        ("\"caf\u{E9} \u{200B}\"", "\"caf\u{E9} \\u200b\""),
        ("\"\u{1F600}\"", "\"\u{1F600}\""),
    ])
    func strings(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        ("up", "up"), ("up{}", "up"), ("a:b:c", "a:b:c"), ("up{ job = 'x' , }", #"up{job="x"}"#),
        (#"{"http.requests"}"#, #"{__name__="http.requests"}"#),
        (#"{"http.requests", "service.name"=~"a|b", zone!=""}"#,
            #"{"service.name"=~"a|b",__name__="http.requests",zone!=""}"#),
        ("{__name__=~'.+', a!~`x.*`}", #"{__name__=~".+",a!~"x.*"}"#),
        (#"sum{by="x"}"#, #"sum{by="x"}"#), ("SUM", "SUM"), ("offset offset 5m", "offset offset 5m"),
        ("by + without * and", "by + without * and"), ("start + end", "start + end"),
        ("min_of{range='1'}", #"min_of{range="1"}"#), ("fill + fill_left", "fill + fill_left"),
        (#"{"a\xffb"="\377"}"#, #"{"a\xffb"="\xff"}"#),
        ("# first\nup # then\n# last", "up"),
    ])
    func selectors(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        ("a[5m]", "a[5m]"), ("a[300]", "a[5m]"), ("a[0.5]", "a[500ms]"), ("a[1h1ms]", "a[1h1ms]"), ("a[1y]", "a[1y]"),
        ("a offset 5m", "a offset 5m"), ("a offset -300", "a offset -5m"), ("a @ 1.5", "a @ 1.500"),
        ("a @ -1m", "a @ -60.000"), ("a @ start()", "a @ start()"), ("a offset 1m @ end()", "a @ end() offset 1m"),
        ("a[5m] @ 0x10 offset 1h", "a[5m] @ 16.000 offset 1h"),
        ("rate(a[1m])[1h:]", "rate(a[1m])[1h:]"), ("sum(a)[1h:30] offset 2w @ 9", "sum(a)[1h:30s] @ 9.000 offset 2w"),
        ("a offset 1m + 2", "a offset 1m + 2"),
        ("a @ 9223372036854775.807", "a @ 9223372036854775.807"),
    ])
    func times(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        ("sum(a) by (b, c)", "sum by (b, c) (a)"), ("sum by () (a)", "sum(a)"),
        ("sum without () (a)", "sum without () (a)"),
        ("sum by (bool, \"x y\", on, a:b,) (a)", "sum by (bool, \"x y\", on, \"a:b\") (a)"),
        ("topk(5, a) by (b)", "topk by (b) (5, a)"), ("count_values('v', a)", #"count_values("v", a)"#),
        ("quantile(.9, a)", "quantile(0.9, a)"), ("GROUP(a)", "group(a)"), ("stdvar(stddev(a))", "stdvar(stddev(a))"),
    ])
    func aggregations(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        ("a + on(x) group_left b", "a + on (x) group_left () b"),
        ("a / ignoring(x) group_right(y) b", "a / ignoring (x) group_right (y) b"),
        ("a == bool b", "a == bool b"), ("a AND on() b", "a and on () b"), ("a unless ignoring() b", "a unless b"),
        ("a ATAN2 b", "a atan2 b"), ("1 + 2 * 3", "1 + 2 * 3"), ("+a", "+a"), ("--a", "--a"), ("- 5", "-5"),
        ("vector(1) >= bool 1", "vector(1) >= bool 1"), ("hour()", "hour()"), ("round(a, 5)", "round(a, 5)"),
        ("label_join(a, 'd', ',')", #"label_join(a, "d", ",")"#),
        ("label_join(a, 'd', ',', 'x', 'y')", #"label_join(a, "d", ",", "x", "y")"#),
        ("histogram_fraction(0, 1, a)", "histogram_fraction(0, 1, a)"),
    ])
    func operations(_ text: String, _ written: String) { #expect(Reading.line(text) == written) }

    @Test(arguments: [
        ("a[step()]", "a[step()]"), ("a[ 5m + 2 * step() ]", "a[5m + 2 * step()]"), ("a[(5m)]", "a[(5m)]"),
        ("a offset -(1m + 1m)", "a offset -(1m + 1m)"), ("a offset min_of(1m, range()) / 2",
            "a offset min_of(1m, range()) / 2"),
        ("a[max_of(step(), 5s):step()]", "a[max_of(step(), 5s):step()]"), ("a[5m - range()]", "a[5m - range()]"),
        ("a anchored", "a anchored"), ("a[5m] smoothed offset 1m", "a[5m] smoothed offset 1m"),
        ("a + fill(0) b", "a + fill (0) b"), ("a - on(x) fill_right(-1e9) fill_left(5m) b",
            "a - on (x) fill_left (300) fill_right (-1e+09) b"),
        ("a + on(x) group_left fill(1) b", "a + on (x) group_left () fill (1) b"),
        ("limitk(2, a)", "limitk(2, a)"), ("info(a, {x='y'})", #"info(a, {x="y"})"#), ("info(a, {})", "info(a, {})"),
        ("start() + end() - step() * range()", "start() + end() - step() * range()"), ("max_of(1, 2)", "max_of(1, 2)"),
        ("sort_by_label(a, 'x')", #"sort_by_label(a, "x")"#),
    ])
    func experiments(_ text: String, _ written: String) {
        #expect(Reading.line(text, .all) == written)
        #expect(!Reading.faults(text).isEmpty, "not promised: \(text)")
    }

    /// How operators hold together shows where names are so long that each operation takes lines of its own, indented
    /// by its depth.
    @Test(arguments: [
        ("a + b * c", "  a\n+\n    b\n  *\n    c"), ("a - b - c", "    a\n  -\n    b\n-\n  c"),
        ("a ^ b ^ c", "  a\n^\n    b\n  ^\n    c"), ("-a ^ b", "-a\n^\n  b"), ("-a * b", "  -a\n*\n  b"),
        ("a ^ -b * c", "    a\n  ^\n    -b\n*\n  c"), ("a or b and c", "  a\nor\n    b\n  and\n    c"),
        ("a and b unless c", "    a\n  and\n    b\nunless\n  c"), ("a == b + c", "  a\n==\n    b\n  +\n    c"),
        ("a * b atan2 c % d", "      a\n    *\n      b\n  atan2\n    c\n%\n  d"),
        ("a + b offset 5m", "  a\n+\n  b offset 5m"),
    ])
    func precedence(_ text: String, _ outline: String) throws {
        // Words are left alone.
        func changed(_ text: String, _ change: (Substring) -> String) -> String {
            text.split(separator: " ", omittingEmptySubsequences: false).map { word in
                let sign = word.prefix { $0 == "-" }
                let name = word.dropFirst(sign.count)
                let isName = Set(name).count == 1 && "abcd".contains(name.first ?? " ")
                return String(sign) + (isName ? change(name) : String(name))
            }.joined(separator: " ")
        }
        let long = changed(text) { String(repeating: String($0), count: 101) }
        let lines = try Reading.expression(long).formatted.split(separator: "\n")
        let formatted = lines.map { changed(String($0)) { String($0.prefix(1)) } }.joined(separator: "\n")
        #expect(formatted == outline)
    }

    /// Whoever walks a tree meets all that stands in it, in the order of the text.
    @Test func allSelectorsOfATreeAreFound() throws {
        let text = """
            topk(scalar(a), -(b) + on () c) > bool 2 * (
              quantile_over_time(scalar(d), e[5m]) or max_over_time((f + g)[1h:1m])
            )
            """
        let root = try Reading.expression(text).root
        #expect(root.selectors.compactMap(\.name) == ["a", "b", "c", "d", "e", "f", "g"])
        var parts = 0
        root.visit { _ in parts += 1 }
        #expect(parts == 23)
    }

    @Test func types() throws {
        #expect(try Reading.expression("1 + 1").type == .scalar)
        #expect(try Reading.expression("(a)").type == .vector)
        #expect(try Reading.expression("1 + a").type == .vector)
        #expect(try Reading.expression("a[5m]").type == .matrix)
        #expect(try Reading.expression("rate(a[5m])[1h:]").type == .matrix)
        #expect(try Reading.expression("('x')").type == .string)
        #expect(try Reading.expression("-scalar(a)").type == .scalar)
    }
}
