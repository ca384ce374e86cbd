import Columnar
import Plans

/// What page headers say of sums, differences and multiples of whole numbers: what all rows come to follows from the
/// sums of the columns, and from their bounds that no row overflows on the way.
private struct LinearSummary {
    /// Bounds of all values.
    private var low, high: Int128
    /// What the columns come to together, and what each row adds beside them.
    private var sum: Int128 = 0
    private var offset: Int128 = 0
    /// One of the columns, with what is known of it, and how many there are, each counted as often as it occurs.
    private var column: (index: Int, summary: ColumnSummary)?
    private var columnCount = 0
    private var isOneColumn = true
    /// Whether a column has nulls, and whether one has nothing else.
    private var hasNulls = false
    private var isAllNull = false

    private static let (least, greatest) = (Int128(Int64.min), Int128(Int64.max))

    /// Whether 64 bits hold every value.
    private var isWhole: Bool { low >= Self.least && high <= Self.greatest }

    /// nil for other expressions, where headers do not tell, and where a row might overflow.
    /// - Complexity: O(size).
    init?(_ expression: Expression, rowCount: Int, _ known: (Int) -> ColumnSummary?) {
        switch expression {
        case .literal(.integer(let value), .integer):
            (low, high, offset) = (Int128(value), Int128(value), Int128(value))
        case .column(let index, .integer):
            guard let summary = known(index) else { return nil }
            (low, high, column, columnCount) = (0, 0, (index, summary), 1)
            (hasNulls, isAllNull) = (summary.nullCount > 0, summary.nullCount == rowCount)
            if isAllNull { return }
            guard case .integer(let first) = summary.minimum, case .integer(let last) = summary.maximum,
                let total = summary.sum
            else { return nil }
            (low, high, sum) = (Int128(first), Int128(last), total)
        case .call(.negate, let sides, .integer) where sides.count == 1:
            guard let value = LinearSummary(sides[0], rowCount: rowCount, known)?.times(-1), value.isWhole else {
                return nil
            }
            self = value
        case .call(let function, let sides, .integer) where sides.count == 2:
            guard let left = LinearSummary(sides[0], rowCount: rowCount, known),
                let right = LinearSummary(sides[1], rowCount: rowCount, known),
                let value = left.combined(with: right, by: function), value.isWhole
            else { return nil }
            self = value
        default: return nil
        }
    }

    private func combined(with other: LinearSummary, by function: ScalarFunction) -> LinearSummary? {
        switch function {
        case .add: plus(other)
        case .subtract: other.times(-1).flatMap { plus($0) }
        case .multiply where columnCount == 0: other.times(offset)
        case .multiply where other.columnCount == 0: times(other.offset)
        default: nil
        }
    }

    private func plus(_ other: LinearSummary) -> LinearSummary? {
        let (sum, isBeyond) = sum.addingReportingOverflow(other.sum)
        let (offset, overflow) = offset.addingReportingOverflow(other.offset)
        if isBeyond || overflow { return nil }
        var result = self
        // Each at most 2^63 either way.
        (result.low, result.high) = (low + other.low, high + other.high)
        (result.sum, result.offset) = (sum, offset)
        result.column = column ?? other.column
        result.columnCount += other.columnCount
        let isSame = column == nil || other.column == nil || column?.index == other.column?.index
        result.isOneColumn = isOneColumn && other.isOneColumn && isSame
        result.hasNulls = hasNulls || other.hasNulls
        result.isAllNull = isAllNull || other.isAllNull
        return result
    }

    /// - Parameter factor: at most 2^63 either way.
    private func times(_ factor: Int128) -> LinearSummary? {
        let (sum, isBeyond) = sum.multipliedReportingOverflow(by: factor)
        let (offset, overflow) = offset.multipliedReportingOverflow(by: factor)
        if isBeyond || overflow { return nil }
        var result = self
        (result.low, result.high) = factor < 0 ? (high * factor, low * factor) : (low * factor, high * factor)
        (result.sum, result.offset) = (sum, offset)
        return result
    }

    /// The same as of a column; nil where it cannot be told in how many rows all columns have values.
    func summary(rowCount: Int) -> ColumnSummary? {
        if isAllNull { return ColumnSummary(minimum: .null, maximum: .null, nullCount: rowCount) }
        guard let column, !hasNulls || isOneColumn, let low = Int64(exactly: low), let high = Int64(exactly: high)
        else { return nil }
        let (offsets, isBeyond) = offset.multipliedReportingOverflow(by: Int128(rowCount - column.summary.nullCount))
        let (total, overflow) = sum.addingReportingOverflow(offsets)
        if isBeyond || overflow { return nil }
        var summary = ColumnSummary(
            minimum: .integer(low), maximum: .integer(high), nullCount: column.summary.nullCount, sum: total)
        // Of several columns, or of one that occurs again, no row need have the bounds.
        summary.isLoose = columnCount > 1 || column.summary.isLoose
        return summary
    }
}

extension Expression {
    /// What is known of the values without reading them: of a column, and of sums, differences and multiples of whole
    /// numbers; nil where nothing is.
    /// - Parameter known: what is known of a column.
    func summary(rowCount: Int, of known: (Int) -> ColumnSummary?) -> ColumnSummary? {
        switch self {
        case .column(let column, _): known(column)
        // A whole number is its own mantissa.
        case .cast(let inner, .numeric(scale: 0)) where inner.type == .integer:
            inner.summary(rowCount: rowCount, of: known)
        case .call(_, _, .integer): LinearSummary(self, rowCount: rowCount, known)?.summary(rowCount: rowCount)
        default: nil
        }
    }
}
