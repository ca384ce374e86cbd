import Columnar
import Plans

/// Decides simple conditions for a whole morsel by what page headers say, so that a column need not be read.
enum ConditionProof {
    /// true: holds for every row; false: for none; nil: look at the rows.
    static func decide(_ condition: Expression, rowCount: Int, summary: (Int) -> ColumnSummary?) -> Bool? {
        switch condition {
        case .call(.isNotNull, let arguments, _), .call(.isNull, let arguments, _):
            guard case .column(let column, _) = arguments[0], let known = summary(column) else { return nil }
            let isNull = if case .call(.isNull, _, _) = condition { true } else { false }
            if known.nullCount == 0 { return !isNull }
            return known.nullCount == rowCount ? isNull : nil
        case .call(let function, let arguments, _):
            guard arguments.count == 2 else { return nil }
            if case .column(let column, _) = arguments[0], case .literal(let value, _) = arguments[1] {
                return compare(function, value, summary(column), rowCount)
            }
            if case .column(let column, _) = arguments[1], case .literal(let value, _) = arguments[0], let mirrored = function.mirrored {
                return compare(mirrored, value, summary(column), rowCount)
            }
            return nil
        default: return nil
        }
    }

    private static func compare(_ function: ScalarFunction, _ value: Scalar, _ summary: ColumnSummary?, _ rowCount: Int) -> Bool? {
        guard let summary, !value.isNull else { return nil }
        if summary.nullCount == rowCount { return false }
        guard !summary.minimum.isNull, !summary.maximum.isNull, isSameKind(value, summary.minimum), isSameKind(value, summary.maximum)
        else { return nil }
        let low = ScalarOrder.compare(summary.minimum, value)
        let high = ScalarOrder.compare(summary.maximum, value)
        // Bounds of texts may be cut to a prefix: the lower one only from below, the upper one rounded up. Equality of both bounds
        // with a value then proves nothing.
        var isExact = true
        if case .text = value { isExact = false }
        let none: Bool
        let all: Bool
        switch function {
        case .equal: (all, none) = (isExact && low == 0 && high == 0, low > 0 || high < 0)
        case .notEqual: (all, none) = (low > 0 || high < 0, isExact && low == 0 && high == 0)
        case .less: (all, none) = (high < 0, low >= 0)
        case .lessOrEqual: (all, none) = (high <= 0, low > 0)
        case .greater: (all, none) = (low > 0, high <= 0)
        case .greaterOrEqual: (all, none) = (low >= 0, high < 0)
        default: return nil
        }
        if none { return false }
        return all && summary.nullCount == 0 ? true : nil
    }

    private static func isSameKind(_ a: Scalar, _ b: Scalar) -> Bool {
        switch (a, b) {
        case (.integer, .integer), (.numeric, .numeric), (.text, .text), (.timestamptz, .timestamptz), (.timestamp, .timestamp),
            (.date, .date):
            true
        default: false
        }
    }
}
