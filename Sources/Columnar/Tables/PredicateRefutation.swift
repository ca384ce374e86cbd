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

/// How two values stand to each other.
package enum ScalarOrder: Sendable {
    case less, equal, greater

    var isAtLeastEqual: Bool { self != .less }
    var isAtMostEqual: Bool { self != .greater }
}

extension Scalar {
    /// The order of two values that compare exactly; nil for nulls, NaN, kinds that do not meet, and doubles beside integers too large
    /// for a double. Texts compare by bytes.
    package static func order(_ left: Scalar, _ right: Scalar) -> ScalarOrder? {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): return order(a ? 1 : 0, b ? 1 : 0)
        case (.timestamptz(let a), .timestamptz(let b)), (.timestamp(let a), .timestamp(let b)), (.date(let a), .date(let b)):
            return order(a, b)
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)):
            return a == b && a.utf8.elementsEqual(b.utf8) ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
        default: break
        }
        if let a = left.exactDecimal, let b = right.exactDecimal { return orderDecimals(a, b) }
        if let a = left.exactDouble, let b = right.exactDouble { return order(a, b) }
        return nil
    }

    private static func order<Value: Comparable>(_ left: Value, _ right: Value) -> ScalarOrder {
        left < right ? .less : left == right ? .equal : .greater
    }

    private var exactDecimal: (mantissa: Int128, scale: Int)? {
        switch self {
        case .integer(let value): (Int128(value), 0)
        case .numeric(let value, let scale): (value, scale)
        default: nil
        }
    }

    private var exactDouble: Double? {
        switch self {
        case .double(let value): value.isNaN ? nil : value
        case .integer(let value): value.magnitude <= 1 << 53 ? Double(value) : nil
        case .numeric(let value, 0): value.magnitude <= 1 << 53 ? Double(value) : nil
        default: nil
        }
    }

    private static func orderDecimals(_ left: (mantissa: Int128, scale: Int), _ right: (mantissa: Int128, scale: Int)) -> ScalarOrder? {
        guard let a = rescaled(left, to: max(left.scale, right.scale)), let b = rescaled(right, to: max(left.scale, right.scale)) else {
            return nil
        }
        return order(a, b)
    }

    private static func rescaled(_ value: (mantissa: Int128, scale: Int), to scale: Int) -> Int128? {
        var mantissa = value.mantissa
        for _ in 0..<max(0, scale - value.scale) {
            let (next, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            mantissa = next
        }
        return mantissa
    }
}
