import AlertRules
import Bytes
import PromQLText
import RuleFiles
import Testing

/// What Alertmanager and webhooks get.
@Suite struct BodyTests {
    /// `A` fires for two hosts, `B` was firing and is over.
    private func messages() throws -> [AlertMessage] {
        let text = """
            groups:
              - name: g
                rules:
                  - alert: A
                    expr: load > 5
                    annotations: {text: "is \\"{{ $value }}\\"", all: same}
                  - {alert: B, expr: load > 9}
            """
        let group = try RuleFile(Array(text.utf8), name: "rules").groups[0]
        var options = RuleOptions()
        options.externalLabels = LabelSet([("site", "north"), ("host", "outside")])
        options.externalURL = "http://ops.example.org/"
        func evaluate(_ state: RuleGroupState, _ values: [(ByteText, Double)], _ time: Int64) throws -> RuleGroupState {
            var series = MemorySeries()
            for (host, value) in values {
                var run = SampleRun()
                run.append(time, .float(value))
                series.set(LabelSet([("__name__", "load"), ("host", host)]), to: run)
            }
            return try GroupEvaluator(group, options).evaluate(state, over: series, at: time).state
        }
        let first = try evaluate(RuleGroupState(group), [("a", 10)], 0)
        let second = try evaluate(first, [("a", 6), ("b", 7)], 60_000)
        return second.sending(group, options, at: 60_000).messages
    }

    @Test func alertmanagersBody() throws {
        let body = String(decoding: AlertBodies.alertmanager(try messages()), as: UTF8.self)
        func alert(
            _ name: String, _ host: String, _ notes: String, _ times: (String, String), _ bound: String
        ) -> String {
            "{\"labels\":{\"alertname\":\"\(name)\",\"host\":\"\(host)\",\"site\":\"north\"},"
                + "\"annotations\":{\(notes)},"
                + "\"startsAt\":\"1970-01-01T\(times.0)Z\",\"endsAt\":\"1970-01-01T\(times.1)Z\",\"generatorURL\":"
                + "\"http://ops.example.org/graph?g0.expr=load+%3E+\(bound)&g0.tab=1\"}"
        }
        let notes = ["6", "7"].map { "\"all\":\"same\",\"text\":\"is \\\"\($0)\\\"\"" }
        let expected = [
            alert("A", "a", notes[0], ("00:00:00", "00:05:00"), "5"),
            alert("A", "b", notes[1], ("00:01:00", "00:05:00"), "5"),
            alert("B", "a", "", ("00:00:00", "00:01:00"), "9"),
        ]
        #expect(body == "[" + expected.joined(separator: ",") + "]")
        #expect(AlertBodies.alertmanager([]) == Array("[]".utf8))
    }

    @Test func alertmanagersListing() throws {
        let firing = try messages().filter { !$0.isResolved }
        let body = String(decoding: AlertBodies.listing([(firing[0], 61_000)], receiver: "pager"), as: UTF8.self)
        let alone = String(decoding: AlertBodies.alertmanager([firing[0]]), as: UTF8.self)
        let expected =
            #","updatedAt":"1970-01-01T00:01:01Z","fingerprint":"0123456789abcdef","receivers":[{"name":"pager"}],"#
            + #""status":{"state":"active","silencedBy":[],"inhibitedBy":[],"mutedBy":[]}}]"#
        #expect(body.hasPrefix(alone.dropLast(2)))
        let rest = body.dropFirst(alone.count - 2).replacing(
            /"fingerprint":"[0-9a-f]{16}"/, with: #""fingerprint":"0123456789abcdef""#)
        #expect(rest == expected)
        #expect(AlertBodies.listing([], receiver: "pager") == Array("[]".utf8))
    }

    @Test func webhooksAreGroupedByAlert() throws {
        let bodies = AlertBodies.webhook(try messages(), receiver: "pager", externalURL: "http://ops.example.org")
            .map { String(decoding: $0, as: UTF8.self) }
        #expect(bodies.count == 2)
        #expect(
            bodies[0].hasPrefix(
                "{\"version\":\"4\",\"groupKey\":\"{}:{alertname=\\\"A\\\"}\",\"truncatedAlerts\":0,"
                    + "\"status\":\"firing\",\"receiver\":\"pager\",\"groupLabels\":{\"alertname\":\"A\"},"
                    + "\"commonLabels\":"
                    + "{\"alertname\":\"A\",\"site\":\"north\"},\"commonAnnotations\":{\"all\":\"same\"},"
                    + "\"externalURL\":\"http://ops.example.org\",\"alerts\":[{\"status\":\"firing\","))
        #expect(bodies[0].contains("\"endsAt\":\"0001-01-01T00:00:00Z\""))
        #expect(bodies[1].contains("\"status\":\"resolved\",\"receiver\""))
        #expect(bodies[1].contains("\"endsAt\":\"1970-01-01T00:01:00Z\""))
        // Prometheus' fingerprint of {alertname="B", host="a", site="north"}.
        #expect(bodies[1].hasSuffix("\"fingerprint\":\"7d7ea7aebefc52e5\"}]}"))
    }
}
