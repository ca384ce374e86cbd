import Sending
import Settings
import Testing

/// Who is told of alerts, as an operator says it.
@Suite struct AlertSettingsTests {
    @Test func aFileSaysWhichRulesAndWhoIsTold() throws {
        let file = SettingsFile(
            """
            alerts:
              rules: a.yaml, b.yaml
              alertmanagers: http://one:9093, https://two/am/
              webhooks: https://hooks.example.org/in?key=abcdef
              external_labels: site=north,team=support
              external_url: https://plimsoll.example.org/
              interval: 30s
              repeat: 1h
            """)
        #expect(file.findings.isEmpty && file.count == 7)
        let alerts = file.applied(to: ServeSettings()).alerts
        #expect(alerts.isEvaluated && alerts.ruleFiles == ["a.yaml", "b.yaml"])
        #expect(
            alerts.sending.destinations.map(\.url.description) == [
                "http://one:9093/api/v2/alerts", "https://two/am/api/v2/alerts",
                "https://hooks.example.org/*?key=*",
            ])
        #expect(alerts.sending.destinations.map(\.kind) == [.alertmanager, .alertmanager, .webhook])
        #expect(alerts.externalLabels.map { "\($0.name)=\($0.value)" } == ["site=north", "team=support"])
        #expect(alerts.externalURL == "https://plimsoll.example.org")
        #expect(alerts.intervalNanoseconds == 30_000_000_000)
        #expect(alerts.sending.repeatNanoseconds == 3_600_000_000_000)
    }

    /// Credentials of one receiver are nothing for another.
    @Test func headersAreForTheirHost() throws {
        let file = SettingsFile(
            """
            alerts:
              alertmanagers: http://One.example:9093, https://two/am/
              webhooks: https://hooks/in, https://hooks/out
              headers: one.example:9093 authorization=Bearer a, hooks authorization=Basic Yg==, hooks x-team=b
            """)
        #expect(file.findings.isEmpty)
        let sending = file.applied(to: ServeSettings()).alerts.sending
        let sent = sending.destinations.map(sending.sentAlong(to:))
        #expect(
            sent == [
                ["authorization: Bearer a"], [], ["authorization: Basic Yg==", "x-team: b"],
                ["authorization: Basic Yg==", "x-team: b"],
            ])
        let alone = SettingsFile("alerts:\n  webhooks: http://one/in\n  headers: authorization=Bearer a=b c\n")
            .applied(to: ServeSettings()).alerts.sending
        #expect(alone.destinations.map(alone.sentAlong(to:)) == [["authorization: Bearer a=b c"]])
    }

    @Test(arguments: [
        "alertmanagers: one:9093", "alertmanagers: 'http://one, http://one/'", "webhooks: http://user@host/",
        "external_labels: 1st=x", "external_labels: 'a=1,a=2'", "external_labels: a=", "interval: 0s",
        "headers: authorization=Bearer abc\n  alertmanagers: http://one\n  webhooks: http://two",
        "headers: 'three authorization=Bearer abc'\n  alertmanagers: http://one\n  webhooks: http://two",
        "headers: 'one authorization Bearer=abc'\n  alertmanagers: http://one",
        "headers: 'one =abc'\n  alertmanagers: http://one",
    ])
    func whatCannotBeIsRefused(_ line: String) {
        #expect(SettingsFile("alerts:\n  \(line)\n").findings.count == 1, "\(line)")
    }
}
