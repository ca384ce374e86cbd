/// Single values of a vector: for literals, results and the rare shapes. Hot loops work on the storage instead.
extension Vector {
    /// Whether the row has no value.
    package func isNull(_ row: Int) -> Bool {
        if case .constant(let value) = storage { return value.isNull }
        if case .scalars(let values) = storage, values[row].isNull { return true }
        guard let validity else { return false }
        return !validity[row]
    }

    /// Whether nothing but the type says that it is null throughout, as of a column that a piece of a table lacks.
    package var isAbsent: Bool { if case .constant(.null) = storage { true } else { false } }

    /// True when no row can be null, decided without looking at rows.
    package var hasNoNulls: Bool {
        switch storage {
        case .constant(let value): !value.isNull
        case .scalars(let values): validity == nil && !values.contains(.null)
        default: validity == nil
        }
    }

    /// The value of one row.
    package func scalar(at row: Int) -> Scalar {
        if case .constant(let value) = storage { return value }
        if let validity, !validity[row] { return .null }
        switch storage {
        case .int64(let values): return Scalar(integer: values[row], type: type)
        case .int128(let values): return .numeric(values[row], scale: type.scale)
        case .double(let values): return .double(values[row])
        case .boolean(let values): return .boolean(values[row])
        case .text(let codes, let dictionary):
            guard dictionary.count > 0 else { return .null }
            let text = dictionary[Int(codes[row])]
            return type == .json ? .json(text) : .text(text)
        case .interval(let values): return .interval(values[row])
        case .scalars(let values): return values[row]
        case .constant(let value): return value
        }
    }
}

extension ColumnType {
    /// The scale of a numeric; 0 for every other type.
    package var scale: Int {
        if case .numeric(let scale) = self { scale } else { 0 }
    }

    /// Whether values are exact decimals.
    package var isNumeric: Bool {
        if case .numeric = self { true } else { false }
    }
}

extension Scalar {
    /// A value as it lies in 64-bit storage, given back its type.
    package init(integer value: Int64, type: ColumnType) {
        switch type {
        case .timestamptz: self = .timestamptz(value)
        case .timestamp: self = .timestamp(value)
        case .date: self = .date(value)
        case .numeric(let scale): self = .numeric(Int128(value), scale: scale)
        default: self = .integer(value)
        }
    }
}
