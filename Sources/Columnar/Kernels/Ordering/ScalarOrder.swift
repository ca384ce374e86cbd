package import Columnar

/// The order of single values as SQL compares them; text by bytes, NaN above everything, intervals by length.
package enum ScalarOrder {
    /// Negative, zero or positive. Both sides of one type (numeric scales may differ) and not null; nulls compare equal.
    package static func compare(_ left: Scalar, _ right: Scalar) -> Int {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): a == b ? 0 : (b ? -1 : 1)
        case (.integer(let a), .integer(let b)), (.timestamptz(let a), .timestamptz(let b)), (.timestamp(let a), .timestamp(let b)),
            (.date(let a), .date(let b)):
            order(a, b)
        case (.double(let a), .double(let b)): compare(a, b)
        case (.numeric(let a, let scaleA), .numeric(let b, let scaleB)): Decimal128.compare(a, scaleA, b, scaleB)
        case (.integer(let a), .numeric(let b, let scale)): Decimal128.compare(Int128(a), 0, b, scale)
        case (.numeric(let a, let scale), .integer(let b)): Decimal128.compare(a, scale, Int128(b), 0)
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)): compare(a, b)
        case (.interval(let a), .interval(let b)): order(IntervalMath.comparable(a), IntervalMath.comparable(b))
        case (.array(let a), .array(let b)): compare(a, b)
        default: 0
        }
    }

    private static func order<Value: Comparable>(_ a: Value, _ b: Value) -> Int { a < b ? -1 : (a == b ? 0 : 1) }

    private static func compare(_ a: Double, _ b: Double) -> Int {
        if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
        return order(a, b)
    }

    /// By UTF-8 bytes.
    static func compare(_ a: String, _ b: String) -> Int {
        if a.utf8.lexicographicallyPrecedes(b.utf8) { return -1 }
        return b.utf8.lexicographicallyPrecedes(a.utf8) ? 1 : 0
    }

    private static func compare(_ a: [Scalar], _ b: [Scalar]) -> Int {
        for (x, y) in zip(a, b) {
            let result = x.isNull || y.isNull ? (x.isNull ? 1 : 0) - (y.isNull ? 1 : 0) : compare(x, y)
            if result != 0 { return result }
        }
        return order(a.count, b.count)
    }
}
