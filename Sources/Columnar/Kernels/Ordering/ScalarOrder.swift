/// How two values stand to each other as SQL compares them: text by bytes, NaN above everything and equal to itself, -0
/// equal to 0, numbers by what they are worth, whatever their scale, intervals by length, arrays element by element.
///
/// Rows are compared, sorted and aggregated by this order, and what zone maps, rewrites and proofs conclude rests on
/// it, too: were there two of them, pages could be skipped that hold rows of the answer.
package enum ScalarOrder: Int, Sendable {
    case less = -1
    case equal = 0
    case greater = 1

    var isAtLeastEqual: Bool { self != .less }
    var isAtMostEqual: Bool { self != .greater }

    /// Negative, zero or positive, for sorting; zero where the values have no order.
    package static func compare(_ left: Scalar, _ right: Scalar) -> Int { Scalar.order(left, right)?.rawValue ?? 0 }

    /// Negative, zero or positive, as ``compare(_:_:)``, and where values are worth the same but are written otherwise
    /// (0 and -0, 1.0 and 1.00, a month and thirty days) by how they are written.
    ///
    /// What picks one of several equal values picks by this, or the answer would depend on which of them came first.
    static func compareForms(_ left: Scalar, _ right: Scalar) -> Int {
        let order = compare(left, right)
        if order != 0 { return order }
        switch (left, right) {
        case (.double(let a), .double(let b)):
            if a.bitPattern == b.bitPattern { return 0 }
            return a.isTotallyOrdered(belowOrEqualTo: b) ? -1 : 1
        case (.numeric(_, let a), .numeric(_, let b)): return of(a, b).rawValue
        case (.interval(let a), .interval(let b)):
            if a.months != b.months { return of(a.months, b.months).rawValue }
            if a.days != b.days { return of(a.days, b.days).rawValue }
            return of(a.nanoseconds, b.nanoseconds).rawValue
        case (.array(let a), .array(let b)):
            for (a, b) in zip(a, b) {
                let order = compareForms(a, b)
                if order != 0 { return order }
            }
            return 0
        default: return 0
        }
    }

    fileprivate static func of<Value: Comparable>(_ left: Value, _ right: Value) -> ScalarOrder {
        left < right ? .less : left == right ? .equal : .greater
    }
}

extension Scalar {
    /// The order of two values; nil where one is null, for kinds that do not meet, and for a double beside a number
    /// that no double is exactly: whoever compares those converts one of them first, and so says what he means.
    package static func order(_ left: Scalar, _ right: Scalar) -> ScalarOrder? {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): return .of(a ? 1 : 0, b ? 1 : 0)
        case (.integer(let a), .integer(let b)), (.timestamptz(let a), .timestamptz(let b)),
            (.timestamp(let a), .timestamp(let b)), (.date(let a), .date(let b)):
            return .of(a, b)
        case (.double(let a), .double(let b)): return order(a, b)
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)): return order(a, b)
        case (.interval(let a), .interval(let b)): return .of(IntervalMath.comparable(a), IntervalMath.comparable(b))
        case (.array(let a), .array(let b)): return order(a, b)
        default: break
        }
        if let a = left.exactDecimal, let b = right.exactDecimal {
            return ScalarOrder(rawValue: Decimal128.compare(a.mantissa, a.scale, b.mantissa, b.scale))
        }
        if let a = left.exactDouble, let b = right.exactDouble { return order(a, b) }
        return nil
    }

    private static func order(_ left: Double, _ right: Double) -> ScalarOrder {
        if left.isNaN || right.isNaN { return left.isNaN ? (right.isNaN ? .equal : .greater) : .less }
        return .of(left, right)
    }

    /// By UTF-8 bytes.
    private static func order(_ left: String, _ right: String) -> ScalarOrder {
        if left.utf8.lexicographicallyPrecedes(right.utf8) { return .less }
        return right.utf8.lexicographicallyPrecedes(left.utf8) ? .greater : .equal
    }

    /// The first elements that differ decide, null above all values, then the length; nil where elements have no order.
    private static func order(_ left: [Scalar], _ right: [Scalar]) -> ScalarOrder? {
        for (a, b) in zip(left, right) {
            let isNullHere = a.isNull || b.isNull
            let order: ScalarOrder? = isNullHere ? .of(a.isNull ? 1 : 0, b.isNull ? 1 : 0) : Scalar.order(a, b)
            if order != .equal { return order }
        }
        return .of(left.count, right.count)
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
        case .double(let value): value
        case .integer(let value): value.magnitude <= 1 << 53 ? Double(value) : nil
        case .numeric(let value, 0): value.magnitude <= 1 << 53 ? Double(value) : nil
        default: nil
        }
    }
}
