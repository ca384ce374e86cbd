import AlertRules
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles

/// Why an expression has no answer.
struct TrialFailure: Error {
    let reason: String
}

/// One test under way.
struct TrialRun {
    private let test: RuleTest
    private let groups: [RuleGroup]
    private let options: RuleOptions
    private var states: [RuleGroupState]
    private var series = TrialSeries()

    init(_ test: RuleTest, groups: [RuleGroup], interval: Int64) {
        (self.test, self.groups) = (test, groups)
        var options = RuleOptions()
        (options.externalLabels, options.externalURL) = (test.externalLabels, test.externalURL)
        (options.interval, options.defaultStep) = (test.step, interval)
        self.options = options
        states = groups.map { RuleGroupState($0) }
        for description in test.series { series.load(description, from: test.start, step: test.step) }
    }

    /// - Parameter offset: ms since the start.
    /// - Returns: what failed.
    mutating func evaluate(at offset: Int64) -> [String] {
        let time = test.start.saturatingAdd(offset)
        series.now = time
        var errors: [String] = []
        for (index, group) in groups.enumerated() {
            let evaluation: RuleEvaluation
            do throws(EvaluationError) {
                evaluation = try GroupEvaluator(group, options).evaluate(states[index], over: series, at: time)
            } catch {
                return ["group: \(group.name), err: \(error)"]
            }
            for sample in evaluation.samples { series.append(sample.labels, sample.time, sample.value) }
            states[index] = evaluation.state
            for rule in evaluation.state.rules {
                if let error = rule.error { errors.append("rule: \(rule.name), err: \(error)") }
            }
        }
        return errors
    }

    /// The alerts of a name that fire, in their order.
    func firing(_ name: ByteText) -> [RuleTest.Alert] {
        var found: [RuleTest.Alert] = []
        for (group, state) in zip(groups, states) {
            for (rule, known) in zip(group.rules, state.rules) where rule.name == name && rule.kind != .record {
                for alert in known.alerts where alert.stage == .firing {
                    let annotations = LabelSet(alert.annotations.map { ($0.name, $0.value) })
                    found.append(RuleTest.Alert(labels: alert.labels, annotations: annotations))
                }
            }
        }
        return found.sorted()
    }

    func answer(_ text: ByteText, at offset: Int64) -> Result<[RuleTest.Sample], TrialFailure> {
        do {
            let time = test.start.saturatingAdd(offset)
            let question = options.question(try PromQLExpression(text.bytes), at: .instant(time))
            switch try PromQLEvaluator.answer(question, over: series).value {
            case .vector(let samples):
                return .success(samples.map { RuleTest.Sample(labels: $0.labels, value: $0.value) })
            case .scalar(_, let value):
                return .success([RuleTest.Sample(labels: LabelSet([]), value: .float(value))])
            case .matrix, .string:
                return .failure(TrialFailure(reason: "rule result is not a vector or scalar"))
            }
        } catch {
            return .failure(TrialFailure(reason: "\(error)"))
        }
    }
}
