import Bytes
package import Platform

/// A place of a file that may hold what an incoming event repeats, and that cannot be used: it is damaged, or of a
/// newer form. Two are the same where the same is said of them.
package struct UnreadablePlace: Hashable, Sendable, CustomStringConvertible {
    /// What whoever read it met.
    package let error: any FileContentError

    /// The place of an error.
    package init(_ error: any FileContentError) { self.error = error }

    /// Which place it is, and what to do about it.
    package var description: String { "\(error); \(error.remedy)" }

    package static func == (left: UnreadablePlace, right: UnreadablePlace) -> Bool {
        left.description.hasSameBytes(as: right.description)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(ExactText(description)) }
}
