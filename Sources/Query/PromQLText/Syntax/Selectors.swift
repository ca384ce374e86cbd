import Bytes

/// What a label has to say.
struct LabelMatcher: Hashable, Sendable {
    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    var label: ByteText
    var comparison: Comparison
    /// A value, or a pattern of a regular expression for the whole of one.
    var value: ByteText
    /// Whether a series without the label passes.
    var acceptsEmpty: Bool

    static let metricName: ByteText = "__name__"
}

/// `name{label="value"} @ time offset duration`.
struct VectorSelector: Hashable, Sendable {
    /// The name that stands before the braces.
    var name: ByteText?
    /// What stands in them; a name in quotes alone asks for the label of names.
    var matchers: [LabelMatcher]
    var time = SelectedTime()
    var boundary: RangeBoundary?
    var place: Place

    static func == (left: VectorSelector, right: VectorSelector) -> Bool {
        // All matchers have to pass, in whatever order.
        left.name == right.name && left.time == right.time && left.boundary == right.boundary
            && left.matchers.count == right.matchers.count && Set(left.matchers) == Set(right.matchers)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(time)
        hasher.combine(boundary)
        hasher.combine(Set(matchers))
    }
}

/// `name[range]`.
struct RangeSelector: Hashable, Sendable {
    var selector: VectorSelector
    var range: DurationValue
    var place: Place
}

/// `expression[range:step]`.
struct Subquery: Hashable, Sendable {
    var expression: Expression
    var range: DurationValue
    /// Nil takes the default.
    var step: DurationValue?
    var time = SelectedTime()
    var place: Place
}

/// When samples are taken from.
struct SelectedTime: Hashable, Sendable {
    enum Anchor: Hashable, Sendable {
        /// ms since 1970.
        case timestamp(Int64)
        /// The first and the last time of the question.
        case start, end
    }

    /// Where the clock stands; nil: at the time of evaluation.
    var anchor: Anchor?
    /// How far before it.
    var offset = DurationValue.constant(0)

    var hasOffset: Bool { offset != .constant(0) }
}

/// What happens at the ends of a range.
enum RangeBoundary: String, Hashable, Sendable {
    /// Values at the ends are taken from the samples before.
    case anchored
    /// They are interpolated.
    case smoothed
}
