package import Bytes
package import PromQLEvaluation
package import PromQLText
package import RuleFiles

// tests: bounds that no installation sets are set.
/// What all groups of an installation have in common.
package struct RuleOptions: Sendable {
    /// Labels that say which installation it is.
    package var externalLabels = LabelSet([])
    /// Where people reach it.
    package var externalURL: ByteText = ""
    /// ms from one evaluation to the next where a group says nothing.
    package var interval: Int64 = 60_000
    /// ms that questions look back where a group says nothing.
    package var queryOffset: Int64 = 0
    /// ms that a sample may be old.
    package var lookback: Int64 = 300_000
    /// ms of the step of subqueries that say none.
    package var defaultStep: Int64 = 60_000
    /// ms after which what still holds is told again.
    package var resendDelay: Int64 = 60_000
    /// ms that nothing may have been evaluated, for pending alerts to be gone on with.
    package var outageTolerance: Int64 = 3_600_000
    /// ms that an alert waits at least after an outage before it fires.
    package var graceOfHold: Int64 = 600_000
    /// How many samples the questions of one rule may read.
    package var samplesMax = 50_000_000

    /// Prometheus' own.
    package init() {}

    /// What a rule, or a test of one, asks: an expression within these bounds.
    package func question(_ expression: PromQLExpression, at times: PromQLQuestion.Times) -> PromQLQuestion {
        var question = PromQLQuestion(expression, at: times)
        question.lookback = lookback
        question.defaultStep = defaultStep
        question.samplesMax = samplesMax
        return question
    }
}

extension Rule {
    /// The labels of what is recorded of a series: the series' own, under the rule's name, with the rule's labels over
    /// them.
    package func recordedLabels(_ labels: LabelSet) -> LabelSet {
        let added = [(LabelMatcher.metricName, name)] + self.labels.map { ($0.name, $0.text) }
        return LabelSet(labels.labels.map { ($0.name, $0.value) } + added)
    }
}
