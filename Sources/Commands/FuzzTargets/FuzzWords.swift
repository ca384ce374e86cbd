/// Words that chance does not spell: what the forms of readers are made of, for whoever draws inputs.
package enum FuzzWords {
    /// The words of a target; empty for one that has none.
    static func of(_ target: String) -> [String] {
        switch target {
        case "sql": words(sql) + signs
        case "promql", "series", "http-series", "rule-tests": words(promQL) + signs
        case "template": words(template) + signs
        case "rules": words(rules) + words(promQL) + yaml
        case "openslo": words(openSLO) + yaml
        case "dashboard": words(dashboard) + json
        case "prices": words(prices) + json
        case "json": json
        case "events-lines", "events-document", "events-binary": words(events) + json
        case "otlp-json": words(spans) + json
        case "times", "http-report", "http-conversations", "http-board": words(times)
        case "http-form", "http-cookie", "http-token", "http-host", "http-forwarded", "http-accept", "http-path":
            words(fields)
        default: []
        }
    }

    /// Words as a dictionary of libFuzzer: each in quotes on a line of its own.
    package static func dictionary(_ words: [String]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for word in words where !word.isEmpty {
            text.append(UInt8(ascii: "\""))
            for byte in word.utf8 {
                let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                text += isPlain ? [byte] : [0x5C, UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
            text += [UInt8(ascii: "\""), 0x0A]
        }
        return text
    }

    private static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }

    private static let signs = [
        "<=", ">=", "<>", "!=", "=~", "!~", "::", "||", "->>", "--", "/*", "*/", "$$", "\\x22", "\\u00e9",
        "9223372036854775808", "-9223372036854775808", "1e400", "0x1F", "\u{E9}", "\u{1F600}",
    ]
    private static let json = [
        "\":\"", "\":{", "\":[", "\",\"", "null", "true", "false", "\\u0000", "\\ud83d\\ude00", "\\ud800", "-0",
        "1e308", "9223372036854775808", "0.000000000001", "[[[[[[[[", "}}}}",
    ]
    private static let yaml = [
        "\n  - ", "\n    ", ": ", "? ", "- - ", "|\n", ">-\n", "&a ", "*a", "<<: *a", "!!str ", "{a: ", "[a, ", "'",
        "\"", "\n---\n", "\n...\n", "# ", "\r", "~", "\u{FEFF}", "\u{85}", "\u{2028}",
    ]

    private static let sql = """
        select distinct on from where group by rollup cube grouping sets having order asc desc nulls first last \
        limit offset with recursive as union all intersect except values join left right full outer cross using \
        lateral in not exists between like ilike similar is null case when then else end cast interval date \
        timestamp timestamptz extract epoch at time zone array any some row over partition rows range groups unbounded \
        preceding following current window row_number() lag( nth_value( filter within percentile_cont percentile_disc \
        count sum avg min max stddev \
        date_trunc generate_series now() coalesce nullif greatest least substring position trim regexp_replace \
        regexp_matches json_build_object jsonb_path_query approx_distinct explain analyze llm_call turns \
        conversations events message.received cost_usd duration_ns tenant model
        """
    private static let promQL = """
        sum avg min max count stddev stdvar group topk bottomk quantile count_values limitk by without on ignoring \
        group_left group_right bool and or unless atan2 offset @ start() end() rate( irate( increase( delta( deriv( \
        predict_linear( histogram_quantile( histogram_fraction( label_replace( label_join( absent( absent_over_time( \
        sum_over_time( quantile_over_time( last_over_time( sort_by_label( double_exponential_smoothing( time() \
        vector( scalar( clamp( day_of_month( info( Inf NaN stale _x 1y2w3d4h5m6s7ms [5m] [1d:1m] __name__ le= \
        {{schema:1 buckets:[ counter_reset_hint:gauge
        """
    private static let template = """
        {{ }} {{- -}} {{/* */}} range else end if with define template break continue $labels $value $externalURL \
        $i,$e:= query first value label strvalue sortByLabel humanize humanize1024 humanizePercentage \
        humanizeDuration humanizeTimestamp reReplaceAll toUpper title match printf println index slice len eq ne lt \
        gt and or not urlquery graphLink tableLink args tmpl safeHtml parseDuration %.2f %v %q %-5d %[1]s
        """
    private static let rules = """
        groups: name: interval: limit: query_offset: labels: rules: record: alert: expr: for: keep_firing_for: \
        annotations: partial_response_strategy: source_tenants:
        """
    private static let openSLO = """
        apiVersion: openslo/v1 openslo/v1alpha kind: SLO SLI Service Objective DataSource AlertPolicy metadata: \
        name: displayName: spec: description: service: indicatorRef: indicator: thresholdMetric: ratioMetric: \
        counter: good: bad: total: raw: metricSource: type: Prometheus query: timeWindow: duration: isRolling: \
        calendar: budgetingMethod: Occurrences Timeslices objectives: target: targetPercent: op: lte value: \
        timeSliceTarget: timeSliceWindow: 30d
        """
    private static let dashboard = """
        "uid" "title" "schemaVersion" "panels" "type" "row" "timeseries" "stat" "table" "heatmap" "gridPos" \
        "targets" "expr" "refId" "legendFormat" "fieldConfig" "defaults" "overrides" "matcher" "unit" "thresholds" \
        "mappings" "transformations" "templating" "list" "query" "multi" "includeAll" "allValue" "regex" "repeat" \
        "collapsed" "annotations" "timeFrom" "timeShift" "maxDataPoints" "interval" $__all $__range $__interval \
        $__rate_interval ${v:regex} now-6h "fiscalYearStartMonth"
        """
    private static let prices = """
        "as_of" "source" "providers" "valid_from" "valid_to" "models" "model" "aliases" "input" "output" \
        "cache_read" "cache_write" "cache_write_1h" "reasoning" "usd_per_gpu_hour" "service_tiers" "batch" \
        "context_over"
        """
    private static let events = """
        "specversion" "1.0" "id" "source" "type" "time" "subject" "datacontenttype" "dataschema" "data" \
        "data_base64" "traceparent" "tracestate" 00-f8b72030c9bf8eaa2f5220c2704f7f2e-0011223344556677-01 llm.call \
        message.received message.sent tool.call retrieval.query feedback.recorded conversation.closed \
        "conversation_id" "turn" "tenant" "user_id" "input_tokens" "output_tokens" "duration_ns" "cost_usd" ce-id: \
        ce-type: ce-specversion: content-type: application/cloudevents+json application/cloudevents-batch+json \
        application/x-ndjson 2026-08-03T15:13:46.5Z 2016-12-31T23:59:60Z sk-proj- Bearer password= @example.org
        """
    private static let spans = """
        "resourceSpans" "scopeSpans" "spans" "resource" "attributes" "key" "value" "stringValue" "intValue" \
        "doubleValue" "boolValue" "arrayValue" "kvlistValue" "bytesValue" "values" "traceId" "spanId" "parentSpanId" \
        "name" "kind" "startTimeUnixNano" "endTimeUnixNano" "status" "code" "message" "events" "links" \
        "gen_ai.operation.name" "chat" "gen_ai.usage.input_tokens" "gen_ai.request.model" "gen_ai.system" \
        "llm.token_count.prompt" "openinference.span.kind"
        """
    private static let times = """
        from= to= timezone= by= where= rule= objectives= sort= order= cursor= before= limit= named= var-v= find-v= \
        now now-30d/d now/fy now+1M now-1M/M /fQ -999999999y 2026-08-01 2026-08-01T09:00:00Z +02:00 1785574800.5 \
        Europe/Berlin UTC browser America/St_Johns 1.cost. 1.newest. .632d31. %2B %00 1e18 position: \
        -292273086-05-16T16:47:06Z
        """
    private static let fields = """
        plimsoll_session= __Host-plimsoll_session= Bearer plim_ for= proto=http "[::1]:80" ::ffff:10.0.0.7 10.0.0.1 \
        fe80::1%25eth0 localhost .localhost http:// https:// null gzip x-gzip zstd deflate identity q=0.000 q=1 W/ \
        application/json application/x-protobuf application/x-www-form-urlencoded text/plain;version=0.0.4 */* U__ \
        _2e_ match[]= query= var- %2F %00 %C3%A9 /session // /\\
        """
}
