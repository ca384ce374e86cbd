/// What joins series of a group to one, or chooses among them.
package enum AggregationOperator: String, CaseIterable, Hashable, Sendable {
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile, limitk
    case countValues = "count_values"
    case limitRatio = "limit_ratio"

    /// The type of what stands before the expression; nil where nothing does.
    var parameter: PromQLType? {
        switch self {
        case .topk, .bottomk, .quantile, .limitk, .limitRatio: .scalar
        case .countValues: .string
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: nil
        }
    }

    /// Whether the language does not promise it yet.
    var isExperimental: Bool { self == .limitk || self == .limitRatio }
}
