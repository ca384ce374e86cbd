/// Parts of the language that are not promised yet. Prometheus has a flag for each.
package struct PromQLFeatures: OptionSet, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Functions and aggregations that may still change.
    package static let functions = PromQLFeatures(rawValue: 1)
    /// Arithmetic where a duration stands.
    package static let durations = PromQLFeatures(rawValue: 2)
    /// `anchored` and `smoothed`.
    package static let boundaries = PromQLFeatures(rawValue: 4)
    /// `fill` in the matching of series.
    package static let fills = PromQLFeatures(rawValue: 8)

    /// What the language promises.
    package static let stable: PromQLFeatures = []
    /// All there is.
    package static let all: PromQLFeatures = [.functions, .durations, .boundaries, .fills]
}
