extension ColumnSummary {
    /// What is known of these rows and others together. A bound that is not known of either is not known of both, nor
    /// is one of values that have no order.
    /// - Parameters:
    ///   - rowCount: rows that this one describes.
    ///   - other: of other rows, `otherRowCount` of them.
    package func merged(rowCount: Int, with other: ColumnSummary, _ otherRowCount: Int) -> ColumnSummary {
        assert(nullCount <= rowCount && other.nullCount <= otherRowCount, "null rows are rows")
        var merged = self
        // Rows without a value say nothing of values, whatever stands for their sum.
        if nullCount == rowCount {
            merged = other
        } else if other.nullCount < otherRowCount {
            merged.minimum = Self.bound(minimum, other.minimum, .less)
            merged.maximum = Self.bound(maximum, other.maximum, .greater)
            merged.sum = sum.flatMap { sum in
                other.sum.flatMap { more in
                    let (total, overflow) = sum.addingReportingOverflow(more)
                    return overflow ? nil : total
                }
            }
        }
        merged.nullCount = nullCount + other.nullCount
        merged.isLoose = isLoose || other.isLoose
        return merged
    }

    private static func bound(_ left: Scalar, _ right: Scalar, _ wanted: ScalarOrder) -> Scalar {
        guard let order = Scalar.order(left, right) else { return .null }
        return order == wanted ? left : right
    }
}
