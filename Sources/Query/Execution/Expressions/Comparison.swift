import Columnar
import Plans

/// The six comparisons. Both sides have one type; numerics may differ in scale.
enum Comparison {
    /// nil for shapes that need the row-wise path.
    static func apply(_ function: ScalarFunction, _ left: Vector, _ right: Vector) -> Vector? {
        assert(left.count == right.count, "both sides of the same rows")
        let count = left.count
        if left.isAllNull || right.isAllNull { return .nulls(.boolean, count: count) }
        if case .text(let codes, let dictionary) = left.storage, case .constant(.text(let text)) = right.storage {
            return equality(function, left, text) ?? texts(function, codes, dictionary, left.validity, text)
        }
        if case .text(let codes, let dictionary) = right.storage, case .constant(.text(let text)) = left.storage {
            return equality(function, right, text) ?? texts(mirrored(function), codes, dictionary, right.validity, text)
        }
        let validity = jointValidity(left, right)
        let values: [Bool]
        if left.type.scale == right.type.scale, let a = left.integers, let b = right.integers {
            values = compare(function, a, b, count)
        } else if let a = left.doubles, let b = right.doubles {
            values = compareDoubles(function, a, b, count)
        } else if left.type.scale == right.type.scale, let a = left.mantissas, let b = right.mantissas {
            values = compare(function, a, b, count)
        } else if let a = left.lengths, let b = right.lengths {
            values = compare(function, a, b, count)
        } else if case .constant(.numeric(let mantissa, let scale)) = right.storage, left.type.isNumeric,
            let a = left.integers,
            let exact = Decimal128.rescale(mantissa, from: scale, to: left.type.scale),
            Decimal128.rescale(exact, from: left.type.scale, to: scale) == mantissa,
            let constant = Int64(exactly: exact)
        {
            values = compare(function, a, .constant(constant), count)
        } else {
            return nil
        }
        var result = values
        TextMapping.clearNulls(&result, validity)
        return Vector(type: .boolean, count: count, storage: .boolean(result), validity: validity)
    }

    static func mirrored(_ function: ScalarFunction) -> ScalarFunction {
        switch function {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: function
        }
    }

    private static func compare<Value: Comparable>(
        _ function: ScalarFunction, _ a: Operand<Value>, _ b: Operand<Value>, _ count: Int
    ) -> [Bool] {
        switch function {
        case .equal: zipTruths(a, b, count: count) { $0 == $1 }
        case .notEqual: zipTruths(a, b, count: count) { $0 != $1 }
        case .less: zipTruths(a, b, count: count) { $0 < $1 }
        case .lessOrEqual: zipTruths(a, b, count: count) { $0 <= $1 }
        case .greater: zipTruths(a, b, count: count) { $0 > $1 }
        default: zipTruths(a, b, count: count) { $0 >= $1 }
        }
    }

    /// PostgreSQL orders NaN above everything and equal to itself.
    private static func compareDoubles(
        _ function: ScalarFunction, _ a: Operand<Double>, _ b: Operand<Double>, _ count: Int
    ) -> [Bool] {
        switch function {
        case .equal: zipTruths(a, b, count: count) { $0 == $1 || ($0.isNaN && $1.isNaN) }
        case .notEqual: zipTruths(a, b, count: count) { !($0 == $1 || ($0.isNaN && $1.isNaN)) }
        case .less: zipTruths(a, b, count: count) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
        case .lessOrEqual: zipTruths(a, b, count: count) { $0 <= $1 || $1.isNaN }
        case .greater: zipTruths(a, b, count: count) { $0 > $1 || ($0.isNaN && !$1.isNaN) }
        default: zipTruths(a, b, count: count) { $0 >= $1 || $0.isNaN }
        }
    }

    /// nil for the other comparisons.
    private static func equality(_ function: ScalarFunction, _ value: Vector, _ text: String) -> Vector? {
        guard function == .equal || function == .notEqual, var rows = value.rows(ofText: Array(text.utf8)) else {
            return nil
        }
        if function == .notEqual { for row in rows.indices { rows[row].toggle() } }
        TextMapping.clearNulls(&rows, value.validity)
        return Vector(type: .boolean, count: value.count, storage: .boolean(rows), validity: value.validity)
    }

    private static func texts(
        _ function: ScalarFunction, _ codes: [UInt32], _ dictionary: TextDictionary, _ validity: Validity?,
        _ text: String
    ) -> Vector {
        assert(function != .equal && function != .notEqual, "these are found by code")
        let wanted = Array(text.utf8)
        return TextMapping.test(codes, dictionary, validity: validity) { entry in
            switch function {
            case .less: return entry.lexicographicallyPrecedes(wanted)
            case .lessOrEqual: return !wanted.lexicographicallyPrecedes(entry)
            case .greater: return wanted.lexicographicallyPrecedes(entry)
            default: return !entry.lexicographicallyPrecedes(wanted)
            }
        }
    }
}

extension Vector {
    /// The lengths by which intervals are compared; nil for other values.
    fileprivate var lengths: Operand<Int128>? {
        switch storage {
        case .interval(let values): .array(values.map { IntervalMath.comparable($0) })
        case .constant(.interval(let value)): .constant(IntervalMath.comparable(value))
        default: nil
        }
    }
}
