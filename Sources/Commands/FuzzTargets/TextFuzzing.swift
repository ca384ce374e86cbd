import AlertTemplates
import Asking
import Bytes
import EventStores
import JSONParsing
import JSONTexts
import Plans
import Platform
import PromQLText
import SQLText

/// Texts that people and other programs ask with, and the small ones that stand in addresses.
extension FuzzTarget {
    static let texts: [FuzzTarget] = [json, sql, promQL, series, template, times]

    private static let json = FuzzTarget(
        "json", "what one reader takes the other takes, but for its limits",
        texts: [
            #"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00\n"],"b":{"c":{}},"a":""}"#, "[[[[]]]]", "-0.0", "\"\\\"\"",
        ] + eventTexts
    ) { bytes in
        var parser = JSONParser()
        var tape = JSONTape()
        var error: JSONError?
        do throws(JSONError) { try parser.parse(bytes, into: &tape) } catch let refusal { error = refusal }
        do throws(DecodingError) {
            _ = try JSONReader.parse(bytes)
        } catch let refusal {
            try require((0...bytes.count).contains(refusal.offset), "a place in the text, \(refusal.offset)")
        }
        if let error { try require((0...bytes.count).contains(error.offset), "a place in the text, \(error.offset)") }
    }

    private static let promQL = FuzzTarget(
        "promql", "printed on one line and on several it is read as the same expression",
        texts: [
            #"sum by (model) (rate(llm_calls_total{status!="ok",model=~"gpt-.*"}[5m] offset 1h)) / 2"#,
            #"histogram_quantile(0.95, sum(rate(x_bucket[1h30m])) by (le)) > bool 1e3 and on(a) group_left(b) y"#,
            #"max_over_time((-up @ 1.5 ^ 2)[1d:1m] @ end()) unless {__name__="a b","q"!~'c|d'}"#,
            #"label_replace(a, "b", "$1", "c", `(.*)`) or vector(Inf) atan2 0x1F % .5"#,
        ]
    ) { bytes in
        let expression: PromQLExpression
        do throws(PromQLError) {
            expression = try PromQLExpression(bytes)
        } catch {
            return try require(!error.faults.isEmpty, "a refusal has a fault")
        }
        // Names that are no UTF-8 cannot be printed.
        guard QuotedText.isUTF8(bytes) else { return }
        for text in [expression.description, expression.formatted] {
            let again: PromQLExpression
            do throws(PromQLError) {
                again = try PromQLExpression(Array(text.utf8))
            } catch {
                // It can be longer as it is printed than any that is read.
                if error.isTooComplex { continue }
                throw FuzzFinding("printed as \(text) it is refused: \(error)")
            }
            try require(again.description == expression.description, "printed as \(text) it is another expression")
        }
    }

    private static let series = FuzzTarget(
        "series", "read, or a fault with its place",
        texts: [
            #"http_requests{job="a"} 0+10x5 _x2 stale -1.5e3 NaN Inf-1x3"#,
            #"h {{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 "#
                + #"n_buckets:[4.1 5] n_offset:-5 counter_reset_hint:gauge}}x2"#,
            #"{"a b"="c"} 1 2 3"#,
        ]
    ) { bytes in
        do throws(PromQLError) { _ = try SeriesDescription(bytes) } catch {
            try require(!error.faults.isEmpty, "a refusal has a fault")
        }
    }

    private static let template = FuzzTarget(
        "template", "expanded, or an error",
        texts: [
            "{{ $labels.model }} is at {{ $value | humanizePercentage }} of {{ printf \"%.2f\" 3.14159 }}",
            #"{{ range $i, $e := query "up" | sortByLabel "job" }}{{ if gt $e.Value 1.0 }}{{ $i }}{{ else }}-"#
                + "{{ end }}{{ end }}",
            #"{{ define "a" }}<{{ . }}>{{ end }}{{ template "a" (args 1 "b") }}{{- /* c */ -}}"#
                + "{{ with $x := 0x1F }}{{ $x }}{{ end }}",
            #"{{ reReplaceAll "(a)b*" "$1" "abb" | title | toUpper }} {{ humanizeDuration 12345.6 }}"#
                + "{{ 1.5e9 | toTime }}",
        ]
    ) { bytes in
        do throws(TemplateError) {
            let template = try AlertTemplate(ByteText(bytes))
            let labels = LabelSet([(name: "model", value: "gpt-4o")])
            let data = TemplateData(
                labels: labels, value: 0.25, externalLabels: LabelSet([]), externalURL: "http://a", time: 0)
            _ = try template.expanded(for: data) { text throws(TemplateError) in
                if text.isEmpty { throw TemplateError("nothing is asked") }
                return [TemplateSample(labels: labels, value: 1.5), TemplateSample(labels: LabelSet([]), value: .nan)]
            }
        } catch {}
    }

    private static let times = FuzzTarget(
        "times", "RFC 3339, decimals, percent signs and times of Prometheus: what is written out is read as it was",
        texts: ["2026-08-03T15:13:46.534915538Z", "1785578400.5", "-12.25", "1h30m", "a%20b%C3%A9", "1e300"]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let time = try? RFC3339.parse(text) {
            try require((try? RFC3339.parse(RFC3339.render(time))) != nil, "a time that is written is read")
        }
        for scale in [0, 9, 12] {
            guard let value = try? DecimalText.parse(text, scale: scale) else { continue }
            let written = DecimalText.render(Int128(value), scale: scale)
            try require((try? DecimalText.parse(written, scale: scale)) == value, "a decimal that is written is read")
        }
        _ = try? PromQLDuration.nanoseconds(bytes)
        _ = try? SeriesTimeText.time(text, "time")
        if let plain = PercentText.unescaped(text) {
            let escaped = PercentText.escaped(plain) { $0 == UInt8(ascii: "a") }
            try require(PercentText.unescaped(escaped)?.utf8.elementsEqual(plain.utf8) == true, "escaped and back")
        }
        let address = ConversationAddress.text(text, in: "/conversations")
        try require(!address.contains("/../") && !address.hasSuffix("/.."), "an address stays below its folder")
    }

    private static let sql = FuzzTarget(
        "sql", "compiled twice it is the same plan; a refusal has words",
        texts: [
            "select model, count(*), sum(cost_usd) from llm_call where time > now() - interval '1 day' group by 1",
            "with a as (select * from turns) select channel, avg(case when a.turn = 1 then 1.0 end) over () from a",
            "select percentile_cont(0.95) within group (order by duration_ns) from llm_call having count(*) > 1",
            "select $$a$$ || E'\\n', array[1,2]::text, 1e400 from conversations c left join turns t using (tenant)",
            "explain analyze select distinct on (tenant) * from events order by tenant limit 3 offset 2;",
        ]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let compiler = SQLCompiler(catalog: emptyStore)
        func compiled() -> (statement: CompiledStatement?, refusal: QueryError?) {
            do throws(QueryError) { return (try compiler.compile(text), nil) } catch { return (nil, error) }
        }
        let (first, second) = (compiled(), compiled())
        try require(first.statement == second.statement, "the same plan twice")
        try require(first.refusal?.message == second.refusal?.message, "the same refusal twice")
        if let refusal = first.refusal {
            try require(!refusal.message.isEmpty, "a refusal in words")
        }
    }

    /// The tables of a store that has no events, which stays open.
    private static let emptyStore = openedStore.snapshot()
    private static let openedStore: EventStore = {
        do {
            return try openStore(SimulatedFileSystem(seed: 1))
        } catch { preconditionFailure("an empty volume takes a store: \(error)") }
    }()
}
