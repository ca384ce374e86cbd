import Columnar

/// One side of a two-sided kernel: a constant or an array, decided once a chunk.
enum Operand<Value: Sendable>: Sendable {
    case constant(Value)
    case array([Value])

    var first: Value? {
        switch self {
        case .constant(let value): value
        case .array(let values): values.first
        }
    }
}

extension Vector {
    /// 64-bit values, as they lie in storage; nil for other storage or a null constant.
    var integers: Operand<Int64>? {
        switch storage {
        case .int64(let values): .array(values)
        case .constant(let value):
            switch value {
            case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v): .constant(v)
            case .numeric(let v, let scale) where scale == type.scale: Int64(exactly: v).map { .constant($0) }
            default: nil
            }
        default: nil
        }
    }

    /// Mantissas at the type's scale; nil where values have scales of their own or are not exact.
    var mantissas: Operand<Int128>? {
        switch storage {
        case .int64(let values): .array(values.map { Int128($0) })
        case .int128(let values): .array(values)
        case .constant(.numeric(let value, let scale)) where scale == type.scale: .constant(value)
        case .constant(.integer(let value)): .constant(Int128(value))
        default: nil
        }
    }

    var doubles: Operand<Double>? {
        switch storage {
        case .double(let values): .array(values)
        case .constant(.double(let value)): .constant(value)
        default: nil
        }
    }

    /// Whether every row is null.
    var isAllNull: Bool {
        if case .constant(.null) = storage { return true }
        return type == .null
    }

    static func nulls(_ type: ColumnType, count: Int) -> Vector { .constant(.null, type: type, count: count) }
}

/// Rows present in both sides of a function that is null when either side is.
func jointValidity(_ left: Vector, _ right: Vector) -> Validity? {
    guard let a = left.validity else { return right.validity }
    guard let b = right.validity else { return a }
    return a.intersection(b)
}

/// Applies a step to pairs; each shape gets its own tight loop.
@inline(__always)
func zipOperands<A, B, Result>(_ left: Operand<A>, _ right: Operand<B>, count: Int, _ step: (A, B) -> Result) -> [Result] {
    var result: [Result] = []
    result.reserveCapacity(count)
    switch (left, right) {
    case (.array(let a), .array(let b)):
        let x = a.span
        let y = b.span
        for row in 0..<count { result.append(step(x[row], y[row])) }
    case (.array(let a), .constant(let b)):
        let x = a.span
        for row in 0..<count { result.append(step(x[row], b)) }
    case (.constant(let a), .array(let b)):
        let y = b.span
        for row in 0..<count { result.append(step(a, y[row])) }
    case (.constant(let a), .constant(let b)):
        for _ in 0..<count { result.append(step(a, b)) }
    }
    return result
}
