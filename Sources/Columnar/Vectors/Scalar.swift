import Bytes

/// One value outside a vector: literals, results, minimum and maximum.
///
/// Equal means the same bytes of text and the same digits: `String` of the language holds composed and decomposed
/// letters equal, SQL does not. 1.0 and 1.00 are two scalars (compare numbers by ``order(_:_:)``), 0.0 and -0.0 are
/// one, and so are all NaN.
package enum Scalar: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case numeric(Int128, scale: Int)
    case text(String)
    /// Nanoseconds since 1970 UTC.
    case timestamptz(Int64)
    case timestamp(Int64)
    /// Days since 1970-01-01.
    case date(Int64)
    case interval(Interval)
    case json(String)
    case array([Scalar])

    package var isNull: Bool { if case .null = self { true } else { false } }

    /// UTF-8 bytes of its texts.
    package var textBytes: Int {
        switch self {
        case .text(let text), .json(let text): text.utf8.count
        case .array(let values): values.reduce(values.count * 16) { $0 + $1.textBytes }
        default: 0
        }
    }
}

extension Scalar: Hashable {
    /// By bytes and digits.
    package static func == (left: Scalar, right: Scalar) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.integer(let a), .integer(let b)), (.timestamptz(let a), .timestamptz(let b)),
            (.timestamp(let a), .timestamp(let b)),
            (.date(let a), .date(let b)):
            a == b
        case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
        case (.numeric(let a, let x), .numeric(let b, let y)): a == b && x == y
        case (.text(let a), .text(let b)), (.json(let a), .json(let b)): a.hasSameBytes(as: b)
        case (.interval(let a), .interval(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        default: false
        }
    }

    /// Agrees with `==`.
    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value):
            hasher.combine(value)
        case .double(let value): hasher.combine(value.isNaN ? .nan : value)
        case .numeric(let value, let scale):
            hasher.combine(value)
            hasher.combine(scale)
        case .text(let text), .json(let text):
            for byte in text.utf8 { hasher.combine(byte) }
            hasher.combine(text.utf8.count)
        case .interval(let value): hasher.combine(value)
        case .array(let values): hasher.combine(values)
        }
    }
}
