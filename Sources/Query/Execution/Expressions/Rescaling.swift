import Columnar
import Plans

/// Brings numeric vectors to another scale; integers count as scale 0.
enum Rescaling {
    /// - Throws: `.numberOutOfRange` when a value needs more than 38 digits.
    static func rescale(_ value: Vector, to target: Int) throws -> Vector {
        assert(target >= 0, "a number of decimals")
        let scale = value.type.scale
        let type = ColumnType.numeric(scale: target)
        if case .constant(let constant) = value.storage {
            if constant.isNull { return value.typed(type) }
            return .constant(try rescale(constant, to: target), type: type, count: value.count)
        }
        if case .scalars(let values) = value.storage {
            return Vector(type: type, scalars: try values.map { try rescale($0, to: target) })
        }
        if scale == target { return value.typed(type) }
        if case .int64(let values) = value.storage, target > scale, let factor = Decimal128.power(target - scale),
            let narrow = Int64(exactly: factor)
        {
            var overflowed = false
            let scaled = values.map { value -> Int64 in
                let (product, overflow) = value.multipliedReportingOverflow(by: narrow)
                overflowed = overflowed || overflow
                return product
            }
            if !overflowed { return value.replacing(.int64(scaled), type: type) }
        }
        guard case .array(let wide)? = value.mantissas else { throw QueryError.outOfRange(type) }
        let scaled = try wide.map { mantissa -> Int128 in
            guard let scaled = Decimal128.rescale(mantissa, from: scale, to: target) else { throw overflow }
            return scaled
        }
        return value.replacing(.int128(scaled), type: type).narrowed()
    }

    static let overflow = QueryError(
        .numberOutOfRange, "value overflows numeric format", hint: "values have at most 38 digits")

    private static func rescale(_ value: Scalar, to target: Int) throws -> Scalar {
        switch value {
        case .integer(let number):
            guard let scaled = Decimal128.rescale(Int128(number), from: 0, to: target) else { throw overflow }
            return .numeric(scaled, scale: target)
        case .numeric(let mantissa, let scale):
            guard let scaled = Decimal128.rescale(mantissa, from: scale, to: target) else { throw overflow }
            return .numeric(scaled, scale: target)
        default: return value
        }
    }
}
