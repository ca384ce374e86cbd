/// One side of a two-sided kernel: a constant or an array, decided once a chunk.
package enum Operand<Value: Sendable>: Sendable {
    case constant(Value)
    case array([Value])

    /// The value of the first row; nil of none.
    package var first: Value? {
        switch self {
        case .constant(let value): value
        case .array(let values): values.first
        }
    }
}

extension Vector {
    /// 64-bit values, as they lie in storage; nil for other storage or a null constant.
    package var integers: Operand<Int64>? {
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
    package var mantissas: Operand<Int128>? {
        switch storage {
        case .int64(let values): .array(values.map { Int128($0) })
        case .int128(let values): .array(values)
        case .constant(.numeric(let value, let scale)) where scale == type.scale: .constant(value)
        case .constant(.integer(let value)): .constant(Int128(value))
        default: nil
        }
    }

    /// Doubles; nil for other storage.
    package var doubles: Operand<Double>? {
        switch storage {
        case .double(let values): .array(values)
        case .constant(.double(let value)): .constant(value)
        default: nil
        }
    }

    /// Whether every row is null.
    package var isAllNull: Bool {
        if case .constant(.null) = storage { return true }
        return type == .null
    }

    /// Nothing but nulls.
    package static func nulls(_ type: ColumnType, count: Int) -> Vector { .constant(.null, type: type, count: count) }
}

extension Vector {
    /// 128-bit values in 64 bits where all fit.
    package func narrowed() -> Vector {
        guard case .int128(let values) = storage else { return self }
        var narrow: [Int64] = []
        narrow.reserveCapacity(values.count)
        for value in values {
            guard let small = Int64(exactly: value) else { return self }
            narrow.append(small)
        }
        return replacing(.int64(narrow))
    }
}
