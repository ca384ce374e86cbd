package import Bytes

/// What a label has to say.
package struct LabelMatcher: Hashable, Sendable {
    /// How it is compared.
    package enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    /// Of which label.
    package var label: ByteText
    /// How the value is compared.
    package var comparison: Comparison
    /// A value, or a pattern of a regular expression for the whole of one.
    package var value: ByteText
    /// Whether a series without the label passes.
    var acceptsEmpty: Bool

    /// The label that a metric's name is.
    package static let metricName: ByteText = "__name__"
}

/// `name{label="value"} @ time offset duration`.
package struct VectorSelector: Hashable, Sendable {
    /// The name that stands before the braces.
    package var name: ByteText?
    /// What stands in them; a name in quotes alone asks for the label of names.
    package var matchers: [LabelMatcher]
    /// When.
    package var time = SelectedTime()
    /// What happens at the ends.
    package var boundary: RangeBoundary?
    /// Where it stands.
    package var place: Place

    package static func == (left: VectorSelector, right: VectorSelector) -> Bool {
        // All matchers have to pass, in whatever order.
        left.name == right.name && left.time == right.time && left.boundary == right.boundary
            && left.matchers.count == right.matchers.count && Set(left.matchers) == Set(right.matchers)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(time)
        hasher.combine(boundary)
        hasher.combine(Set(matchers))
    }
}

/// `name[range]`.
package struct RangeSelector: Hashable, Sendable {
    /// Which series, and when the range ends.
    package var selector: VectorSelector
    /// How long it is.
    package var range: DurationValue
    /// Where it stands.
    package var place: Place
}

/// `expression[range:step]`.
package struct Subquery: Hashable, Sendable {
    /// What is asked again and again.
    package var expression: Expression
    /// Over how long.
    package var range: DurationValue
    /// Nil takes the default.
    package var step: DurationValue?
    /// When the range ends.
    package var time = SelectedTime()
    /// Where it stands.
    package var place: Place
}

/// When samples are taken from.
package struct SelectedTime: Hashable, Sendable {
    /// Where the clock may stand.
    package enum Anchor: Hashable, Sendable {
        /// ms since 1970.
        case timestamp(Int64)
        /// When the question begins, and when it ends, which may be behind its last step.
        case start, end
    }

    /// Where the clock stands; nil: at the time of evaluation.
    package var anchor: Anchor?
    /// How far before it.
    package var offset = DurationValue.constant(0)

    var hasOffset: Bool { offset != .constant(0) }
}

/// What happens at the ends of a range.
package enum RangeBoundary: String, Hashable, Sendable {
    /// Values at the ends are taken from the samples before.
    case anchored
    /// They are interpolated.
    case smoothed
}
