/// Whoever evaluates rules, as the API tells of it.
package protocol RuleStatuses: Sendable {
    /// The groups with their rules, in their order; none where no rules are evaluated.
    var groups: [RuleGroupStatus] { get }
}

/// No rules are evaluated.
package struct NoRules: RuleStatuses {
    /// As it is.
    package init() {}
    /// See ``RuleStatuses``.
    package var groups: [RuleGroupStatus] { [] }
}

/// A group of rules and how it went.
package struct RuleGroupStatus: Sendable {
    /// Its name.
    package var name: String
    /// The file that it stands in.
    package var file: String
    /// In the order in which they are evaluated.
    package var rules: [RuleStatus]
    // tests: what is shown is read as a value.
    /// ns from one evaluation to the next.
    package var intervalNanoseconds: Int64
    /// How many alerts a rule may have; 0: any number.
    package var limit = 0
    /// ns that the last evaluation took.
    package var evaluationNanoseconds: Int64 = 0
    /// When that was: ns since 1970 UTC.
    package var evaluatedAt: Int64 = 0

    /// A group that was not evaluated yet.
    package init(name: String, file: String, rules: [RuleStatus], intervalNanoseconds: Int64) {
        (self.name, self.file, self.rules) = (name, file, rules)
        self.intervalNanoseconds = intervalNanoseconds
    }
}

/// A rule and how it went.
package struct RuleStatus: Sendable {
    /// What a rule does with what its expression says.
    package enum Kind: Sendable {
        /// Keeps it as series.
        case recording
        /// Has alerts: ns that it must hold, and ns that they go on firing afterwards.
        case alerting(holdNanoseconds: Int64, keepNanoseconds: Int64, annotations: [(name: String, value: String)])
    }

    /// What it does.
    package var kind: Kind
    /// Of the series, or of the alert.
    package var name: String
    /// The expression.
    package var query: String
    /// What it adds to what it makes.
    package var labels: [(name: String, value: String)] = []
    /// `ok`, `err` or `unknown`.
    package var health = "unknown"
    /// Why the last evaluation failed; empty: it did not.
    package var lastError = ""
    /// ns that the last evaluation took.
    package var evaluationNanoseconds: Int64 = 0
    /// When that was: ns since 1970 UTC.
    package var evaluatedAt: Int64 = 0
    /// What it found to be so.
    package var alerts: [AlertStatus] = []

    /// A rule that was not evaluated yet.
    package init(_ kind: Kind, name: String, query: String) { (self.kind, self.name, self.query) = (kind, name, query) }

    /// `firing`, `pending` or `inactive`: the worst of its alerts.
    var state: String {
        alerts.contains(where: \.isFiring) ? "firing" : alerts.isEmpty ? "inactive" : "pending"
    }
}

/// An alert that is pending or fires.
package struct AlertStatus: Sendable {
    /// With the rule's own.
    package var labels: [(name: String, value: String)]
    /// Filled in.
    package var annotations: [(name: String, value: String)] = []
    /// Otherwise it is pending.
    package var isFiring: Bool
    /// Since when: ns since 1970 UTC.
    package var activeAt: Int64
    /// Since when it only goes on firing, likewise; nil: it does not.
    package var keepFiringSince: Int64?
    /// What the expression says.
    package var value: Double

    /// Takes each part as given.
    package init(labels: [(name: String, value: String)], isFiring: Bool, activeAt: Int64, value: Double) {
        (self.labels, self.isFiring, self.activeAt, self.value) = (labels, isFiring, activeAt, value)
    }
}
