import Foundation
import RuleFiles
import RuleTrials
import Testing

/// Unit tests of rules are run with promtool's verdicts.
@Suite struct RuleTrialTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Alerts/tests").path

    private static let files: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    private func text(_ path: String) throws -> String {
        String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
    }

    /// - Parameters:
    ///   - change: of the tests' text.
    ///   - changeRules: of the texts of the rules.
    private func faults(
        _ file: String, _ change: (String) -> String = { $0 }, rules changeRules: (String) -> String = { $0 }
    ) throws -> [String] {
        let tests = try RuleTestFile(Array(change(try text(Self.folder + "/" + file)).utf8), name: file)
        let rules = try tests.ruleFiles.map {
            try RuleFile(Array(changeRules(try text(Self.folder + "/" + $0)).utf8), name: $0)
        }
        return RuleTrial(tests, of: rules).faults()
    }

    @Test func allFilesAreThere() { #expect(Self.files.count == 6) }

    @Test(arguments: files) func theRulesDoAsTheirTestsSay(_ file: String) throws {
        #expect(try faults(file) == [])
    }

    /// An expectation that nothing meets, and rules that wait too long, fail.
    @Test func changedFilesFail() throws {
        let wrong = try faults("outcomes.yaml", { Self.withWrongLabel($0) })
        #expect(wrong.count == 1 && wrong.first?.contains("wrong=\"label\"") == true)
        let late = try faults("outcomes.yaml", rules: { $0.replacingOccurrences(of: "  for: ", with: "  for: 1000w") })
        #expect(!late.isEmpty && late.allSatisfy { $0.hasSuffix("got: []") })
    }

    /// One more label in the first alert that is expected.
    private static func withWrongLabel(_ text: String) -> String {
        var lines = text.components(separatedBy: "\n")
        guard let place = lines.firstIndex(where: { $0.hasSuffix("exp_labels:") }) else { return text }
        let indent = lines[place + 1].prefix { $0 == " " }
        lines.insert(indent + "wrong: label", at: place + 1)
        return lines.joined(separator: "\n")
    }

    // MARK: One rule, and tests of it that are right or wrong

    private static let rules = """
        groups:
          - name: second
            rules:
              - record: twice
                expr: 2 * load
          - name: first
            rules:
              - alert: High
                expr: load > 5
                for: 2m
                keep_firing_for: 1m
                labels: {site: "{{ $externalLabels.site }}"}
                annotations: {text: "{{ $value }} of {{ $labels.host }}, see {{ $externalURL }}"}
        """

    private func verdict(_ test: String, head: String = "", rules: String? = nil) throws -> [String] {
        let lines = test.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let text = """
            rule_files: [rules.yaml]
            evaluation_interval: 1m
            \(head)
            tests:
              - name: one
                interval: 30s
                external_labels: {site: north}
                external_url: http://ops.example.org
                input_series:
                  - {series: 'load{host="a"}', values: "0x3 6+0.5x6 1x20"}
            \(lines)
            """
        let file = try RuleTestFile(Array(text.utf8), name: "test.yaml")
        let read = try RuleFile(Array((rules ?? Self.rules).utf8), name: "rules.yaml")
        return RuleTrial(file, of: [read]).faults()
    }

    /// Samples come every 30 s: 0 until 1m30s, 6…9 from 2m to 5m, then 1. At 1m steps the alert is pending from 2m,
    /// fires from 4m, is kept until 7m, and over then.
    @Test func alertsAreThoseOfTheLastEvaluation() throws {
        let none = "exp_alerts: []"
        func firing(_ value: String) -> String {
            "exp_alerts: [{exp_labels: {host: a, site: north}, exp_annotations: "
                + "{text: \"\(value) of a, see http://ops.example.org\"}}]"
        }
        let expected = [
            ("2m", none), ("3m59s", none), ("4m", firing("8")), ("4m59s", firing("8")), ("5m30s", firing("9")),
            ("6m", firing("9")), ("7m", none),
        ]
        let right = expected.map { "  - {eval_time: \($0.0), alertname: High, \($0.1)}" }.joined(separator: "\n")
        #expect(try verdict("alert_rule_test:\n" + right) == [])
        let late = "alert_rule_test:\n  - {eval_time: 3m, alertname: High, \(firing("7"))}"
        #expect(try verdict(late).count == 1)
        let silent = "alert_rule_test:\n  - {eval_time: 4m, alertname: High, \(none)}"
        #expect(try verdict(silent).first?.hasPrefix("test \"one\": alertname: High, time: 4m,") == true)
        #expect(try verdict("alert_rule_test:\n  - {eval_time: 4m, alertname: High, \(firing("9"))}").count == 1)
        #expect(try verdict("alert_rule_test:\n  - {eval_time: 4m, alertname: Low, \(none)}") == [])
    }

    @Test func expressionsSeeWhatRulesWrote() throws {
        func test(_ expression: String, _ time: String, _ samples: String) -> String {
            "promql_expr_test:\n  - {expr: '\(expression)', eval_time: \(time), exp_samples: \(samples)}"
        }
        let twice = "[{labels: 'twice{host=\"a\"}', value: 16}]"
        #expect(try verdict(test("twice", "4m", twice)) == [])
        #expect(try verdict(test("twice", "3m", twice)).count == 1)
        #expect(try verdict(test("3 + 1", "0", "[{labels: '{}', value: 4}]")) == [])
        let pending = "ALERTS{alertname=\"High\", alertstate=\"pending\", host=\"a\", site=\"north\"}"
        let stage = "[{labels: '\(pending)', value: 1}]"
        #expect(try verdict(test("ALERTS", "3m", stage)) == [])
        #expect(try verdict(test("ALERTS", "1m", "[]")) == [])
        let since = "[{labels: '{alertname=\"High\", host=\"a\", site=\"north\"}', value: 120}]"
        #expect(try verdict(test("ALERTS_FOR_STATE + 0", "4m", since)) == [])
        #expect(try verdict(test("load[1m]", "1m", "[]")).first?.contains("not a vector or scalar") == true)
        let almost = "[{labels: '{}', value: 0.3}]"
        #expect(try verdict(test("0.1 + 0.2", "0", almost)).count == 1)
        #expect(try verdict(test("0.1 + 0.2", "0", almost), head: "fuzzy_compare: true") == [])
    }

    /// A group sees what another wrote in the same evaluation where it comes later.
    @Test func groupsComeInTheirOrder() throws {
        let rules = """
            groups:
              - name: reader
                rules: [{record: copy, expr: source + 0}]
              - name: writer
                rules: [{record: source, expr: load}]
            """
        let test = """
            promql_expr_test:
              - {expr: copy, eval_time: 2m, exp_samples: [{labels: 'copy{host="a"}', value: 6}]}
            """
        #expect(try verdict(test, head: "group_eval_order: [writer, reader]", rules: rules) == [])
        // The other way it is what was written a minute before.
        #expect(try verdict(test, head: "group_eval_order: [reader, writer]", rules: rules).count == 1)
    }

    /// A rule that fails ends its test, and says when.
    @Test func rulesThatFailAreTold() throws {
        let rules = """
            groups:
              - name: g
                rules: [{record: one, expr: "'text'"}]
            """
        let test = "promql_expr_test:\n  - {expr: one, eval_time: 1m, exp_samples: []}"
        #expect(
            try verdict(test, rules: rules)
                == ["test \"one\": time: 0s, rule: one, err: rule result is not a vector or scalar"])
    }

    @Test(arguments: [
        ("tests: [{nothing: 1}]", "field nothing is not known of a test"),
        ("test: []", "field test is not known of a test file; did you mean tests?"),
        ("group_eval_order: [a, a]", "group name repeated in evaluation order: a"),
        ("tests: [{alert_rule_test: [{eval_time: 1m}]}]", "misses required attribute alertname"),
        ("tests: [{input_series: [{series: 'a{', values: '1'}]}]", "parse error"),
        ("evaluation_interval: 5", "not a valid duration string"),
        ("tests: [{promql_expr_test: [{expr: a, exp_samples: [{labels: a, value: x}]}]}]", "value: expected a number"),
        ("", "the file has no tests"),
    ])
    func filesThatAreNoneAreRefused(_ text: String, _ reason: String) {
        let error = #expect(throws: RuleFileError.self) { try RuleTestFile(Array(text.utf8), name: "t.yaml") }
        #expect(error?.description.contains(reason) == true)
    }
}
