import Bytes
package import Domain
import JSONTexts

/// Rules for Prometheus that follow from objectives: when a budget burns too fast, over several windows at once.
///
/// What a window counts is recorded under the objective's name, and alerts compare what is recorded. An alert needs so
/// many bad events, so that a few failures at night wake nobody, whatever share they are.
package enum BurnRuleFile {
    /// A rule file with a group for each objective; those without rules have none.
    /// - Parameters:
    ///   - set: the objectives in force, by which `/metrics` has its buckets.
    ///   - runbooks: where the pages are that alerts link to, without their names and the slash before them.
    /// - Complexity: O(objectives).
    package static func text(
        _ objectives: [ServiceLevelObjective], in set: ObjectiveSet, runbooks: String
    ) -> String {
        let groups = objectives.compactMap { objective -> String? in
            let rules = objective.burnRules(buckets: set.bucketBounds)
            return rules.isEmpty ? nil : group(objective, rules, runbooks)
        }
        return groups.isEmpty ? "groups: []\n" : "groups:\n" + groups.joined(separator: "\n")
    }

    private static func group(_ objective: ServiceLevelObjective, _ rules: [BurnRule], _ runbooks: String) -> String {
        let minutes = Set(rules.flatMap { [$0.longMinutes, $0.shortMinutes] }).sorted()
        let needed = Set(rules.map(\.longMinutes))
        var text = "  - name: slo-\(objective.name)\n    rules:\n"
        for window in minutes.map(BurnRule.text(minutes:)) {
            let (bad, all) = sums(objective.indicator, window)
            text += record("ratio\(window)", "clamp_min(\(bad), 0) / (\(all))", objective)
            if needed.contains(where: { BurnRule.text(minutes: $0) == window }) {
                text += record("increase\(window)", bad, objective)
            }
        }
        for isFast in [true, false] {
            let some = rules.filter { $0.isFast == isFast }
            if !some.isEmpty { text += alert(isFast: isFast, some, objective, runbooks) }
        }
        return text
    }

    private static func record(_ name: String, _ expression: String, _ objective: ServiceLevelObjective) -> String {
        """
              - record: \(series)\(name)
                expr: |
                  \(expression)
                labels:
                  slo: "\(objective.name)"

        """
    }

    private static let series = "job_slo:support_bad_events:"

    /// Who looks after what is bad.
    private static func audience(_ indicator: ServiceLevelIndicator) -> String {
        if case .ratings = indicator.measure { "product" } else { "sre" }
    }

    /// Its labels are those of the shipped rules: by them a configuration of Alertmanager sends and mutes.
    private static func alert(
        isFast: Bool, _ rules: [BurnRule], _ objective: ServiceLevelObjective, _ runbooks: String
    ) -> String {
        let allowed = ObjectiveText.share(objective.allowed)
        let selector = "{slo=\"\(objective.name)\"}"
        let parts = rules.map { rule in
            let (long, short) = (BurnRule.text(minutes: rule.longMinutes), BurnRule.text(minutes: rule.shortMinutes))
            let bound = "\(DecimalText.render(Int128(rule.tenThousandths), scale: 4)) * \(allowed)"
            return """
                          (
                            \(series)ratio\(long)\(selector) > \(bound)
                            and \(series)ratio\(short)\(selector) > \(bound)
                            and \(series)increase\(long)\(selector) >= \(rule.badMin)
                          )

                """
        }
        let name = "SLOBudgetBurns\(isFast ? "Fast" : "Slowly")"
        let title = quoted(
            "\(objective.title): the error budget burns \(isFast ? "fast" : "slowly")".replacing("{{", with: "{ {"))
        return """
                  - alert: \(name)
                    expr: |
            \(parts.joined(separator: "          or\n"))\
                    for: \(isFast ? "2m" : "15m")
                    labels:
                      severity: \(isFast ? "critical" : "warning")
                      objective: "\(objective.name)"
                      audience: \(audience(objective.indicator))
                      slo: "\(objective.name)"
                    annotations:
                      summary: \(title)
                      description: >-
                        {{ $value | humanizePercentage }} of the \(objective.indicator.unit) are bad, allowed are
                        \(ObjectiveText.percent(objective.allowed)); `plimsoll slo status` names what burned most of it.
                      runbook_url: \(runbooks)/\(name)

            """
    }

    /// A text as YAML and JSON have it in quotes.
    private static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.value(text)
        return json.text
    }
}

// MARK: Expressions

extension BurnRuleFile {
    /// What of a window is bad, and what counts, in expressions.
    private static func sums(_ indicator: ServiceLevelIndicator, _ window: String) -> (bad: String, all: String) {
        func added(_ metric: String, _ matchers: [String] = []) -> String {
            let all = matchers + indicator.labels.map(matcher)
            let selector = all.isEmpty ? "" : "{\(all.joined(separator: ","))}"
            return "sum by (job) (increase(\(metric)\(selector)[\(window)]))"
        }
        func counted(_ metric: String, _ matchers: [String] = []) -> String {
            guard let back = corrections[metric] else { return added(metric, matchers) }
            return "\(added(metric, matchers)) - \(added(back, matchers))"
        }
        switch indicator.measure {
        case .questions:
            let metric = "support_questions_total"
            return (counted(metric, ["result=\"failed\""]), counted(metric))
        case .answers: return (counted("support_answers_total", ["status=\"error\""]), counted("support_answers_total"))
        case .answerDuration(let within), .firstToken(let within):
            let isWhole = if case .answerDuration = indicator.measure { true } else { false }
            let metric = isWhole ? "support_answer_duration_seconds" : "support_time_to_first_token_seconds"
            let all = added("\(metric)_count")
            return ("\(all) - \(added("\(metric)_bucket", [bucket(within)]))", all)
        case .ratings(let good):
            let bad = (1...5).filter { !good.contains($0) }.map(String.init).joined(separator: "|")
            return (counted("support_feedback_total", ["score=~\"\(bad)\""]), counted("support_feedback_total"))
        case .costPerAnswer: preconditionFailure("time slices have no rules")
        }
    }

    /// What is taken back of a counter, by its name.
    private static let corrections: [String: String] = {
        var names: [String: String] = [:]
        for metric in MetricCatalogue.all {
            if case .corrections(let original) = metric.source { names[original] = metric.name }
        }
        return names
    }()

    /// Prometheus 2 keeps the bound as it was written, 2 in one format and 2.0 in the other.
    private static func bucket(_ bound: Int64) -> String {
        let number = ObjectiveText.secondsNumber(bound)
        return number.utf8.contains(UInt8(ascii: ".")) ? "le=\"\(number)\"" : "le=~\"\(number)|\(number)[.]0\""
    }

    private static func matcher(_ condition: LabelCondition) -> String {
        let isOne = condition.values.count == 1
        let sign = isOne ? (condition.isExcluded ? "!=" : "=") : (condition.isExcluded ? "!~" : "=~")
        let value = condition.values.map { isOne ? $0 : pattern($0) }.joined(separator: [UInt8(ascii: "|")])
        return "\(condition.label.rawValue)\(sign)\"\(escaped(Array(value)))\""
    }

    /// A text as a regular expression that matches nothing else.
    private static func pattern(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { byte in CounterSum.isSpecial(byte) ? [UInt8(ascii: "\\"), byte] : [byte] }
    }

    /// A text within quotes of PromQL: what is no plain letter as an escape, so that the file stays plain.
    private static func escaped(_ value: [UInt8]) -> String {
        value.map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
            case 0x20..<0x7F: String(UnicodeScalar(byte))
            default:
                "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
