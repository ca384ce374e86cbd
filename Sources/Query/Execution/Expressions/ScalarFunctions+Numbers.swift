import Columnar
import Foundation
import Plans

extension ScalarFunctions {
    /// Arithmetic and mathematics of single values.
    func number(_ function: ScalarFunction, _ arguments: [Scalar], type: ColumnType) throws -> Scalar {
        switch (arguments[0], arguments.count > 1 ? arguments[1] : .null) {
        case (.integer(let a), .integer(let b)) where type != .double && !type.isNumeric:
            return try integers(function, a, b)
        case (.integer(let a), .null) where type == .integer: return try integer(function, a)
        case (.double(let a), .double(let b)): return .double(try doubles(function, a, b))
        case (.double(let a), .null): return .double(try double(function, a))
        case (.interval, _), (_, .interval), (.timestamptz, _), (.timestamp, _), (.date, _), (_, .date):
            return try intervals(function, arguments, type: type)
        default: break
        }
        let decimals = arguments.map { value -> (Int128, Int)? in
            switch value {
            case .integer(let number): (Int128(number), 0)
            case .numeric(let mantissa, let scale): (mantissa, scale)
            default: nil
            }
        }
        guard let left = decimals[0] else { throw QueryError.unsupported("\(function.rawValue) of these types") }
        if function == .round || function == .truncate {
            let places = decimals.count > 1 ? Int(clamping: decimals[1]?.0 ?? 0) : 0
            return try adjusted(rounded(left, places: places, isTruncating: function == .truncate), type)
        }
        guard decimals.count > 1, let right = decimals[1] else {
            return try adjusted(decimal(function, left, type: type), type)
        }
        return try adjusted(decimals2(function, left, right), type)
    }

    /// Sums and products have the scale the plan names; quotients and logarithms keep their own.
    private func adjusted(_ value: Scalar, _ type: ColumnType) throws -> Scalar {
        guard case .numeric(let mantissa, let scale) = value else { return value }
        if type == .double { return .double(Decimal128.toDouble(mantissa, scale: scale)) }
        guard case .integer = type else { return value }
        guard let whole = Decimal128.rescale(mantissa, from: scale, to: 0), let exact = Int64(exactly: whole) else {
            throw QueryError.outOfRange(.integer)
        }
        return .integer(exact)
    }

    private func integers(_ function: ScalarFunction, _ a: Int64, _ b: Int64) throws -> Scalar {
        let result: (Int64, Bool)
        switch function {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { throw QueryError.divisionByZero }
            result = a.dividedReportingOverflow(by: b)
        case .modulo:
            if b == 0 { throw QueryError.divisionByZero }
            result = (b == -1 ? 0 : a % b, false)
        case .round, .truncate:
            guard
                case .numeric(let mantissa, _) = try rounded(
                    (Int128(a), 0), places: Int(clamping: b), isTruncating: function == .truncate),
                let exact = Int64(exactly: mantissa)
            else { throw QueryError.outOfRange(.integer) }
            result = (exact, false)
        case .power: return .double(try doubles(.power, Double(a), Double(b)))
        default: throw QueryError.unsupported(function.rawValue)
        }
        if result.1 { throw QueryError.outOfRange(.integer) }
        return .integer(result.0)
    }

    private func integer(_ function: ScalarFunction, _ a: Int64) throws -> Scalar {
        switch function {
        case .negate:
            if a == .min { throw QueryError.outOfRange(.integer) }
            return .integer(0 - a)
        case .absolute:
            if a == .min { throw QueryError.outOfRange(.integer) }
            return .integer(abs(a))
        case .sign: return .integer(a.signum())
        default: return .integer(a)
        }
    }

    private func doubles(_ function: ScalarFunction, _ a: Double, _ b: Double) throws -> Double {
        let result: Double
        switch function {
        case .add: result = a + b
        case .subtract: result = a - b
        case .multiply: result = a * b
        case .divide:
            if b == 0 && !a.isNaN { throw QueryError.divisionByZero }
            result = a / b
        case .modulo:
            if b == 0 { throw QueryError.divisionByZero }
            result = a.truncatingRemainder(dividingBy: b)
        case .power:
            if a == 0 && b < 0 { throw QueryError(.invalidPower, "zero raised to a negative power is undefined") }
            if a < 0 && !b.isNaN && b != b.rounded() {
                throw QueryError(
                    .invalidPower, "a negative number raised to a non-integer power yields a complex result")
            }
            result = pow(a, b)
        case .logarithm:
            let (value, base) = (try double(.naturalLogarithm, b), try double(.naturalLogarithm, a))
            if base == 0 { throw QueryError.divisionByZero }
            result = value / base
        default: throw QueryError.unsupported(function.rawValue)
        }
        if result.isInfinite, a.isFinite, b.isFinite {
            throw QueryError(.numberOutOfRange, "value out of range: overflow")
        }
        return result
    }

    private func double(_ function: ScalarFunction, _ a: Double) throws -> Double {
        switch function {
        case .negate: return -a
        case .absolute: return abs(a)
        case .round: return a.rounded(.toNearestOrEven)
        case .ceiling: return a.rounded(.up)
        case .floor: return a.rounded(.down)
        case .truncate: return a.rounded(.towardZero)
        // As in PostgreSQL, what is no number has none.
        case .sign: return a > 0 ? 1 : (a < 0 ? -1 : 0)
        case .squareRoot:
            if a < 0 { throw QueryError(.invalidPower, "cannot take square root of a negative number") }
            return a.squareRoot()
        case .exponential:
            let result = exp(a)
            if result.isInfinite, a.isFinite { throw QueryError(.numberOutOfRange, "value out of range: overflow") }
            return result
        case .naturalLogarithm, .logarithm:
            if a == 0 { throw QueryError(.invalidLogarithm, "cannot take logarithm of zero") }
            if a < 0 { throw QueryError(.invalidLogarithm, "cannot take logarithm of a negative number") }
            return function == .logarithm ? log10(a) : log(a)
        default: throw QueryError.unsupported(function.rawValue)
        }
    }

    private typealias Decimal = (mantissa: Int128, scale: Int)

    private func decimals2(_ function: ScalarFunction, _ a: (Int128, Int), _ b: (Int128, Int)) throws -> Scalar {
        let scale = max(a.1, b.1)
        switch function {
        case .multiply:
            guard let product = Decimal128.product(a.0, a.1, b.0, b.1) else { throw Rescaling.overflow }
            return .numeric(product.mantissa, scale: product.scale)
        case .divide:
            if b.0 == 0 { throw QueryError.divisionByZero }
            let places = Decimal128.divisionScale(a.0, a.1, b.0, b.1)
            guard let quotient = Decimal128.divide(a.0, a.1, by: b.0, b.1, scale: places) else {
                throw Rescaling.overflow
            }
            return .numeric(quotient, scale: places)
        case .power, .logarithm:
            let result = try doubles(
                function, Decimal128.toDouble(a.0, scale: a.1), Decimal128.toDouble(b.0, scale: b.1))
            return try fromDouble(result)
        default: break
        }
        guard let x = Decimal128.rescale(a.0, from: a.1, to: scale),
            let y = Decimal128.rescale(b.0, from: b.1, to: scale)
        else {
            throw Rescaling.overflow
        }
        switch function {
        case .add, .subtract:
            let (sum, overflow) = function == .add ? x.addingReportingOverflow(y) : x.subtractingReportingOverflow(y)
            if overflow { throw Rescaling.overflow }
            return .numeric(sum, scale: scale)
        case .modulo:
            if y == 0 { throw QueryError.divisionByZero }
            return .numeric(x.remainderReportingOverflow(dividingBy: y).partialValue, scale: scale)
        default: throw QueryError.unsupported(function.rawValue)
        }
    }

    private func decimal(_ function: ScalarFunction, _ a: (Int128, Int), type: ColumnType) throws -> Scalar {
        switch function {
        case .negate, .absolute:
            if function == .absolute, a.0 >= 0 { return .numeric(a.0, scale: a.1) }
            guard let negated = Decimal128.negate(a.0) else { throw Rescaling.overflow }
            return .numeric(negated, scale: a.1)
        case .sign: return .numeric(a.0.signum(), scale: 0)
        case .ceiling, .floor:
            guard let one = Decimal128.power(a.1) else { throw Rescaling.overflow }
            let whole = a.0 / one
            let rest = a.0 % one
            let step: Int128 = function == .ceiling ? (rest > 0 ? 1 : 0) : (rest < 0 ? -1 : 0)
            return .numeric(whole + step, scale: 0)
        default: return try fromDouble(double(function, Decimal128.toDouble(a.0, scale: a.1)))
        }
    }

    /// A result computed in doubles, shown with sixteen significant digits as PostgreSQL's numeric functions do at
    /// least.
    private func fromDouble(_ value: Double) throws -> Scalar {
        guard value.isFinite else { throw Rescaling.overflow }
        let magnitude = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
        let scale = min(max(15 - magnitude, 0), 30)
        guard let mantissa = Decimal128.fromDouble(value, scale: scale) else { throw Rescaling.overflow }
        return .numeric(mantissa, scale: scale)
    }

    private func rounded(_ a: (Int128, Int), places: Int, isTruncating: Bool) throws -> Scalar {
        // Beyond 38 places either way nothing is left to round.
        let target = max(min(places, Decimal128.scaleMax), -Decimal128.scaleMax)
        func atScale(_ mantissa: Int128, _ scale: Int, _ target: Int) -> Int128? {
            if isTruncating, target < scale { return Decimal128.power(scale - target).map { mantissa / $0 } ?? 0 }
            return Decimal128.rescale(mantissa, from: scale, to: target)
        }
        if target >= 0 {
            guard let result = atScale(a.0, a.1, target) else { throw Rescaling.overflow }
            return .numeric(result, scale: target)
        }
        guard let factor = Decimal128.power(-target) else { return .numeric(0, scale: 0) }
        let whole =
            isTruncating
            ? (Decimal128.power(a.1).map { a.0 / $0 / factor } ?? 0)
            : Decimal128.rescale(a.0, from: a.1, to: target) ?? 0
        guard let result = Decimal128.multiply(whole, factor) else { throw Rescaling.overflow }
        return .numeric(result, scale: 0)
    }
}
