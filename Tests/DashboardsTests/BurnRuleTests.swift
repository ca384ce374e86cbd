import Alerting
import Bytes
import Domain
import Foundation
import OpenSLO
import Testing

/// Rules that are made of OpenSLO documents: promtool takes them, and they fire when a budget burns and not before.
@Suite struct BurnRuleTests {
    private func rules(_ objectives: [ServiceLevelObjective], in set: ObjectiveSet = .builtIn) -> String {
        BurnRuleFile.text(objectives, in: set, runbooks: "https://ops.example/r")
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plimsoll-slo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func read(_ folder: String) throws -> OpenSLODocuments {
        OpenSLODocuments(
            try Repository.files(in: folder, ending: ".yaml").map { ($0.lastPathComponent, try Repository.text($0)) },
            hasZone: { _ in false })
    }

    @Test func theDocumentsBesideTheRulesAreThoseOfTheBuiltInSet() throws {
        let documents = try read("Alerts/slos")
        #expect(documents.findings.isEmpty, "\(documents.report())")
        #expect(Set(documents.objectives) == Set(ObjectiveSet.builtIn.serviceLevelObjectives))
    }

    @Test func promtoolTakesTheRules() throws {
        var objectives = try read("Alerts/slos").objectives
        // What a name or a value holds is a text in the file, whatever it is.
        var odd = try #require(objectives.first { $0.name == "error-rate" })
        odd.name = "odd"
        odd.title = "{{ \"odd\" }}: \u{1}\\ #"
        odd.indicator.labels = [
            LabelCondition(.agent, values: [Array("a\"b\\c\n".utf8), Array("é.*".utf8)]),
            LabelCondition(.tenant, values: [Array("acme".utf8)], isExcluded: true),
        ]
        objectives.append(odd)
        try withFolder { folder in
            let file = folder.appending(path: "slo.yaml")
            try rules(objectives).write(to: file, atomically: true, encoding: .utf8)
            let checked = try Checker.run("promtool", ["check", "rules", file.path])
            #expect(checked.status == 0, "\(checked.text)")
            #expect(rules([]) == "groups: []\n")
        }
    }

    /// Without a bucket at its bound each expression of an objective would ask for a series that there is not.
    @Test func whatNoCounterSaysHasNoRules() throws {
        let buckets = ObjectiveSet.builtIn.bucketBounds
        let objectives = try read("Alerts/slos").objectives
        let costs = try #require(objectives.first { $0.name == "cost-per-answer" })
        #expect(objectives.filter { $0.reasonForNoRules(buckets: buckets) != nil } == [costs])
        #expect(costs.reasonForNoRules(buckets: buckets)?.contains("time slices") == true)
        var odd = try #require(objectives.first { $0.name == "answer-p95" })
        for (bound, nearest) in [
            (Int64(2_700_000_000), "2.7 s, the nearest at 2 s and 3 s"), (1, "0.000000001 s, the nearest at 0.05 s"),
            (7_200_000_000_000, "7200 s, the nearest at 120 s"),
        ] {
            for measure in [ServiceLevelIndicator.Measure.answerDuration(within: bound), .firstToken(within: bound)] {
                odd.indicator.measure = measure
                #expect(odd.reasonForNoRules(buckets: buckets) == "no bucket of /metrics ends at \(nearest)")
                #expect(rules([odd]) == "groups: []\n")
            }
        }
        // An objective has its bucket.
        odd.indicator.measure = .answerDuration(within: 2_700_000_000)
        var set = ObjectiveSet.builtIn
        let place = try #require(set.objectives.firstIndex { $0.measure == .answerDuration(.p95) })
        set.objectives[place].target = .duration(nanoseconds: 2_700_000_000)
        #expect(odd.reasonForNoRules(buckets: set.bucketBounds) == nil)
        #expect(rules([odd], in: set).contains("le=\"2.7\""))
    }

    /// By the sample configuration of Alertmanager they go where other alerts of their kind go, and lead to a page.
    @Test func alertsGoWhereOthersOfTheirKindGo() throws {
        let own = try RuleFile.rules(
            in: rules(ObjectiveSet.builtIn.serviceLevelObjectives), file: "slo.yaml"
        ).filter(\.isAlert)
        #expect(Set(own.map(\.name)) == ["SLOBudgetBurnsFast", "SLOBudgetBurnsSlowly"])
        let pages = RunbookPages(.builtIn)
        for rule in own {
            #expect(rule.labels["objective"]?.isEmpty == false && rule.labels["objective"] == rule.labels["slo"])
            #expect(rule.annotations["runbook_url"] == "https://ops.example/r/\(rule.name)")
            #expect(pages.page(rule.name) != nil, "\(rule.name)")
        }
        for rule in try own + RuleFile.all().filter(\.isAlert) {
            let labels = rule.labels.merging(["alertname": rule.name, "job": "plimsoll"]) { $1 }
            let sent = try Checker.run(
                "amtool",
                ["config", "routes", "test", "--config.file=Deploy/alertmanager/alertmanager.yml"]
                    + labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
            let receiver =
                switch (rule.name, rule.labels["audience"], rule.labels["severity"]) {
                case ("Watchdog", _, _): "heartbeat"
                case (_, "finance", _): "finance"
                case (_, "product", _): "product"
                case (_, _, "critical"): "pager"
                case (_, _, "info"): "chat"
                default: "tickets"
                }
            // A warning may stand before it.
            let isSentThere = sent.text.split(separator: "\n").contains { $0 == receiver }
            #expect(sent.status == 0 && isSentThere, "\(rule.name) \(labels): \(sent.text)")
        }
    }

    /// Ten of a hundred fail: the fast alert fires. Three of three fail at night: nobody is woken.
    @Test func rulesFireWhenBudgetsBurnAndNotForAHandful() throws {
        let availability = try #require(ObjectiveSet.builtIn.serviceLevelObjectives.first { $0.name == "availability" })
        func series(_ result: String, _ values: String, corrected: String) -> String {
            let labels = "{job=\"plimsoll\", tenant=\"acme\", channel=\"web\", result=\"\(result)\"}"
            return """
                      - series: 'support_questions_total\(labels)'
                        values: '\(values)'
                      - series: 'support_questions_corrected_total\(labels)'
                        values: '\(corrected)'

                """
        }
        let test = """
            rule_files: [slo.yaml]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
            \(series("good", "0+90x120", corrected: "0x120"))\(series("failed", "0+10x120", corrected: "0x120"))\
                alert_rule_test:
                  - eval_time: 90m
                    alertname: SLOBudgetBurnsFast
                    exp_alerts:
                      - exp_labels:
                          {job: plimsoll, severity: critical, audience: sre, objective: availability, slo: availability}
                        exp_annotations:
                          summary: "Availability: the error budget burns fast"
                          description: >-
                            10% of the questions are bad, allowed are 0.1 %;
                            `plimsoll slo status` names what burned most of it.
                          runbook_url: https://ops.example/r/SLOBudgetBurnsFast
              - interval: 1m
                input_series:
            \(series("good", "0x120", corrected: "0x120"))\(series("failed", "0x60 1 2 3x58", corrected: "0x120"))\
                alert_rule_test:
                  - eval_time: 65m
                    alertname: SLOBudgetBurnsFast
                    exp_alerts: []
                  - eval_time: 90m
                    alertname: SLOBudgetBurnsSlowly
                    exp_alerts: []

            """
        try withFolder { folder in
            try rules([availability]).write(
                to: folder.appending(path: "slo.yaml"), atomically: true, encoding: .utf8)
            let file = folder.appending(path: "test.yaml")
            try test.write(to: file, atomically: true, encoding: .utf8)
            let tested = try Checker.run("promtool", ["test", "rules", file.path])
            #expect(tested.status == 0, "\(tested.text)")
        }
    }
}
