import AlertTemplates
import Bytes
import PromQLText
import Testing

/// What templates of rules say; the cases were held against Prometheus' own.
@Suite struct TemplateTests {
    /// A template a line, and below it what it gives: ⏎ is a line end there, ⇥ a tab.
    private static let table = #"""
        {{ $labels.job }} {{ .Labels.job }} {{ $labels.none }}.
        > api api .
        {{ $value }} {{ .Value }}
        > 1234.5678 1234.5678
        {{ $externalLabels.site }} {{ $externalURL }} {{ .ExternalLabels.site }}
        > north http://ops.example.org/prom north
        a {{- " b " -}} c
        > a b c
        x{{/* nothing */}}y {{- /* nothing */ -}} z
        > xyz
        {{ $x := 1 }}{{ $y := "q" }}{{ $x = 2 }}{{ $x }}{{ $y }}
        > 2q
        {{ `raw \n` }}{{ "t\tq\"\u00e9" }}
        > raw \nt⇥q"é
        {{ 1e3 }} {{ 0x1F }} {{ 017 }} {{ 1.50 }} {{ true }} {{ 'a' }} {{ -3 }}
        > 1000 31 15 1.5 true 97 -3
        {{ $value | printf "%.1f" | printf "%s!" }}
        > 1234.6!
        {{ (index $labels "job") | len }}
        > 3
        {{ printf "%v %q %5d|%-5d|%05d %x %t %%" "s" "q\"" 42 42 42 255 true }}
        > s "q\""    42|42   |00042 ff true %
        {{ printf "%d" 1.5 }} {{ printf "%s" 1 }} {{ printf "%d" }} {{ printf "a" 1 }}
        > %!d(float64=1.5) %!s(int=1) %!d(MISSING) a%!(EXTRA int=1)
        {{ printf "%.0f %.2f %.3e %g %.3g %8.2f|%+.1f" 0.5 2.675 12345.678 1e21 0.00012345 3.14159 2.0 }}
        > 0 2.67 1.235e+04 1e+21 0.000123     3.14|+2.0
        {{ print 1 2 "a" "b" 3 4 }}|{{ println 1 "a" }}|
        > 1 2ab3 4|1 a⏎|
        {{ if eq $labels.job "api" }}yes{{ else }}no{{ end }}
        > yes
        {{ if gt $value 2000.0 }}a{{ else if gt $value 1000.0 }}b{{ else }}c{{ end }}
        > b
        {{ if and true "x" 0 }}a{{ else }}b{{ end }}{{ or "" "d" }}{{ not 0 }}
        > bdtrue
        {{ with $labels.none }}a{{ else }}b{{ end }}{{ with $labels.job }}{{ . }}{{ end }}
        > bapi
        {{ eq 1 2 1 }} {{ ne "a" "b" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt "b" "a" }} {{ ge 1.5 2.5 }}
        > true true true true true false
        {{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}
        > instance=db1.example.org:9090;job=api;
        {{ range query "m" }}{{ .Labels.id }}:{{ .Value }} {{ end }}.
        > a:1 b:2 .
        {{ range $i, $s := query "m" }}{{ if $i }}, {{ end }}{{ $s.Labels.id }}{{ end }}
        > a, b
        {{ range query "nothing" }}x{{ else }}none{{ end }}
        > none
        {{ range query "m" }}{{ if eq .Labels.id "b" }}{{ break }}{{ end }}{{ .Labels.id }}{{ end }}
        > a
        {{ range query "m" }}{{ if eq .Labels.id "a" }}{{ continue }}{{ end }}{{ .Labels.id }}{{ end }}
        > b
        {{ query "m" | first | value }} {{ query "m" | first | label "id" }} {{ (query "m" | first).Value }}
        > 1 a 1
        {{ with query "m" }}{{ . | sortByLabel "id" | first | label "id" }}{{ len . }}{{ end }}
        > a2
        {{ index (query "m") 1 | value }}
        > 2
        {{ query "n" | first | strvalue }}
        > v1
        {{ define "t" }}<{{ .arg0 }} {{ .arg1 }}>{{ end }}{{ template "t" (args 1 "x") }}
        > <1 x>
        {{ define "t" }}{{ .none }}{{ end }}{{ template "t" (args 1) }}
        > <no value>
        {{ humanize 0.0 }} {{ humanize 1.0 }} {{ humanize 1234567.0 }}
        > 0 1 1.235M
        {{ humanize .12 }} {{ humanize -0.000012345 }}
        > 120m -12.35u
        {{ humanize1024 0.0 }} {{ humanize1024 1048576 }} {{ humanize1024 1.5e10 }}
        > 0 1Mi 13.97Gi
        {{ humanizeDuration 0 }} {{ humanizeDuration 135.3563 }} {{ humanizeDuration 0.0000012 }}
        > 0s 2m 15s 1.2us
        {{ humanizeDuration 3725 }} {{ humanizeDuration -86461.5 }} {{ humanizeDuration 12.34567 }}
        > 1h 2m 5s -1d 0h 1m 1s 12.35s
        {{ humanizePercentage 0.959 }} {{ humanizePercentage 0.123456 }} {{ humanizePercentage "0.5" }}
        > 95.9% 12.35% 50%
        {{ humanizeTimestamp 1643114203 }} {{ humanizeTimestamp 1435065584.128 }}
        > 2022-01-25 12:36:43 +0000 UTC 2015-06-23 13:19:44.128 +0000 UTC
        {{ 1643114203 | toTime }}
        > 2022-01-25 12:36:43 +0000 UTC
        {{ parseDuration "2h10m15s" }} {{ parseDuration "500ms" }}
        > 7815 0.5
        {{ 1234567.0 }} {{ 0.00001 }} {{ 123456.0 }} {{ 1e-4 }}
        > 1.234567e+06 1e-05 123456 0.0001
        {{ title "this pArt, a_b c" }} {{ toUpper "éß" }} {{ toLower "ÉS" }}
        > This PArt, A_b C Éß és
        {{ stripPort "[::1]:6006" }} {{ stripPort "127.0.0.1:4004" }} {{ stripPort "host" }}
        > ::1 127.0.0.1 host
        {{ stripDomain "db1.example.org:9090" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "db1.example.org" }}
        > db1:9090 10.0.0.1:80 db1
        {{ match "[0-9]+" "a1" }} {{ match "[0-9]+$" "1a" }}
        > true false
        {{ reReplaceAll "r.*d" "replaced" "rpld text" }} {{ reReplaceAll "(.)b" "<$1>" "abcbbb" }}
        > replaced text <a><c><b>
        {{ reReplaceAll "^a" "x" "aaa" }} {{ reReplaceAll "x*" "-" "abc" }}
        > xaa -a-b-c-
        {{ reReplaceAll "(?P<n>[a-c]+)" "${1}1" "ab d bc" }} {{ reReplaceAll "\\b" "|" "a b" }}
        > ab1 d bc1 |a| |b|
        {{ html "<a&'>" }} {{ urlquery "a b&c" }} {{ js "it's <b>" }}
        > &lt;a&amp;&#39;&gt; a+b%26c it\'s \u003Cb\u003E
        {{ graphLink "up == 0" }} {{ tableLink "up" }}
        > /graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=up&g0.tab=1
        {{ pathPrefix }} {{ externalURL }}
        > /prom http://ops.example.org/prom
        {{ safeHtml "<b>" }}
        > <b>
        {{ slice "abcdef" 1 3 }}{{ slice "abc" 1 }} {{ index "abc" 1 }}
        > bcbc 98
        {{ (query "m") | len }} {{ $labels }}
        > 2 map[instance:db1.example.org:9090 job:api]
        {{ define "t" }}[{{ . }}]{{ end }}{{ tmpl "t" "x" }}
        > [x]
        {{ urlQueryEscape "a b&c" }} {{ now }}
        > a+b%26c 60
        """#

    static let cases: [(template: String, expected: String)] = {
        let lines = table.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return stride(from: 0, to: lines.count - 1, by: 2).map { place in
            let expected = lines[place + 1].dropFirst(2).map { $0 == "⏎" ? "\n" : $0 == "⇥" ? "\t" : $0 }
            return (lines[place], String(expected))
        }
    }()

    @Test func theTableIsRead() { #expect(Self.cases.count == 56) }

    @Test(arguments: cases) func says(_ template: String, _ expected: String) throws {
        #expect(try expanded(template) == expected)
    }

    /// What cannot be read, and where.
    @Test(arguments: [
        ("{{ nofunc 1 }}", "line 1: function \"nofunc\" not defined"),
        ("a\n{{ $x }}", "line 2: undefined variable \"$x\""),
        ("{{ $value", "line 1: unclosed action"),
        ("{{ \"a }}", "line 1: unterminated quoted string"),
        ("{{ if $value }}a", "line 1: unexpected EOF: {{if}} has no {{end}}"),
        ("{{ end }}", "line 1: unexpected {{end}}"),
        ("{{ break }}", "line 1: {{break}} outside {{range}}"),
        ("{{ 1 | 2 }}", "line 1: non executable command in pipeline"),
        ("{{ (1 }}", "line 1: unexpected \"}}\" in parenthesized pipeline"),
        ("{{/* a", "line 1: unclosed comment"),
        ("{{ 09 }}", "line 1: bad number syntax: \"09\""),
    ])
    func refuses(_ template: String, _ reason: String) {
        #expect(error { _ = try AlertTemplate(ByteText(template.utf8)) } == reason)
    }

    /// What can be read and gives no text.
    @Test(arguments: [
        ("{{ query \"nothing\" | first }}", "error calling first: first() called on vector with no elements"),
        ("{{ gt $value 5 }}", "incompatible types for comparison: float64 and int"),
        ("{{ humanize \"a\" }}", "error calling humanize: parsing \"a\": invalid syntax"),
        ("{{ $value.x }}", "can't evaluate field x in type float64"),
        ("{{ template \"t\" }}", "template \"t\" not defined"),
        ("{{ reReplaceAll \"(\" \"\" \"\" }}", "error parsing regexp: missing ): ("),
        ("{{ query \"broken\" }}", "no answer"),
        ("{{ index (query \"m\") 2 }}", "error calling index: index out of range: 2"),
        ("{{ len 3 }}", "error calling len: len of type int"),
        ("{{ first }}", "wrong number of args for first: want 1 got 0"),
    ])
    func fails(_ template: String, _ reason: String) {
        let error = error { _ = try expanded(template) }
        #expect(error?.hasSuffix(reason) == true, "\(error ?? "nothing was wrong")")
    }

    /// Templates that would take all time, all memory or all of the stack.
    @Test(arguments: [
        ("{{ range 1000000 }}{{ end }}", "the template takes more than 200000 steps"),
        (
            "{{ range 1000 }}{{ range 1000 }}{{ range 1000 }}x{{ end }}{{ end }}{{ end }}",
            "the template takes more than 200000 steps"
        ),
        (
            "{{ define \"t\" }}{{ template \"t\" }}{{ end }}{{ template \"t\" }}",
            "templates call one another deeper than 64"
        ),
        (
            "{{ $x := \"0123456789\" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}",
            "the template makes more than it may: 1048576 bytes in one value"
        ),
        ("{{ range 101 }}{{ query \"m\" }}{{ end }}", "the template asks more than 100 questions"),
        ("{{ range 201 }}{{ match \"a\" \"b\" }}{{ end }}", "the template compiles more than 200 patterns"),
        ("{{ printf \"%999999999d\" 1 }}", "a format asks for more than 1000 places"),
        (
            "{{ range 2000 }}{{ printf \"%1000d\" 1 }}{{ end }}",
            "the template writes more than 1048576 bytes"
        ),
    ])
    func endsWhatIsTooMuch(_ template: String, _ reason: String) {
        #expect(error { _ = try expanded(template) }?.hasSuffix(reason) == true)
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "{{ if 1 }}", count: 100) + String(repeating: "{{ end }}", count: 100)
        #expect(error { _ = try AlertTemplate(ByteText(deep.utf8)) }?.contains("nested deeper than 64") == true)
        let parentheses = "{{ " + String(repeating: "(", count: 500) + "1" + String(repeating: ")", count: 500) + " }}"
        #expect(error { _ = try AlertTemplate(ByteText(parentheses.utf8)) }?.contains("nested deeper") == true)
    }

    /// Whatever a template is, it is refused, fails or gives a text of bounded size.
    @Test func damagedTemplatesDoNoHarm() {
        var state: UInt64 = 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let signs = Array("{}()-|$.,:=/*\"'`\\ \n09eEx%+".utf8) + [0, 0x80, 0xFF]
        var filled = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.cases[next(Self.cases.count)].template.utf8)
            for _ in 0...next(3) {
                let place = next(bytes.count)
                switch next(3) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(signs[next(signs.count)], at: place)
                default: bytes[place] = signs[next(signs.count)]
                }
            }
            if let text = try? expanded(ByteText(bytes)) {
                filled += 1
                #expect(text.bytes.count <= 1 << 20)
            }
        }
        #expect(filled > 0 && filled < 20_000)
    }

    private func error(_ work: () throws -> Void) -> String? {
        do {
            try work()
            return nil
        } catch { return "\(error)" }
    }

    private func expanded(_ template: String) throws -> String {
        try expanded(ByteText(template.utf8)).description
    }

    private func expanded(_ template: ByteText) throws -> ByteText {
        let labels = LabelSet([("job", "api"), ("instance", "db1.example.org:9090")])
        let data = TemplateData(
            labels: labels, value: 1234.5678, externalLabels: LabelSet([("site", "north")]),
            externalURL: "http://ops.example.org/prom", time: 60_000)
        return try AlertTemplate(template).expanded(for: data) { expression throws(TemplateError) in
            switch "\(expression)" {
            case "m":
                return [("a", 1.0), ("b", 2.0)].map {
                    TemplateSample(labels: LabelSet([("id", ByteText($0.0.utf8))]), value: $0.1)
                }
            case "n": return [TemplateSample(labels: LabelSet([("__value__", "v1")]), value: 3)]
            case "broken": throw TemplateError("no answer")
            default: return []
            }
        }
    }
}
