import Alerting
import Bytes
import Domain
import Foundation
import OpenSLO
import Testing

/// Rules that are made of OpenSLO documents: promtool takes them, and they fire when a budget burns and not before.
@Suite struct BurnRuleTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plimsoll-slo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func read(_ folder: String) throws -> OpenSLODocuments {
        OpenSLODocuments(
            try Repository.files(in: folder, ending: ".yaml").map { ($0.lastPathComponent, try Repository.text($0)) })
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
            try BurnRuleFile.text(objectives).write(to: file, atomically: true, encoding: .utf8)
            let checked = try Checker.run("promtool", ["check", "rules", file.path])
            #expect(checked.status == 0, "\(checked.text)")
            #expect(BurnRuleFile.text([]) == "groups: []\n")
            let spans = try #require(objectives.first { $0.name == "cost-per-answer" })
            #expect(BurnRuleFile.reasonForNone(spans)?.contains("spans") == true)
            #expect(objectives.filter { BurnRuleFile.reasonForNone($0) != nil } == [spans])
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
                      - exp_labels: {job: plimsoll, severity: critical, slo: availability}
                        exp_annotations:
                          summary: "Availability: the error budget burns fast"
                          description: >-
                            10% of the questions are bad, allowed are 0.1 %;
                            `plimsoll slo status` names what burned most of it.
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
            try BurnRuleFile.text([availability]).write(
                to: folder.appending(path: "slo.yaml"), atomically: true, encoding: .utf8)
            let file = folder.appending(path: "test.yaml")
            try test.write(to: file, atomically: true, encoding: .utf8)
            let tested = try Checker.run("promtool", ["test", "rules", file.path])
            #expect(tested.status == 0, "\(tested.text)")
        }
    }
}
