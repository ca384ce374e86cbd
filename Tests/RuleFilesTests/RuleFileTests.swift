import Bytes
import PromQLText
import RuleFiles
import Testing

/// Rule files are read as Prometheus reads them, or refused with every mistake and its place.
@Suite struct RuleFileTests {
    @Test func allFieldsAreRead() throws {
        let text = """
            groups:
              - name: cost
                interval: 30s
                limit: 10
                query_offset: 1m
                labels: {team: ops, site: north}
                rules:
                  - record: job:cost:sum
                    expr: sum by (job) (cost)
                    labels: {site: south}
                  - alert: Dear
                    expr: job:cost:sum > 5
                    for: 1h30m
                    keep_firing_for: 5m
                    labels: {severity: 1}
                    annotations:
                      summary: "{{ $value }} USD"
              - name: empty
            """
        let file = try RuleFile(Array(text.utf8), name: "cost.yaml")
        #expect(file.name == "cost.yaml" && file.ruleCount == 2 && file.groups.map(\.name) == ["cost", "empty"])
        let group = file.groups[0]
        #expect(group.interval == 30_000 && group.limit == 10 && group.queryOffset == 60_000)
        #expect(file.groups[1].interval == nil && file.groups[1].limit == 0 && file.groups[1].queryOffset == nil)
        let (record, alert) = (group.rules[0], group.rules[1])
        #expect(record.kind == .record && record.name == "job:cost:sum" && record.line == 8)
        #expect(record.expression.description == "sum by (job) (cost)")
        #expect(record.labels.map { "\($0.name)=\($0.text)" } == ["site=south", "team=ops"])
        #expect(record.labels.allSatisfy { $0.template == nil })
        #expect(alert.labels.map { "\($0.name)=\($0.text)" } == ["severity=1", "site=north", "team=ops"])
        guard case .alert(let terms) = alert.kind else { throw NoAlert() }
        #expect(terms.hold == 5_400_000 && terms.keepFiring == 300_000)
        #expect(terms.annotations.map { "\($0.name)=\($0.text)" } == ["summary={{ $value }} USD"])
        #expect(terms.annotations[0].template != nil)
    }

    private struct NoAlert: Error {}

    @Test(arguments: ["", "# nothing\n", "groups: []\n", "groups:\n"]) func nothingIsNothing(_ text: String) throws {
        #expect(try RuleFile(Array(text.utf8), name: "a").groups == [])
    }

    /// A rule with some lines changed, and all that is wrong then.
    @Test(arguments: [
        ("groups: 5", ["1:9: expected a list of groups"]),
        ("group: []", ["1:1: field group is not known of a rule file; did you mean groups? known: groups"]),
        ("groups: [{name: ''}]", ["1:17: Groupname must not be empty"]),
        (
            "groups:\n- name: a\n- name: a\n",
            ["3:3: groupname: \"a\" is repeated in the same file"]
        ),
        ("groups:\n- name: a\n  name: b\n", ["2:3: given twice: name"]),
        (
            "groups:\n- name: a\n  interval: 5\n",
            ["3:13: group \"a\", interval: not a valid duration string: \"5\"; write it as 30s, 5m or 1h30m"]
        ),
        ("groups:\n- name: a\n  limit: x\n", ["3:10: group \"a\", limit: expected a whole number"]),
    ])
    func filesAreRefused(_ text: String, _ faults: [String]) {
        #expect(self.faults(text) == faults)
    }

    /// Who gives a file of another kind is told what it is, and not of each of its fields.
    @Test(arguments: [
        ("rule_files: [a]\ntests: []\n", "a test file, not a rule file: `plimsoll alerts test FILE` runs its tests"),
        (
            "listen: 127.0.0.1:1\nalerts: {}\n",
            "a settings file, not a rule file: `plimsoll check config FILE` looks for its mistakes"
        ),
        (
            "apiVersion: openslo/v1\nkind: SLO\n",
            "an OpenSLO document, not a rule file: `plimsoll slo rules FILE` makes rules of it"
        ),
    ])
    func filesOfAnotherKindAreCalledSo(_ text: String, _ reason: String) {
        #expect(faults(text) == ["1:1: it is \(reason)"])
    }

    @Test func aRuleFileIsNoTestFile() {
        do throws(RuleFileError) {
            _ = try RuleTestFile(Array("groups: []\n".utf8), name: "r.yaml")
            Issue.record("a rule file was read as one of tests")
        } catch {
            let said = "it is a rule file, not a test file: `plimsoll alerts check FILE` looks for its mistakes"
            #expect(error.description == "r.yaml: 1:1: \(said)")
        }
    }

    @Test func whatIsNoYAMLIsRefused() {
        #expect(faults("groups: [").first?.hasSuffix("no YAML: did not find expected node content") == true)
        do throws(RuleFileError) {
            _ = try RuleFile([0xFF], name: "f.yaml")
            Issue.record("bytes that are no UTF-8 were read")
        } catch {
            #expect(error.description == "f.yaml: the file is no UTF-8")
        }
    }

    /// Rules of one group that are wrong; the rule begins in line 4 and column 5.
    @Test(arguments: [
        ("{record: a, alert: b, expr: c}", ["only one of 'record' and 'alert' must be set"]),
        ("{expr: c}", ["one of 'record' or 'alert' must be set"]),
        ("{alert: b}", ["field 'expr' must be set in rule"]),
        ("{alert: b, expr: 'sum('}", ["parse error: unclosed left parenthesis"]),
        ("{record: a, expr: c, for: 1m}", ["invalid field 'for' in recording rule"]),
        ("{record: a, expr: c, keep_firing_for: 1m}", ["invalid field 'keep_firing_for' in recording rule"]),
        ("{record: a, expr: c, annotations: {d: e}}", ["invalid field 'annotations' in recording rule"]),
        ("{record: 'a{b=\"c\"}', expr: c}", ["braces present in the recording rule name; should it be in expr?"]),
        ("{record: a, expr: c, labels: {__name__: d}}", ["invalid label name: __name__"]),
        ("{record: a, expr: c, lables: {d: e}}", ["field lables is not known of a rule; did you mean labels?"]),
        ("{alert: b, expr: c, labels: {d: '{{ nofunc }}'}}", ["label \"d\": line 1: function \"nofunc\" not defined"]),
        ("{alert: b, expr: c, annotations: {d: '{{'}}", ["annotation \"d\": line 1: unclosed action"]),
        ("{alert: b, expr: c, annotations: {d: [e]}}", ["annotations: expected a text"]),
        ("{alert: b, expr: c}\n  - {alert: b, expr: d}", ["another rule of the file has this name and these labels"]),
        ("{expr: 'c(', for: x}", ["one of 'record' or 'alert'", "could not parse", "for: not a valid duration"]),
    ])
    func rulesAreRefused(_ rule: String, _ reasons: [String]) {
        let found = faults("groups:\n- name: g\n  rules:\n  - \(rule)\n")
        #expect(found.count == reasons.count)
        for (fault, reason) in zip(found, reasons) {
            #expect(fault.contains(reason) && fault.contains("group \"g\", rule "), "\(fault)")
        }
    }

    /// The same alert with other labels is another, and a group's labels count.
    @Test func rulesDifferByTheirLabels() {
        let two = "groups:\n- name: g\n  rules:\n  - {alert: a, expr: c, labels: {severity: warning}}\n"
            + "  - {alert: a, expr: d, labels: {severity: critical}}\n"
        #expect(faults(two) == [])
        let groups = "groups:\n- name: g\n  labels: {l: m}\n  rules: [{alert: a, expr: c}]\n"
            + "- name: h\n  rules: [{alert: a, expr: c, labels: {l: m}}]\n"
        #expect(faults(groups).count == 1)
    }

    /// Values that are named and repeated until they are millions.
    @Test func repeatedValuesAreBounded() {
        var text = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        for (name, before) in zip("bcdefgh", "abcdefg") {
            text += "\(name): &\(name) [" + [String](repeating: "*\(before)", count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(faults(text).first?.contains("more, or deeper, values than are read") == true)
        let deep = "groups: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        for text in [deep, String(repeating: "[", count: 1_000_000), String(repeating: "- ", count: 1_000_000)] {
            #expect(faults(text).first?.contains("more, or deeper, values than are read") == true)
        }
    }

    /// The parser looks at names in full: some lines would be more values than there is time for, so they are counted
    /// before it sees them.
    @Test func repeatedValuesThatAreNamesAreBounded() throws {
        func names(_ levels: Int, each repeats: Int) -> String {
            var text = "k0: &k0 [1, 2]\n"
            for level in 1...levels {
                let inner = [String](repeating: "*k\(level - 1)", count: repeats).joined(separator: ", ")
                text += "k\(level): &k\(level) {? [\(inner)] : 1}\n"
            }
            return text
        }
        let fault = try #require(faults(names(80, each: 2)).first)
        #expect(fault.contains("more, or deeper, values than are read") && fault.first?.isNumber == true, "\(fault)")
        let counts = try [500, 1_000].map { try YAMLAliases.check(names($0, each: 1), nodesMax: 10_000_000) }
        #expect(counts[0] > 1_500 && counts[1] <= counts[0] * 2 + 10, "\(counts)")
        // What names nothing is parsed once, and stars in texts are no aliases.
        #expect(try YAMLAliases.check("a: '&x' \nb: 2 *x\n", nodesMax: 6) == 5)
        #expect(try YAMLAliases.check("a: 1\nb: [2]\n", nodesMax: 1) == 0)
        let text =
            "groups:\n- name: g\n  labels: &l {team: '*l &l', *n : x}\n"
            + "  rules: [{alert: a, expr: c, labels: *l}]\n"
        #expect(faults("n: &n team2\n" + text).count == 1)
        #expect(faults(text.replacing("*n ", with: "n")) == [])
    }

    private func faults(_ text: String) -> [String] {
        do throws(RuleFileError) {
            _ = try RuleFile(Array(text.utf8), name: "f.yaml")
            return []
        } catch {
            #expect(error.file == "f.yaml")
            return error.faults.map(\.description)
        }
    }
}
