/// A bound of an objective in whole units, so that comparing is exact.
package enum ObjectiveBound: Hashable, Sendable {
    /// Share in parts per million.
    case share(partsPerMillion: Int64)
    case duration(nanoseconds: Int64)
    /// Cost of one answer.
    case costPerAnswer(picoUSD: Int64)
}

/// What was measured, in the same units.
package enum ObjectiveActual: Hashable, Sendable {
    case share(part: Int64, whole: Int64)
    /// A quantile of `count` answers.
    case duration(nanoseconds: Int64, count: Int64)
    case costPerAnswer(picoUSD: Int128, answers: Int64)
}

/// How an objective stands.
package enum ObjectiveState: String, Hashable, Sendable {
    case met
    /// Beyond the target, within the alert limit.
    case atRisk = "at risk"
    case breached
    case noData = "no data"

    /// How something stands of which only a range is known: what both ends say, at risk where they differ, since the
    /// part that is not known decides; breached already where the better end is. The one rule of that, for reports and
    /// error budgets alike.
    /// - Parameter worst: nil: nobody knows that end.
    package static func between(_ best: ObjectiveState, _ worst: ObjectiveState?) -> ObjectiveState {
        if best == .noData || best == worst { return best }
        return best == .breached ? .breached : .atRisk
    }
}

/// One line of the service level table.
package struct Objective: Hashable, Sendable {
    /// Which side of the target is good, in the words of promises. The target itself is met on either side: only what
    /// is beyond it is at risk, and only what is beyond the alert limit breaches it, as rules fire only beyond their
    /// limits.
    package enum Direction: Hashable, Sendable {
        /// Greater is better.
        case atLeast, above
        /// Less is better.
        case below
    }

    /// What it is about; no two objectives of a set are about the same.
    package var measure: ObjectiveMeasure
    /// What is promised.
    package var target: ObjectiveBound
    /// Beyond it an alert fires; the limit itself is still only at risk. nil: the table has none, and a rule tells of
    /// what is beyond the target.
    package var alertLimit: ObjectiveBound?
    /// Whether somebody said that there is to be no alert: no rule at all then.
    package var isSilent: Bool
    /// Names of the channels that the line is about, ascending, byte for byte; empty: all, and what names none.
    package var channels: [[UInt8]]

    /// Sorts the channels and takes the rest as given.
    /// - Precondition: a silent one has no alert limit.
    package init(
        _ measure: ObjectiveMeasure, target: ObjectiveBound, alertLimit: ObjectiveBound?, isSilent: Bool = false,
        channels: [[UInt8]] = []
    ) {
        precondition(!isSilent || alertLimit == nil, "no alert has no limit")
        (self.measure, self.target, self.alertLimit, self.isSilent) = (measure, target, alertLimit, isSilent)
        self.channels = channels.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Stable name, as in reports and rule files.
    package var name: String { measure.name }
    /// As reports print it, with the channels that it is about.
    package var title: String { channels.isEmpty ? measure.title : "\(measure.title) (\(channelsText))" }
    /// `chat, email`; empty for all.
    package var channelsText: String { channels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ") }
    /// Which side of the target is good.
    package var direction: Direction { measure.direction }

    /// How the objective stands; nil or an empty measurement is `noData`.
    package func state(_ actual: ObjectiveActual?) -> ObjectiveState {
        guard let actual, let toTarget = Objective.compare(actual, target) else { return .noData }
        if direction == .below ? toTarget <= 0 : toTarget >= 0 { return .met }
        guard let alertLimit, let toLimit = Objective.compare(actual, alertLimit) else { return .atRisk }
        return (direction == .below ? toLimit > 0 : toLimit < 0) ? .breached : .atRisk
    }

    /// How the objective stands where only a range is known of what was measured, see ``ObjectiveState/between(_:_:)``.
    /// nil at the upper end: nobody knows it.
    package func state(low: ObjectiveActual, high: ObjectiveActual?) -> ObjectiveState {
        precondition(direction == .below, "a range is judged where less is better")
        return .between(state(low), high.map { state($0) })
    }

    /// Negative below, 0 at, positive above the bound; nil where nothing was measured or the kinds differ.
    private static func compare(_ actual: ObjectiveActual, _ bound: ObjectiveBound) -> Int? {
        switch (actual, bound) {
        case (.share(let part, let whole), .share(let partsPerMillion)):
            whole > 0 ? order(Int128(part) * 1_000_000, Int128(whole) * Int128(partsPerMillion)) : nil
        case (.duration(let nanoseconds, let count), .duration(let bound)):
            count > 0 ? order(Int128(nanoseconds), Int128(bound)) : nil
        case (.costPerAnswer(let picoUSD, let answers), .costPerAnswer(let bound)):
            // Answers times a bound of cents stays far below 128 bits.
            answers > 0 ? order(picoUSD, Int128(answers) * Int128(bound)) : nil
        default: nil
        }
    }

    private static func order(_ left: Int128, _ right: Int128) -> Int { left < right ? -1 : left == right ? 0 : 1 }
}
