import AlertTemplates
package import Bytes
package import PromQLText
package import RuleFiles

/// An alert as it is told to others.
package struct AlertMessage: Hashable, Sendable {
    /// Those of the alert, and of the installation where the alert says nothing.
    package let labels: LabelSet
    /// In the order of their names.
    package let annotations: [SeriesLabel]
    /// ms since 1970: since when it fires.
    package let startsAt: Int64
    /// ms since 1970: when it was over, or until when this holds unless it is told again.
    package let endsAt: Int64
    /// Whether it is over.
    package let isResolved: Bool
    /// Where its expression is shown.
    package let generatorURL: ByteText

    /// Takes each part as given.
    package init(
        labels: LabelSet, annotations: [SeriesLabel], startsAt: Int64, endsAt: Int64, isResolved: Bool,
        generatorURL: ByteText
    ) {
        (self.labels, self.annotations, self.generatorURL) = (labels, annotations, generatorURL)
        (self.startsAt, self.endsAt, self.isResolved) = (startsAt, endsAt, isResolved)
    }
}

extension RuleGroupState {
    /// Tells what has to be told: what fires and was not told within the resend delay, and what is over, at once and
    /// then again for as long as it is kept. Pending alerts are told to nobody, nor is anything of a rule that failed:
    /// what it told before ends by itself.
    /// - Parameter time: ms since 1970.
    /// - Returns: the state that remembers it, and the messages by rules, in a rule by labels.
    /// - Precondition: the state is of the group.
    package func sending(
        _ group: RuleGroup, _ options: RuleOptions, at time: Int64
    ) -> (state: RuleGroupState, messages: [AlertMessage]) {
        precondition(rules.count == group.rules.count, "a state is carried to the group whose it is")
        var next = self
        var messages: [AlertMessage] = []
        let validUntil = Self.validUntil(group, options, from: time)
        for (index, rule) in group.rules.enumerated() where rules[index].error == nil {
            for place in rules[index].alerts.indices {
                guard rules[index].alerts[place].isDue(at: time, resendDelay: options.resendDelay) else { continue }
                next.rules[index].alerts[place].sentAt = time
                next.rules[index].alerts[place].validUntil = validUntil
                messages.append(Self.message(next.rules[index].alerts[place], rule, options, validUntil))
            }
        }
        return (next, messages)
    }

    /// What fires, in the order of rules, in a rule by labels: as it was told last, or as it is told next.
    /// - Precondition: the state is of the group.
    package func firing(_ group: RuleGroup, _ options: RuleOptions) -> [AlertMessage] {
        precondition(rules.count == group.rules.count, "a state is carried to the group whose it is")
        return zip(group.rules, rules).flatMap { rule, state in
            state.alerts.filter { $0.stage == .firing }.map { alert in
                let next = Self.validUntil(group, options, from: state.evaluatedAt ?? alert.activeAt)
                return Self.message(alert, rule, options, alert.validUntil ?? next)
            }
        }
    }

    /// Until when holds what is told at a time: two evaluations may fail before it ends by itself.
    private static func validUntil(_ group: RuleGroup, _ options: RuleOptions, from time: Int64) -> Int64 {
        let delay = max(options.resendDelay, group.interval ?? options.interval)
        return time.saturatingAdd(delay.saturatingMultiply(by: 4))
    }

    private static func message(
        _ alert: RuleAlert, _ rule: Rule, _ options: RuleOptions, _ validUntil: Int64
    ) -> AlertMessage {
        let link = AlertAddress.table(of: ByteText(rule.expression.description.utf8), options.externalURL)
        return AlertMessage(
            labels: alert.labels.under(options.externalLabels),
            annotations: alert.annotations, startsAt: alert.firedAt ?? alert.activeAt,
            endsAt: alert.resolvedAt ?? validUntil, isResolved: alert.stage == .resolved, generatorURL: link)
    }
}

extension RuleAlert {
    /// What says that it is over, for one that its rule's state has no place for any more; nil where nobody was told
    /// of it. Its link shows how it stood.
    /// - Parameter time: ms since 1970: when it was over; not before it began.
    package func ending(at time: Int64, _ options: RuleOptions) -> AlertMessage? {
        guard stage == .firing else { return nil }
        let (name, start) = (LabelSet([(Names.alert, labels[Names.alert])]), firedAt ?? activeAt)
        return AlertMessage(
            labels: labels.under(options.externalLabels), annotations: annotations, startsAt: start,
            endsAt: max(time, start), isResolved: true,
            generatorURL: AlertAddress.table(of: ByteText("ALERTS\(name)".utf8), options.externalURL))
    }

    fileprivate func isDue(at time: Int64, resendDelay: Int64) -> Bool {
        if stage == .pending { return false }
        guard let sentAt else { return true }
        if let resolvedAt, resolvedAt > sentAt { return true }
        return sentAt.saturatingAdd(resendDelay) < time
    }
}

extension LabelSet {
    /// With those of an installation where they say nothing.
    fileprivate func under(_ external: LabelSet) -> LabelSet {
        LabelSet((external.labels + labels).map { ($0.name, $0.value) })
    }
}

/// Where expressions are shown.
enum AlertAddress {
    static func table(of expression: ByteText, _ external: ByteText) -> ByteText {
        var bytes = external.bytes
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return ByteText(bytes + TemplateTexts.link(to: expression, tab: 1).bytes)
    }
}
