import AlertRules
import Bytes
import Foundation
import PromQLText
import RuleFiles
import Testing

/// The timelines of the alert generator's compliance test, with rules and series of this project; where the environment
/// names a folder that has them, the given ones, too.
@Suite struct TimelineTests {
    private static let rules = """
        groups:
          - name: firing
            interval: 30s
            rules:
              - alert: Late
                expr: probe{alertname="Late"} > 10
                for: 6m
                labels: {foo: bar}
                annotations: {summary: "{{ $value }} {{ .Value }}"}
          - name: silent
            interval: 30s
            rules:
              - {alert: Short, expr: 'probe{alertname="Short"} > 10', for: 3m}
              - {alert: Never, expr: 'probe{alertname="Never"} > 99', for: 3m}
          - name: quick
            interval: 30s
            rules:
              - alert: Now
                expr: probe{alertname="Now"} > 10
                annotations:
                  told: >-
                    {{ define "t" }}{{ .arg0 }} {{ .arg1 }}: {{ with query "probe{for='template'}" }}{{ . |
                    sortByLabel "id" | first | label "id" }}, {{ range $v := sortByLabel "id" . }}{{ . | label "id"
                    }}:{{ . | value }},{{ end }}{{ end }}{{ end }}{{ template "t" (args "foo" 99) }}
              - {alert: Soon, expr: 'probe{alertname="Soon"} > 13', for: 15s}
          - name: order
            interval: 30s
            rules:
              - {alert: First, expr: 'probe{alertname="First"} > 10', for: 3m, labels: {foo: bar}}
              - alert: Second
                expr: >-
                  (ALERTS{alertstate="firing", alertname="First", variant="one"} + ignoring (variant)
                  ALERTS{alertstate="firing", alertname="First", variant="two"}) == 2
                labels: {foo: baz}
                annotations: {told: "was {{ $labels.alertname }}, foo was {{ .Labels.foo }}"}
        """

    private static let late = [
        "3", "5", "0x2", "9", "0x3", "11", "0x12", "15", "0x11", "0x20", "19", "0x15", "9", "0x19", "15", "0x24",
        "0x20", "8", "0x15",
    ]
    private static let short = ["3", "5", "0x2", "9", "0x3", "11", "0x10", "9", "0x40"]
    private static let quick = [
        "3", "5", "0x2", "9", "0x3", "15", "0x12", "9", "0x71", "11", "0x12", "9", "0x10",
    ]
    private static let one = ["1", "0x7", "11", "0x64", "9", "0x20"]
    private static let two = ["1", "0x31", "11", "0x32", "9", "0x20"]

    private func group(_ name: ByteText) throws -> RuleGroup {
        try #require(try RuleFile(Array(Self.rules.utf8), name: "rules").groups.first { $0.name == name })
    }

    /// Each alert at its steps, an evaluation later at most.
    private func expect(
        _ arrivals: [Simulation.Arrival], _ expected: [(alert: String, stage: RuleAlert.Stage, step: Int64)]
    ) {
        #expect(arrivals.count == expected.count, "\(arrivals)")
        for want in expected {
            let isThere = arrivals.contains {
                $0.alert == want.alert && $0.stage == want.stage && (want.step...(want.step + 2)).contains($0.step)
            }
            #expect(isThere, "\(want) in \(arrivals)")
        }
    }

    private func labels(_ alert: ByteText, _ more: [(ByteText, ByteText)] = []) -> LabelSet {
        LabelSet([("__name__", "probe"), ("alertname", alert)] + more)
    }

    // MARK: Ours

    @Test(arguments: [false, true]) func pendingFiringResolvedAndAgain(_ isKilled: Bool) throws {
        var simulation = Simulation(try group("firing"))
        simulation.isKilledEachTime = isKilled
        try simulation.load(labels("Late"), Self.late)
        try simulation.run(through: 148)
        expect(simulation.arrivals, Self.lateArrivals("Late"))
        let told = simulation.messages
        // First with the alert, again after more than a minute, at once when it is over, and no longer than 15 minutes.
        #expect(told.prefix(3).map(\.time) == [480_000, 570_000, 660_000])
        #expect(told.prefix(3).allSatisfy { $0.message.startsAt == 480_000 && !$0.message.isResolved })
        #expect(told.prefix(3).allSatisfy { $0.message.endsAt == $0.time + 240_000 })
        let over = told.filter { $0.message.isResolved && $0.message.endsAt == 1_050_000 }
        #expect(over.map(\.time) == [1_050_000, 1_140_000, 1_230_000, 1_320_000])
        #expect(over.allSatisfy { $0.message.startsAt == 480_000 })
        #expect(told.map { $0.message.annotations[0].value }.first == "15 15")
        #expect(told.contains { "\($0.message.annotations[0].value)" == "19 19" && !$0.message.isResolved })
        let link = "/graph?g0.expr=probe%7Balertname%3D%22Late%22%7D+%3E+10&g0.tab=1"
        #expect(told.allSatisfy { "\($0.message.generatorURL)" == link })
    }

    @Test func pendingAndOverIsToldToNobody() throws {
        var simulation = Simulation(try group("silent"))
        for alert in ["Short", "Never"] as [ByteText] { try simulation.load(labels(alert), Self.short) }
        try simulation.run(through: 58)
        expect(simulation.arrivals, [("Short", .pending, 8)])
        #expect(simulation.messages.isEmpty && simulation.state.rules.allSatisfy { $0.alerts.isEmpty })
    }

    @Test func withoutAWaitAndWithAShortOne() throws {
        var simulation = Simulation(try group("quick"))
        for alert in ["Now", "Soon"] as [ByteText] { try simulation.load(labels(alert), Self.quick) }
        for (id, value) in [("101", "1"), ("102", "2"), ("103", "3")] {
            let more = [("for", "template"), ("id", ByteText(id.utf8))] as [(ByteText, ByteText)]
            try simulation.load(LabelSet([("__name__", "probe")] + more), [value, "0x228"])
        }
        try simulation.run(through: 116)
        expect(
            simulation.arrivals,
            [
                ("Now", .firing, 8), ("Soon", .pending, 8), ("Soon", .firing, 10), ("Now", .resolved, 21),
                ("Soon", .resolved, 21), ("Now", .firing, 93), ("Now", .resolved, 106),
            ])
        let first = try #require(simulation.messages.first { "\($0.message.labels["alertname"])" == "Now" })
        #expect(first.time == 120_000 && "\(first.message.annotations[0].value)" == "foo 99: 101, 101:1,102:2,103:3,")
        let over = simulation.messages.filter { $0.message.endsAt == 330_000 && $0.message.isResolved }
        #expect(!over.isEmpty && over.allSatisfy { $0.time <= 330_000 + 900_000 })
    }

    @Test func laterRulesSeeEarlierOnes() throws {
        var simulation = Simulation(try group("order"))
        try simulation.load(labels("First", [("variant", "one")]), Self.one)
        try simulation.load(labels("First", [("variant", "two")]), Self.two)
        try simulation.run(through: 84)
        expect(simulation.arrivals, Self.orderArrivals("First", "Second"))
        let second = try #require(simulation.messages.first { "\($0.message.labels["alertname"])" == "Second" })
        #expect("\(second.message.annotations[0].value)" == "was First, foo was bar")
        #expect("\(second.message.labels["foo"])" == "baz")
    }

    private static func lateArrivals(_ name: String) -> [(alert: String, stage: RuleAlert.Stage, step: Int64)] {
        [
            (name, .pending, 8), (name, .firing, 32), (name, .resolved, 69), (name, .pending, 89),
            (name, .firing, 113), (name, .resolved, 134),
        ]
    }

    private static func orderArrivals(
        _ first: String, _ second: String
    ) -> [(alert: String, stage: RuleAlert.Stage, step: Int64)] {
        [
            (first + " one", .pending, 8), (first + " one", .firing, 20), (first + " two", .pending, 32),
            (first + " two", .firing, 44), (second, .firing, 44), (first + " two", .resolved, 65),
            (second, .resolved, 65), (first + " one", .resolved, 73),
        ]
    }

    // MARK: Given

    private static let given = ProcessInfo.processInfo.environment["PLIMSOLL_CONFORMANCE"].map {
        $0 + "/alert-generator"
    }

    private struct Cases: Decodable {
        let cases: [Case]
    }

    private struct Case: Decodable {
        let group: String
        let series: [Line]
    }

    private struct Line: Decodable {
        let extra_labels: [String: String]?
        let values: [String]?
    }

    /// A case of the given files: each rule has the series of the case, but the last one of the order.
    private func arrivals(of groupName: String, _ alerts: [String], through steps: Int64) throws -> Simulation {
        let folder = try #require(Self.given)
        let rules = try #require(FileManager.default.contents(atPath: folder + "/rules.yaml"))
        let cases = try JSONDecoder().decode(
            Cases.self, from: try #require(FileManager.default.contents(atPath: folder + "/cases.json")))
        let file = try RuleFile(Array(rules), name: "rules.yaml")
        var simulation = Simulation(try #require(file.groups.first { "\($0.name)" == groupName }))
        let lines = try #require(cases.cases.first { $0.group == groupName }).series
        for alert in alerts {
            for line in lines {
                guard let values = line.values else { continue }
                let extra = (line.extra_labels ?? [:]).map { (ByteText($0.key.utf8), ByteText($0.value.utf8)) }
                let own: [(ByteText, ByteText)] = [
                    ("__name__", "alert_generator_test_suite"), ("alertname", ByteText(alert.utf8)),
                    ("rulegroup", ByteText(groupName.utf8)),
                ]
                // order: labels are put in order.
                try simulation.load(LabelSet(own + extra), values + ["0x40"])
            }
        }
        try simulation.run(through: steps)
        return simulation
    }

    @Test(.enabled(if: given != nil)) func givenTimelines() throws {
        let late = "PendingAndFiringAndResolved"
        let first = try arrivals(of: late, [late + "_SimpleAlert"], through: 148)
        expect(first.arrivals, Self.lateArrivals(late + "_SimpleAlert"))

        let silent = "PendingAndResolved_AlwaysInactive"
        let names = [silent + "_PendingAlert", silent + "_InactiveAlert"]
        let second = try arrivals(of: silent, names, through: 58)
        expect(second.arrivals, [(names[0], .pending, 8)])
        #expect(second.messages.isEmpty)

        let quick = "ZeroFor_SmallFor"
        let (now, soon) = (quick + "_ZeroFor", quick + "_SmallFor")
        let third = try arrivals(of: quick, [now, soon], through: 116)
        expect(
            third.arrivals,
            [
                (now, .firing, 8), (soon, .pending, 8), (soon, .firing, 10), (now, .resolved, 21),
                (soon, .resolved, 21), (now, .firing, 93), (now, .resolved, 106),
            ])
        let told = third.messages.flatMap(\.message.annotations).map { "\($0.value)" }
        #expect(told.contains("1.049M 1Mi 2m 15s 95.9% 2022-01-25 12:36:43 +0000 UTC"))
        #expect(told.contains("This Part IS TESTING the strings. ::1 127.0.0.1. 7815. replaced text. ."))

        let order = "NewAlerts_OrderCheck"
        let fourth = try arrivals(of: order, [order + "_Rule1"], through: 84)
        expect(fourth.arrivals, Self.orderArrivals(order + "_Rule1", order + "_Rule2"))
    }
}
