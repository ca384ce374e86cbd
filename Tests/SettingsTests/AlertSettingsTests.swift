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

    @Test(arguments: [
        "alertmanagers: one:9093", "alertmanagers: 'http://one, http://one/'", "webhooks: http://user@host/",
        "external_labels: 1st=x", "external_labels: 'a=1,a=2'", "external_labels: a=", "interval: 0s",
        "headers: authorization=Bearer abc\n  alertmanagers: http://one\n  webhooks: http://two",
    ])
    func whatCannotBeIsRefused(_ line: String) {
        #expect(SettingsFile("alerts:\n  \(line)\n").findings.count == 1, "\(line)")
    }
}
