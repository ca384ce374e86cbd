package import PromQLText

/// A sample that an evaluation wrote.
package struct RuleSample: Hashable, Sendable {
    /// Of its series.
    package let labels: LabelSet
    /// ms since 1970.
    package let time: Int64
    /// What it says; the stale marker where the series has ended.
    package let value: SampleValue
}

/// An alert that is at another stage than before an evaluation.
package struct AlertChange: Hashable, Sendable {
    /// Which of the group's rules it is of, from 0.
    package let rule: Int
    /// Of the alert.
    package let labels: LabelSet
    /// nil: there was none.
    package let before: RuleAlert.Stage?
    /// nil: there is none any more.
    package let after: RuleAlert.Stage?
}

/// What an evaluation of a group gave.
package struct RuleEvaluation: Hashable, Sendable {
    /// For the next evaluation.
    package internal(set) var state: RuleGroupState
    /// In the order in which they were written: by rules, in a rule by their labels, ends of series last.
    package internal(set) var samples: [RuleSample] = []
    /// By rules, in a rule by labels.
    package internal(set) var changes: [AlertChange] = []
    /// ns that each rule took, in their order.
    package internal(set) var nanoseconds: [Int64] = []
}

/// Why a rule has no answer; the others of its group go on.
struct RuleFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
