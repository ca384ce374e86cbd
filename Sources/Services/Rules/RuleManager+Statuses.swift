import AlertRules
package import Asking
import Bytes
package import EventStores
import PromQLText
import RuleFiles
import Synchronization

extension RuleManager: RuleStatuses {
    /// See ``RuleStatuses``.
    package var groups: [RuleGroupStatus] {
        let (groups, options) = state.withLock { ($0.groups, $0.set.options) }
        return groups.map { group in
            let rules = group.place.group.rules
            var shown = RuleGroupStatus(
                name: "\(group.place.group.name)", file: group.place.file,
                rules: zip(rules, group.state.rules).map { Self.shown($0, $1, options, failure: group.failure) },
                intervalNanoseconds: Self.nanoseconds(group.interval))
            for (index, took) in zip(shown.rules.indices, group.ruleDurations) {
                shown.rules[index].evaluationNanoseconds = took
            }
            shown.limit = group.place.group.limit
            shown.evaluationNanoseconds = group.duration
            shown.evaluatedAt = Self.nanoseconds(group.state.evaluatedAt ?? 0)
            return shown
        }
    }

    /// What fires, as those who are told of alerts hear of it, and when its group was evaluated last: ms since 1970.
    var firing: [(message: AlertMessage, updatedAt: Int64)] {
        let (groups, options) = state.withLock { ($0.groups, $0.set.options) }
        return groups.flatMap { group in
            group.state.firing(group.place.group, options).map { message in
                let linked = message.linked(to: group.place.group.rules, options)
                return (linked, group.state.evaluatedAt ?? message.startsAt)
            }
        }
    }

    /// What is pending or fires, with its group.
    var liveAlerts: [(group: ExactText, alert: RuleAlert)] {
        state.withLock { $0.groups }.flatMap { group in
            group.state.rules.flatMap(\.alerts).filter { $0.stage != .resolved }.map { (group.place.key, $0) }
        }
    }

    private struct AlertKey: Hashable {
        let group: ExactText
        let labels: LabelSet
    }

    /// Alerts that were pending or firing when states were logged, and that none of these rules has: those of rules
    /// that whoever wrote the log evaluates, by group.
    /// - Parameter records: the states that were logged; one that cannot be read has none.
    package func alertsOfOthers(in records: [RuleStateRecord]) -> [(group: String, alert: AlertStatus)] {
        let own = Set(liveAlerts.map { AlertKey(group: $0.group, labels: $0.alert.labels) })
        return records.flatMap { record -> [(group: String, alert: AlertStatus)] in
            guard let state = try? RuleGroupState(record.state[...]) else { return [] }
            return state.rules.flatMap(\.alerts).filter { alert in
                alert.stage != .resolved && !own.contains(AlertKey(group: record.group, labels: alert.labels))
            }.map { (record.group.text, Self.shown($0)) }
        }
    }

    private static func shown(_ alert: RuleAlert) -> AlertStatus {
        AlertStatus(
            labels: alert.labels.labels.map { ("\($0.name)", "\($0.value)") }, isFiring: alert.stage == .firing,
            activeAt: nanoseconds(alert.activeAt), value: alert.value)
    }

    private static func shown(
        _ rule: Rule, _ state: RuleState, _ options: RuleOptions, failure: String?
    ) -> RuleStatus {
        let kind: RuleStatus.Kind =
            switch rule.kind {
            case .record: .recording
            case .alert(let terms):
                .alerting(
                    holdNanoseconds: nanoseconds(terms.hold), keepNanoseconds: nanoseconds(terms.keepFiring),
                    annotations: terms.annotations.map { ("\($0.name)", "\($0.text)") })
            }
        var shown = RuleStatus(kind, name: "\(rule.name)", query: rule.expression.description)
        shown.labels = rule.labels.map { ("\($0.name)", "\($0.text)") }
        let error = failure ?? state.error.map { "\($0)" }
        shown.health = error != nil ? "err" : state.evaluatedAt == nil ? "unknown" : "ok"
        shown.lastError = error ?? ""
        shown.evaluatedAt = nanoseconds(state.evaluatedAt ?? 0)
        shown.alerts = state.alerts.filter { $0.stage != .resolved }.map { alert in
            var shown = Self.shown(alert)
            shown.annotations = alert.annotations.map { ("\($0.name)", "\($0.value)") }
            if !alert.annotations.contains(where: { $0.name == ReplayLink.annotation }),
                let address = ReplayLink.address(of: rule.name, pendingSince: alert.activeAt, options)
            {
                shown.annotations.append((ReplayLink.annotation.description, address))
            }
            shown.keepFiringSince = alert.keptFiringSince.map(nanoseconds)
            return shown
        }
        return shown
    }

    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        milliseconds.saturatingMultiply(by: 1_000_000)
    }
}

/// A rule that failed at an evaluation of its group.
struct RuleFailing: Hashable, Sendable {
    /// By which states and notes know its group.
    let group: ExactText
    /// Its index in the group.
    let rule: Int
    let name: ByteText
    let reason: ByteText

    /// Of a group that was evaluated.
    static func all(in place: RuleSet.Place, _ state: RuleGroupState) -> [RuleFailing] {
        zip(place.group.rules, state.rules).enumerated().compactMap { index, pair in
            pair.1.error.map { RuleFailing(group: place.key, rule: index, name: pair.0.name, reason: $0) }
        }
    }
}
