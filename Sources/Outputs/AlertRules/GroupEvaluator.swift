import AlertTemplates
import Bytes
package import PromQLEvaluation
package import PromQLText
package import RuleFiles

/// Evaluates a group as Prometheus does: from its state, the series and the time follow the next state and what was
/// written. It keeps nothing, and looks at no clock but to say how long rules take.
package struct GroupEvaluator: Sendable {
    private let group: RuleGroup
    private let options: RuleOptions

    /// Joins both.
    package init(_ group: RuleGroup, _ options: RuleOptions) { (self.group, self.options) = (group, options) }

    /// Evaluates each rule; later ones see what earlier ones wrote. A rule that fails keeps its alerts and series as
    /// they were, and its ``RuleState/error`` says why.
    /// - Parameters:
    ///   - time: ms since 1970; may be before the last evaluation's, where a clock was set back.
    ///   - budget: bounds each question's time and memory.
    ///   - clock: ns of a clock that goes on.
    /// - Precondition: the state is of the group; see ``RuleGroupState/carried(to:)``.
    /// - Throws: where the budget says that the work is to end; the state before still holds then.
    package func evaluate(
        _ state: RuleGroupState, over source: some SeriesSource, at time: Int64,
        within budget: some QuestionBudget = UnboundedBudget(), timedBy clock: () -> Int64 = { 0 }
    ) throws(EvaluationError) -> RuleEvaluation {
        precondition(
            state.rules.count == group.rules.count && zip(state.rules, group.rules).allSatisfy { $0.isOf($1) },
            "a state is carried to the group whose it is")
        let sampleTime = time.saturatingSubtract(group.queryOffset ?? options.queryOffset)
        var run = GroupRun(
            overlay: OverlaySeries(source, at: sampleTime), budget: budget, time: time, sampleTime: sampleTime,
            group: group, options: options)
        var next = RuleEvaluation(state: state)
        for (index, rule) in group.rules.enumerated() {
            let (before, began) = (state.rules[index], clock())
            var after = before
            after.evaluatedAt = time
            do {
                let written = try run.evaluate(rule, &after)
                after.error = nil
                run.write(written, &after, to: &next.samples)
                run.settle(rule, written)
            } catch let failure as RuleFailure {
                after.error = ByteText(failure.reason.utf8)
                run.settle(rule, nil)
            } catch let error as EvaluationError where error == .cancelled || error == .timedOut {
                throw error
            } catch {
                after.error = ByteText("\(error)".utf8)
                run.settle(rule, nil)
            }
            next.changes += Self.changes(from: before.alerts, to: after.alerts, rule: index)
            next.state.rules[index] = after
            next.nanoseconds.append(clock().saturatingSubtract(began))
        }
        for labels in state.abandoned { run.end(labels, in: &next.samples) }
        next.state.abandoned = []
        next.state.evaluatedAt = time
        return next
    }

    private static func changes(from before: [RuleAlert], to after: [RuleAlert], rule: Int) -> [AlertChange] {
        if before.isEmpty, after.isEmpty { return [] }
        // order: looked up only, each alert has its own labels.
        let (old, new) = (
            Dictionary(uniqueKeysWithValues: before.map { ($0.labels, $0) }),
            Dictionary(uniqueKeysWithValues: after.map { ($0.labels, $0) })
        )
        return Set(before.map(\.labels) + after.map(\.labels)).sorted().compactMap { labels in
            let (was, now) = (old[labels], new[labels])
            // One that began anew at the same stage is another.
            guard was?.stage != now?.stage || was?.activeAt != now?.activeAt else { return nil }
            return AlertChange(rule: rule, labels: labels, before: was?.stage, after: now?.stage)
        }
    }
}
