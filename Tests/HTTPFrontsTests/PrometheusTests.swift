import Bytes
import Clients
import Domain
import JSONTexts
import PromQLText
import Synchronization
import Testing

/// The HTTP API of Prometheus, over a few series with a sample every 15 s from 0 to 60 s.
@Suite struct PrometheusTests {
    private static let form = [("Content-Type", "application/x-www-form-urlencoded")]

    private static func store() throws -> FakeStore {
        var series = MemorySeries()
        for text in [
            #"calls_total{model="a"} 0+10x4"#, #"calls_total{model="b"} 0+1x4"#,
            #"odd{x="1"} 0.0000001 1e21 NaN Inf 0.1"#,
            "latency{} {{schema:0 sum:5 count:4 z_bucket:1 z_bucket_w:0.5 buckets:[2 1]}}x4",
        ] {
            series.load(try SeriesDescription(Array(text.utf8)), step: 15_000)
        }
        var run = SampleRun()
        run.append(60_000, .float(7))
        series.set(LabelSet([("__name__", "dotted"), ("a.b", "v")]), to: run)
        let (store, loaded) = (FakeStore(), series)
        store.series.withLock { $0 = loaded }
        return store
    }

    private func withSeries(
        limits: ServerLimits = ServerLimits(), _ body: @Sendable @escaping (ServerClient) async throws -> Void
    ) async throws {
        try await withServer(try Self.store(), limits: limits) { client, _ in try await body(client) }
    }

    private static func success(_ data: String) -> String { #"{"status":"success","data":\#(data)}"# }

    private static func failure(_ type: String, _ error: String) -> String {
        #"{"status":"error","errorType":"\#(type)","error":"\#(error)"}"# + "\n"
    }

    private static func result(_ type: String, _ result: String) -> String {
        success(#"{"resultType":"\#(type)","result":\#(result)}"#)
    }

    // MARK: Values

    @Test(arguments: [
        ("query=1%2B1&time=4", "scalar", #"[4,"2"]"#),
        ("query=%22hi%22&time=60", "string", #"[60,"hi"]"#),
        (
            "query=calls_total&time=60.5", "vector",
            #"[{"metric":{"__name__":"calls_total","model":"a"},"value":[60.500,"40"]},"#
                + #"{"metric":{"__name__":"calls_total","model":"b"},"value":[60.500,"4"]}]"#
        ),
        (
            "query=calls_total%7Bmodel%3D%22a%22%7D%5B30s%5D&time=1970-01-01T00:01:00Z", "matrix",
            #"[{"metric":{"__name__":"calls_total","model":"a"},"values":[[45,"30"],[60,"40"]]}]"#
        ),
        (
            "query=odd[2m]&time=60", "matrix",
            #"[{"metric":{"__name__":"odd","x":"1"},"#
                + #""values":[[0,"1e-07"],[15,"1e+21"],[30,"NaN"],[45,"+Inf"],[60,"0.1"]]}]"#
        ),
        (
            "query=latency&time=60", "vector",
            #"[{"metric":{"__name__":"latency"},"histogram":[60,{"count":"4","sum":"5","#
                + #""buckets":[[3,"-0.5","0.5","1"],[0,"0.5","1","2"],[0,"1","2","1"]]}]}]"#
        ),
        ("query=nothing&time=60", "vector", "[]"),
        ("query=calls_total&time=60&lookback_delta=1s&unheard_of=1", "vector", #"[{"metric":{"__name__":"calls_total","#
            + #""model":"a"},"value":[60,"40"]},{"metric":{"__name__":"calls_total","model":"b"},"value":[60,"4"]}]"#),
        ("query=calls_total&time=62&lookback_delta=1s", "vector", "[]"),
    ])
    func aQuestionIsAnsweredOnce(form: String, type: String, result: String) async throws {
        try await withSeries { client in
            let asked = try await client.send("GET", "/api/v1/query?\(form)")
            #expect(asked.status == 200 && asked.headers["Content-Type"] == "application/json")
            #expect(asked.text == Self.result(type, result))
            let posted = try await client.send(
                "POST", "/api/v1/query", headers: Self.form, body: Array(form.utf8))
            #expect(posted.text == asked.text)
        }
    }

    /// Whoever follows the source of an alert finds what its rule asks, not a page that is none.
    @Test func linksOfAlertsLeadToTheirExpression() async throws {
        let link = "/graph?g0.expr=1+%2B+1+%3E+bool+1&g0.tab=1"
        try await withSeries { client in
            let answer = try await client.send("GET", link)
            #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/json", "\(link)")
            #expect(answer.text.contains(#""resultType":"scalar""#), "\(answer.text)")
            #expect(answer.text.hasSuffix(#","1"]}}"#), "\(answer.text)")
            // What the page of a Prometheus has in its address besides changes nothing.
            let panels = try await client.send("GET", link + "&g1.expr=nothing&time=3&as_of=position:1")
            #expect(panels.status == 200 && panels.text.contains(#""resultType":"scalar""#), "\(panels.text)")
            let wrong = try await client.send("GET", "/graph?g0.expr=sum(")
            #expect(wrong.status == 400 && wrong.text.contains(#""errorType":"bad_data""#), "\(wrong.text)")
        }
    }

    @Test func aQuestionIsAnsweredOverARange() async throws {
        try await withSeries { client in
            let form = "query=calls_total%7Bmodel%3D%22a%22%7D&start=0&end=60&step="
            let expected = Self.result(
                "matrix",
                #"[{"metric":{"__name__":"calls_total","model":"a"},"values":[[0,"0"],[30,"20"],[60,"40"]]}]"#)
            for step in ["30", "30s", "3e1", "30000ms"] {
                #expect(try await client.send("GET", "/api/v1/query_range?\(form)\(step)").text == expected, "\(step)")
            }
            let posted = try await client.send(
                "POST", "/api/v1/query_range?end=15&step=30", headers: Self.form, body: Array((form + "30").utf8))
            #expect(posted.text == expected, "the form counts before the address")
            // What fits into two pieces comes at once, with its length.
            let parameters = "&start=1000000000&end=1000011000&step=1"
            for (value, isWhole) in [("1", true), ("1.2345678901234", false)] {
                let long = try await client.send("GET", "/api/v1/query_range?query=vector(\(value))" + parameters)
                #expect(long.body.count > (isWhole ? 128 : 256) << 10, "\(value)")
                #expect((long.headers["Content-Length"] != nil) == isWhole, "\(value)")
                let values = try JSONReader.parse(long.body)["data"]?["result"]?.array?.first?["values"]?.array
                #expect(values?.count == 11_001 && values?.last == .array([.number("1000011000"), .string(value)]))
            }
        }
    }

    @Test func whatIsBesideTheValueIsTold() async throws {
        try await withSeries { client in
            let limited = try await client.send("GET", "/api/v1/query?query=calls_total&time=60&limit=1")
            let first = #"[{"metric":{"__name__":"calls_total","model":"a"},"value":[60,"40"]}]"#
            #expect(
                limited.text
                    == Self.result("vector", first).dropLast() + #","warnings":["results truncated due to limit"]}"#)
            let all = try await client.send("GET", "/api/v1/query?query=calls_total&time=60&limit=2")
            #expect(!all.text.contains("warnings"))
            let remarked = try await client.send("GET", "/api/v1/query?query=rate(odd[1m])&time=60")
            #expect(
                remarked.text.contains(#""infos":["PromQL info: metric might not be a counter"#), "\(remarked.text)")
            let measured = try await client.send("GET", "/api/v1/query?query=sum(calls_total)&time=60&stats=all")
            let samples = /"samples":\{"totalQueryableSamples":10,"peakSamples":[1-9][0-9]*,"samplesRead":10\}/
            #expect(
                measured.text.contains(samples) && measured.text.contains(#""timings":{"evalTotalTime":"#),
                "\(measured.text)")
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        ("query_range?query=up&start=0&end=11001&step=1", 400, "bad_data",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution "
                + "(?step=XX)"),
        ("query_range?query=up&start=9&end=1&step=1", 400, "bad_data",
            #"invalid parameter \"end\": end timestamp must not be before start time"#),
        ("query_range?query=up&start=0&end=1&step=0", 400, "bad_data",
            #"invalid parameter \"step\": zero or negative query resolution step widths are not accepted. "#
                + "Try a positive integer"),
        ("query_range?query=up&start=abc&end=1&step=1", 400, "bad_data",
            #"invalid parameter \"start\": cannot parse \"abc\" to a valid timestamp"#),
        ("query_range?query=up&start=0&end=1&step=1x", 400, "bad_data",
            #"invalid parameter \"step\": cannot parse \"1x\" to a valid duration"#),
        ("query?query=up&timeout=1e300", 400, "bad_data",
            #"invalid parameter \"timeout\": cannot parse \"1e300\" to a valid duration. It overflows int64"#),
        ("query?query=up&limit=-1", 400, "bad_data", #"invalid parameter \"limit\": limit must be non-negative"#),
        ("query?query=up&timeout=0", 503, "timeout", "query timed out in expression evaluation"),
        ("series", 400, "bad_data", "no match[] parameter provided"),
        ("query_exemplars?query=up&start=9&end=1", 400, "bad_data",
            "end timestamp must not be before start timestamp"),
        ("query?query=1&time=2026-01-01T00:00:60Z", 400, "bad_data",
            #"invalid parameter \"time\": Invalid time value for 'time': "#
                + #"cannot parse \"2026-01-01T00:00:60Z\" to a valid timestamp"#),
        ("labels?start=x", 400, "bad_data",
            #"invalid parameter \"start\": Invalid time value for 'start': cannot parse \"x\" to a valid timestamp"#),
        ("query_range?query=%22a%22&start=0&end=1&step=1", 400, "bad_data",
            #"invalid parameter \"query\": invalid expression type \"string\" for range query, "#
                + "must be Scalar or instant Vector"),
        ("query_range?query=up%5B5m%5D&start=0&end=1&step=1", 400, "bad_data",
            #"invalid parameter \"query\": invalid expression type \"range vector\" for range query, "#
                + "must be Scalar or instant Vector"),
        ("metadata?limit=x", 400, "bad_data", "limit must be a number"),
    ])
    func whatCannotBeAnsweredIsRefusedInPrometheusWords(
        address: String, status: Int, type: String, error: String
    ) async throws {
        try await withSeries { client in
            let answer = try await client.send("GET", "/api/v1/\(address)")
            #expect(answer.status == status && answer.headers["Content-Type"] == "application/json")
            #expect(answer.text == Self.failure(type, error))
        }
    }

    /// An index of times that end before they begin has nothing; what is wrong with its selectors is told.
    @Test func timesThatEndBeforeTheyBeginHaveNoSeries() async throws {
        try await withSeries { client in
            for address in ["series?match[]=calls_total&", "labels?", "label/model/values?"] {
                let answer = try await client.send("GET", "/api/v1/\(address)start=9&end=1")
                #expect(answer.status == 200 && answer.text == #"{"status":"success","data":[]}"# + "\n", "\(address)")
            }
            let unread = try await client.send("GET", "/api/v1/labels?match[]=%7B&start=9&end=1")
            #expect(unread.status == 400 && unread.text.contains(#"invalid parameter \"match[]\": 1:2: "#))
            for (state, count) in [("", 1), ("any", 1), ("ACTIVE", 1), ("dropped", 0), ("x", 0)] {
                let text = try await client.send("GET", "/api/v1/targets?state=\(state)").text
                #expect(text.contains(#""activeTargets":[]"#) == (count == 0), "\(state)")
            }
        }
    }

    @Test func refusalsSayWhatAndWhere() async throws {
        var limits = ServerLimits()
        limits.queryMemoryBytesMax = 65_536
        limits.queryTextBytesMax = 10_000
        try await withSeries(limits: limits) { client in
            func error(_ method: String, _ address: String, _ body: String = "") async throws -> (Int, String, String) {
                let answer = try await client.send(
                    method, "/api/v1/" + address, headers: body.isEmpty ? [] : Self.form, body: Array(body.utf8))
                let json = try JSONReader.parse(answer.body)
                #expect(json["status"]?.string == "error" && json.members?.count == 3, "\(answer.text)")
                return (answer.status, json["errorType"]?.string ?? "", json["error"]?.string ?? "")
            }
            let unread = try await error("POST", "query", "query=sum(calls_total")
            #expect(unread.0 == 400 && unread.1 == "bad_data")
            #expect(unread.2.hasPrefix(#"invalid parameter "query": 1:"#) && unread.2.contains(": parse error: "))
            let unmatched = try await error("GET", "series?match[]=%7B%7D")
            #expect(unmatched.0 == 400 && unmatched.2.hasPrefix(#"invalid parameter "match[]": "#), "\(unmatched)")
            let many = try await error("GET", "query?query=calls_total%2Bon()calls_total&time=60")
            #expect(many.0 == 422 && many.1 == "execution" && many.2.contains("many-to-many"), "\(many)")
            let large = try await error("GET", "query_range?query=vector(1)&start=0&end=11000&step=1")
            #expect(large.0 == 503 && large.1 == "unavailable")
            let said = "query processing would take more memory than there is; ask for fewer series, or for less time"
            #expect(large.2 == said)
            let missing = try await error("GET", "nothing")
            #expect(missing.0 == 404 && missing.1 == "not_found")
            #expect(try await error("POST", "metadata", "limit=1").0 == 405)
            #expect(try await error("POST", "query", "query=" + String(repeating: "1", count: 10_000)).0 == 413)
            let json = try await client.send(
                "POST", "/api/v1/query", headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
            #expect(json.status == 415 && json.text.contains(#""errorType":"bad_data""#))
            for method in ["GET", "POST"] {
                let strange = try await client.send(
                    method, "/api/v1/query?query=1", headers: [("Origin", "https://evil.example")])
                #expect(strange.status == 403 && strange.text.hasPrefix(#"{"status":"error""#), "\(strange.text)")
            }
        }
    }

    // MARK: Indexes

    @Test(arguments: [
        (
            "series?match[]=calls_total",
            #"[{"__name__":"calls_total","model":"a"},{"__name__":"calls_total","model":"b"}]"#
        ),
        ("series?match[]=odd&match[]=%7Bx%3D%221%22%7D", #"[{"__name__":"odd","x":"1"}]"#),
        ("series?match[]=odd&start=60.001", "[]"),
        ("series?match[]=odd&start=60&end=60", #"[{"__name__":"odd","x":"1"}]"#),
        ("labels", #"["__name__","a.b","model","x"]"#),
        ("labels?match[]=calls_total", #"["__name__","model"]"#),
        ("label/model/values", #"["a","b"]"#),
        ("label/__name__/values", #"["calls_total","dotted","latency","odd"]"#),
        ("label/U__a_2e_b/values", #"["v"]"#),
        ("label/a.b/values?match[]=odd", "[]"),
        ("query_exemplars?query=odd&start=0&end=60", "[]"),
        ("format_query?query=sum(x)by(a)", #""sum by (a) (x)""#),
        (
            "parse_query?query=-a",
            #"{"type":"unaryExpr","op":"-","expr":{"type":"vectorSelector","name":"a","matchers":"#
                + #"[{"name":"__name__","type":"=","value":"a"}],"offset":0,"timestamp":null,"startOrEnd":null,"#
                + #""anchored":false,"smoothed":false}}"#
        ),
        ("rules?type=alert", #"{"groups":[]}"#),
        ("alerts", #"{"alerts":[]}"#),
        ("alertmanagers", #"{"activeAlertmanagers":[],"droppedAlertmanagers":[]}"#),
        (
            "status/buildinfo",
            #"{"version":"3.5.0","revision":"plimsoll-\#(Version.text)","branch":"plimsoll","buildUser":"plimsoll","#
                + #""buildDate":"","goVersion":""}"#
        ),
    ])
    func whatThereIsIsListed(address: String, data: String) async throws {
        try await withSeries { client in
            let answer = try await client.send("GET", "/api/v1/\(address)")
            #expect(answer.status == 200 && answer.text == Self.success(data) + "\n")
        }
    }

    @Test func indexesAreBoundedAndMetricsDescribed() async throws {
        try await withSeries { client in
            let values = try await client.send("GET", "/api/v1/label/model/values?limit=1")
            #expect(
                values.text
                    == #"{"status":"success","data":["a"],"warnings":["results truncated due to limit"]}"# + "\n")
            let metadata = try await client.send("GET", "/api/v1/metadata?metric=support_questions_total")
            let told = try JSONReader.parse(metadata.body)["data"]
            #expect(told?.members?.map(\.name) == ["support_questions_total"])
            #expect(told?["support_questions_total"]?.array?.first?["type"]?.string == "counter")
            let all = try JSONReader.parse(try await client.send("GET", "/api/v1/metadata").body)["data"]?.members
            #expect(all?.count == MetricCatalogue.all.count)
            let few = try JSONReader.parse(try await client.send("GET", "/api/v1/metadata?limit=3").body)["data"]
            #expect(few?.members == all.map { Array($0.prefix(3)) })
            let targets = try JSONReader.parse(try await client.send("GET", "/api/v1/targets").body)["data"]
            let own = targets?["activeTargets"]?.array?.first
            #expect(own?["health"]?.string == "up" && own?["labels"]?["job"]?.string == "plimsoll")
            #expect(own?["scrapeUrl"]?.string?.hasSuffix("/metrics") == true)
        }
    }
}
