import AlertRules
import Bytes
import Domain
import EventStores
import PromQLText
import Synchronization

/// An alert that was pending or fired, and of which no rule says any more how it stands: it is over.
struct AlertEnding: Hashable, Sendable {
    /// Why nothing is known of it.
    enum Reason: Hashable, Sendable {
        /// The rule has gone, or has another name or other labels.
        case withoutRule
        /// Nobody looked for longer than is tolerated.
        case outage

        fileprivate var words: String {
            switch self {
            case .withoutRule: "its rule is no longer there"
            case .outage: "rules were not evaluated for longer than is tolerated"
            }
        }
    }

    /// More are not listed.
    private static let linesMax = 20

    let group: ExactText
    let alert: RuleAlert
    /// ms since 1970 of the evaluation that it missed first.
    let time: Int64
    let reason: Reason

    /// Those of a group that was evaluated last at a time; none where it never was.
    static func all(
        _ alerts: [RuleAlert], of group: ExactText, lastSeen: Int64?, interval: Int64, _ reason: Reason
    ) -> [AlertEnding] {
        guard let lastSeen else { return [] }
        return alerts.map {
            AlertEnding(group: group, alert: $0, time: lastSeen.saturatingAdd(interval), reason: reason)
        }
    }

    /// The alerts of a group for which none of the groups of now has their rule.
    ///
    /// After a start they end at the evaluation behind the one that was logged last, which may be up to
    /// ``RuleManager/Bounds/record`` before the process ended: what it evaluated since is not proven, and is evaluated
    /// again, by the rules of now. An alert that ended later would stand beside what took its place, as one that got
    /// another name: each evaluation has one set of rules.
    static func left(
        _ known: RuleGroupState, _ key: ExactText, interval: Int64, by groups: [RuleManager.Group]
    ) -> [AlertEnding] {
        let group = groups.first { $0.place.key == key }?.place.group
        return all(
            group.map(known.alertsLeftBehind) ?? known.standing, of: key, lastSeen: known.evaluatedAt,
            interval: interval, .withoutRule)
    }

    /// The row that says so: what fired is over, what was pending is no more.
    var note: SystemNote {
        let isFiring = alert.stage == .firing
        let note = AlertNote(
            group: group, labels: alert.labels, before: alert.stage, after: isFiring ? .resolved : nil, time: time,
            activeAt: alert.activeAt, value: isFiring ? alert.value : nil)
        return SystemNote(.alertChanged, data: note.data)
    }

    /// For the log: those that fired, a line each.
    static func lines(_ endings: [AlertEnding]) -> [String] {
        let firing = endings.filter { $0.alert.stage == .firing }
        var lines = firing.prefix(linesMax).map {
            "rules: the alert \($0.alert.labels) of group \($0.group.text) fired and is over: \($0.reason.words)"
        }
        if firing.count > linesMax { lines.append("rules: \(firing.count - linesMax) more alerts are over likewise") }
        return lines
    }
}

extension RuleManager.State {
    /// Takes up what is over without a rule of now: to be noted with the next step, and told.
    mutating func end(_ endings: [AlertEnding]) {
        self.endings += endings
        let keys = Set(endings.map(\.group))
        // What is logged of them has to know it.
        for index in groups.indices where keys.contains(groups[index].place.key) { groups[index].isUnsaved = true }
    }

    /// Whether there is something to be noted or told, and no group with whose evaluation that would be.
    var hasLeftovers: Bool {
        groups.isEmpty && !(orphans.isEmpty && endings.isEmpty && untold.isEmpty && notes.isEmpty)
    }

    /// Notes what is over.
    /// - Returns: lines for the log.
    mutating func noteEndings() -> [String] {
        defer { endings = [] }
        let fresh = endings.map(\.note)
        notes += fresh.filter { !noted.contains(ExactText($0.data)) }
        untold += endings
        return AlertEnding.lines(endings)
    }

    /// Who has to hear that alerts are over: once all groups were evaluated, since other rules may have the same ones.
    ///
    /// The evaluation that one missed first may be ahead of now, where its rule has just gone; an Alertmanager that is
    /// told of an end to come takes the alert for one that fires, and for as long as it was told that it would.
    /// - Parameter now: ms since 1970; nobody is told of a later end.
    mutating func takeUntold(at now: Int64) -> [AlertMessage] {
        if untold.isEmpty { return [] }
        guard groups.allSatisfy({ $0.state.evaluatedAt != nil || $0.failure != nil }) else { return [] }
        defer { untold = [] }
        let firing = Set(groups.flatMap(\.state.standing).filter { $0.stage == .firing }.map(\.labels))
        return untold.filter { !firing.contains($0.alert.labels) }
            .compactMap { $0.alert.ending(at: min($0.time, now), set.options) }
    }
}

extension RuleManager {
    /// Where no group is left to be evaluated: what is still to be noted and told.
    /// - Parameter now: ms since 1970.
    func leftovers(at now: Int64) -> Step? {
        state.withLock { state in
            guard state.hasLeftovers else { return nil }
            let endings = state.noteEndings()
            var step = Step(messages: state.takeUntold(at: now), notes: state.notes.count)
            step.endings = endings
            if !state.notes.isEmpty || !state.orphans.isEmpty {
                step.batch = IngestBatch(
                    notes: state.notes, rules: state.orphans.map { RuleStateRecord(group: $0, state: []) })
            }
            return step
        }
    }
}

extension RuleGroupState {
    /// The rows of alerts that are pending still, but since later than was known: an outage does not count for them.
    func delays(
        since known: RuleGroupState, _ resumed: RuleGroupState, _ key: ExactText, at time: Int64
    ) -> [SystemNote] {
        func pending(_ rule: RuleState) -> [LabelSet: Int64] {
            Dictionary(
                uniqueKeysWithValues: rule.alerts.filter { $0.stage == .pending }.map { ($0.labels, $0.activeAt) })
        }
        return zip(rules, zip(known.rules, resumed.rules)).flatMap { now, before in
            let (old, moved) = (pending(before.0), pending(before.1))
            return now.alerts.compactMap { alert -> SystemNote? in
                guard alert.stage == .pending, let since = old[alert.labels], since != moved[alert.labels],
                    moved[alert.labels] == alert.activeAt
                else { return nil }
                let note = AlertNote(
                    group: key, labels: alert.labels, before: .pending, after: .pending, time: time,
                    activeAt: alert.activeAt, value: alert.value)
                return SystemNote(.alertChanged, data: note.data)
            }
        }
    }

    /// The alerts that a later state of the same rules has forgotten.
    func forgotten(by later: RuleGroupState) -> [RuleAlert] {
        zip(rules, later.rules).flatMap { before, after in
            let kept = Set(after.alerts.map(\.labels))
            return before.alerts.filter { $0.stage != .resolved && !kept.contains($0.labels) }
        }
    }
}
