import Bytes
package import RuleFiles

// After an outage: what was pending when the evaluation stopped goes on from there, as Prometheus does it.
extension RuleGroupState {
    /// The state to go on with after a start. Where no evaluation is overdue, it is the same. Otherwise nobody looked
    /// for a while: that time does not count for what is pending, and an alert that is about to fire waits for the
    /// grace period, so that its cause may be seen to be gone. After an outage longer than is tolerated, and where the
    /// rule holds alerts for less than the grace period, what was pending begins anew. What fires goes on to fire, or
    /// ends at the next evaluation, except after an outage that is not tolerated: there nobody remembers.
    /// - Parameter time: ms since 1970 of the first evaluation to come.
    /// - Precondition: the state is of the group.
    package func resumed(_ group: RuleGroup, _ options: RuleOptions, at time: Int64) -> RuleGroupState {
        guard let last = evaluatedAt else { return self }
        let silence = time.saturatingSubtract(last)
        let overdue = silence.saturatingSubtract(group.interval ?? options.interval)
        guard overdue > 0 else { return self }
        precondition(rules.count == group.rules.count, "a state is carried to the group whose it is")
        var next = self
        for (index, rule) in group.rules.enumerated() {
            guard case .alert(let terms) = rule.kind else { continue }
            if silence > options.outageTolerance {
                next.rules[index].alerts = []
                continue
            }
            for place in next.rules[index].alerts.indices
            where next.rules[index].alerts[place].stage == .pending {
                let activeAt = next.rules[index].alerts[place].activeAt
                next.rules[index].alerts[place].activeAt = Self.activeAt(
                    activeAt, down: last, overdue: overdue, hold: terms.hold, options, at: time)
            }
        }
        return next
    }

    /// Since when a pending alert counts as pending.
    private static func activeAt(
        _ activeAt: Int64, down: Int64, overdue: Int64, hold: Int64, _ options: RuleOptions, at time: Int64
    ) -> Int64 {
        if hold < options.graceOfHold { return time }
        let remaining = hold.saturatingSubtract(down.saturatingSubtract(activeAt))
        // Its time had come before the outage.
        if remaining <= 0 { return activeAt }
        if remaining < options.graceOfHold {
            return time.saturatingAdd(options.graceOfHold).saturatingSubtract(hold)
        }
        return activeAt.saturatingAdd(overdue)
    }
}
