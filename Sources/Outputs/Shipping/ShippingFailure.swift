/// Why a destination did not take what was shipped.
package struct ShippingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is to be done about it.
    package enum Kind: Hashable, Sendable {
        /// It is tried again, after a pause.
        case transient
        /// Nothing is shipped before somebody has done something; it is looked at again now and then.
        case permanent
        /// The destination stands elsewhere than was thought: its own word is asked for, and shipping goes on from it.
        case moved
        /// Nobody wants it any more.
        case abandoned
    }

    /// What is to be done about it.
    package var kind: Kind
    /// A word of a small set, for metrics: `connection`, `silence`, `refused`, `ahead`, …
    package var reason: String
    /// What happened, on one line, without what opens the destination.
    package var description: String
    /// What to do about what does not pass by itself; nil where it passes.
    package var advice: String?

    /// Takes each part as given.
    package init(_ kind: Kind, _ reason: String, _ description: String, advice: String? = nil) {
        (self.kind, self.reason, self.description, self.advice) = (kind, reason, description, advice)
    }
}
