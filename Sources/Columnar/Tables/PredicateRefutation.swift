// Zone maps: what minimum, maximum and null count rule out. An answer of true is a proof; false says nothing.

extension ColumnPredicate.Comparison {
    /// Whether no row of `rowCount` rows that `summary` describes can satisfy the comparison.
    package func isRefuted(by summary: ColumnSummary, rowCount: Int) -> Bool {
        switch self {
        case .isNull: return summary.nullCount == 0
        case .isNotNull: return summary.nullCount == rowCount
        default: break
        }
        if summary.nullCount == rowCount { return true }
        let (low, high) = (summary.minimum, summary.maximum)
        switch self {
        case .equal(let value): return Self.isOutside(value, low, high)
        case .oneOf(let values): return values.allSatisfy { $0.isNull || Self.isOutside($0, low, high) }
        case .notEqual(let value):
            return value.isNull || (Scalar.order(low, value) == .equal && Scalar.order(high, value) == .equal)
        case .less(let value): return value.isNull || Scalar.order(low, value)?.isAtLeastEqual == true
        case .lessOrEqual(let value): return value.isNull || Scalar.order(low, value) == .greater
        case .greater(let value): return value.isNull || Scalar.order(high, value)?.isAtMostEqual == true
        case .greaterOrEqual(let value): return value.isNull || Scalar.order(high, value) == .less
        case .isNull, .isNotNull: return false
        }
    }

    private static func isOutside(_ value: Scalar, _ low: Scalar, _ high: Scalar) -> Bool {
        value.isNull || Scalar.order(value, low) == .less || Scalar.order(value, high) == .greater
    }
}
