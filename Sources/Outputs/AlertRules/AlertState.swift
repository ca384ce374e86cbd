package import Bytes
package import PromQLText
package import RuleFiles

/// One alert of a rule: a series that the rule's question found, and how far that has come.
package struct RuleAlert: Hashable, Sendable {
    /// Where an alert stands.
    package enum Stage: UInt8, Hashable, Sendable {
        /// Its series is there, but not long enough. Leads to firing, or to nothing.
        case pending = 1
        /// It has to be told. Leads to resolved.
        case firing = 2
        /// It was firing, and is over; kept for as long as that has to be told. A new one may take its place.
        case resolved = 3

        /// As the label `alertstate` and Prometheus' API have it.
        package var word: String {
            switch self {
            case .pending: "pending"
            case .firing: "firing"
            case .resolved: "inactive"
            }
        }
    }

    /// The series' labels without its name, the rule's, and `alertname`; no two alerts of a rule have the same.
    package let labels: LabelSet
    /// As the last evaluation filled them in, in the order of their names.
    package internal(set) var annotations: [SeriesLabel]
    /// What the series said last.
    package internal(set) var value: Double
    /// See ``Stage``.
    package internal(set) var stage: Stage
    /// ms since 1970: since when the series is there.
    package internal(set) var activeAt: Int64
    /// ms since 1970: since when it fires; nil while it is pending.
    var firedAt: Int64?
    /// ms since 1970: when it was over.
    package internal(set) var resolvedAt: Int64?
    /// ms since 1970: since when it fires though its series has gone.
    package internal(set) var keptFiringSince: Int64?
    /// ms since 1970: when it was told last; nil: never.
    var sentAt: Int64?
    /// ms since 1970: until when what was told holds.
    var validUntil: Int64?
}

/// What is known of a rule between evaluations.
package struct RuleState: Hashable, Sendable {
    /// Of the rule, by which a changed file finds it again.
    package let name: ByteText
    /// The rule's labels as written, likewise.
    package let labels: [SeriesLabel]
    /// In the order of their labels.
    package internal(set) var alerts: [RuleAlert] = []
    /// The series that the last evaluation wrote, in their order: one that is missing in the next is marked stale.
    var written: [LabelSet] = []
    /// Why the last evaluation failed; nil: it did not, or there was none.
    package internal(set) var error: ByteText?
    /// ms since 1970 of the last evaluation; nil: none yet.
    package internal(set) var evaluatedAt: Int64?

    init(_ rule: Rule) {
        name = rule.name
        labels = rule.labels.map { SeriesLabel(name: $0.name, value: $0.text) }
    }

    /// Its pending and firing alerts.
    var standing: [RuleAlert] { alerts.filter { $0.stage != .resolved } }

    init(name: ByteText, labels: [SeriesLabel]) { (self.name, self.labels) = (name, labels) }

    func isOf(_ rule: Rule) -> Bool {
        name == rule.name
            && labels.elementsEqual(rule.labels) { $0.name == $1.name && $0.value == $1.text }
    }
}

/// What is known of a group between evaluations: a value, kept as its ``RuleGroupState/bytes``.
package struct RuleGroupState: Hashable, Sendable {
    /// In the order of the group's rules.
    package internal(set) var rules: [RuleState]
    /// ms since 1970 of the last evaluation; nil: none yet.
    package internal(set) var evaluatedAt: Int64?
    /// Series of rules that are no longer there: the next evaluation marks them stale. In their order.
    package internal(set) var abandoned: [LabelSet] = []

    /// Nothing has been evaluated yet.
    package init(_ group: RuleGroup) { rules = group.rules.map { RuleState($0) } }

    init(rules: [RuleState], evaluatedAt: Int64?, abandoned: [LabelSet]) {
        (self.rules, self.evaluatedAt, self.abandoned) = (rules, evaluatedAt, abandoned)
    }

    /// The same without the series that rules wrote: for whoever keeps no samples, and so has none to end.
    package func withoutSeries() -> RuleGroupState {
        var state = self
        for index in state.rules.indices { state.rules[index].written = [] }
        state.abandoned = []
        return state
    }

    /// The state of a group whose rules have changed: a rule of the same name and labels goes on where it stood, the
    /// first with the first of several; what has gone leaves its series to be marked stale.
    /// - Complexity: O(rules²).
    package func carried(to group: RuleGroup) -> RuleGroupState {
        let (carried, left) = parted(by: group)
        let kept = Set(carried.flatMap(\.written))
        let gone = (left.flatMap(\.written) + abandoned).filter { !kept.contains($0) }
        return RuleGroupState(rules: carried, evaluatedAt: evaluatedAt, abandoned: Set(gone).sorted())
    }

    /// The pending and firing alerts of rules that a changed group no longer has: whoever knew of them has to hear that
    /// they are over.
    /// - Complexity: O(rules²).
    package func alertsLeftBehind(by group: RuleGroup) -> [RuleAlert] { parted(by: group).left.flatMap(\.standing) }

    /// Its pending and firing alerts.
    package var standing: [RuleAlert] { rules.flatMap(\.standing) }

    private func parted(by group: RuleGroup) -> (carried: [RuleState], left: [RuleState]) {
        var left: [RuleState?] = rules
        var carried: [RuleState] = []
        for rule in group.rules {
            if let place = left.firstIndex(where: { $0?.isOf(rule) == true }), let known = left[place] {
                carried.append(known)
                left[place] = nil
            } else {
                carried.append(RuleState(rule))
            }
        }
        return (carried, left.compactMap { $0 })
    }
}
