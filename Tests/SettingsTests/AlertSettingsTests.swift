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

    /// What a server is told in the environment a demo takes of alerts and pages; its store and its doors are its own.
    @Test func aDemoTakesWhatIsOfAlerts() throws {
        let environment = [
            "PLIMSOLL_ALERTS_WEBHOOKS": "http://one/in", "PLIMSOLL_ALERTS_HEADERS": "authorization=Bearer a",
            "PLIMSOLL_ALERTS_RULES": "a.yaml", "PLIMSOLL_ALERTS_EXTERNAL_LABELS": "site=north",
            "PLIMSOLL_RUNBOOKS": "https://ops.example.org/runbooks", "PLIMSOLL_DASHBOARDS_FOLDER": "boards",
            "PLIMSOLL_DATA": "real", "PLIMSOLL_LISTEN": "0.0.0.0:80", "PLIMSOLL_TRACES_ENDPOINT": "http://tempo:4318",
            "PLIMSOLL_CONFIG": "plimsoll.yaml", "PLIMSOLL_REQUIRE_TOKENS": "no flag at all",
        ]
        let (settings, none) = (try ServeSettings.ofDemo { environment[$0] }, ServeSettings())
        #expect(settings.alerts.sending.destinations.map(\.url.host) == ["one"])
        #expect(settings.alerts.receivers.count == 1 && none.alerts.receivers.isEmpty)
        #expect(settings.alerts.ruleFiles == ["a.yaml"] && settings.alerts.externalLabels.first?.value == "north")
        #expect(settings.runbooks == "https://ops.example.org/runbooks" && settings.dashboardFolder == "boards")
        #expect(settings.data == none.data && settings.listen == none.listen && settings.traces.endpoints.isEmpty)
        #expect(
            ServeSettings.leftByDemo { environment[$0] } == [
                "PLIMSOLL_DATA", "PLIMSOLL_LISTEN", "PLIMSOLL_REQUIRE_TOKENS", "PLIMSOLL_TRACES_ENDPOINT",
                "PLIMSOLL_CONFIG",
            ])
        #expect(ServeSettings.leftByDemo { _ in nil } == [])
        #expect(throws: SettingsFinding.self) {
            try ServeSettings.ofDemo { $0 == "PLIMSOLL_ALERTS_WEBHOOKS" ? "one" : nil }
        }
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
