import Columnar
import Plans

/// Arithmetic by type, as PostgreSQL's operator table has it.
extension Binder {
    func applyPrefix(_ name: String, _ value: Bound, at position: Int?) throws(QueryError) -> Bound {
        let operand =
            value.isUnknown ? Bound(try coercion.convert(value, to: .double), position: value.position) : value
        switch (name, operand.type) {
        case ("+", let type) where type.isNumber: return operand
        case ("-", let type) where type.isNumber || type == .interval:
            var result = call(.negate, [operand.expression], type, at: position)
            result.isNumericElsewhere = operand.isNumericElsewhere
            return result
        case ("@", let type) where type.isNumber: return call(.absolute, [operand.expression], type, at: position)
        case ("|/", let type) where type.isNumber:
            return call(.squareRoot, [try coercion.convert(operand, to: .double)], .double, at: position)
        default: throw operatorMissing(name, nil, value, at: position)
        }
    }

    func arithmetic(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError) -> Bound {
        let (a, b) = try withKnownTypes(name, left, right, at: position)
        if a.type.isNumber && b.type.isNumber { return try numberArithmetic(name, a, b, at: position) }
        switch (name, a.type, b.type) {
        case ("+", .interval, .interval), ("-", .interval, .interval):
            return call(name == "+" ? .add : .subtract, [a.expression, b.expression], .interval, at: position)
        case ("+", .interval, let time) where time.isTime: return try arithmetic(name, b, a, at: position)
        case ("+", .integer, .date): return call(.add, [b.expression, a.expression], .date, at: position)
        case ("+", .date, .integer), ("-", .date, .integer):
            return call(name == "+" ? .add : .subtract, [a.expression, b.expression], .date, at: position)
        case ("-", .date, .date): return call(.subtract, [a.expression, b.expression], .integer, at: position)
        case ("+", let time, .interval) where time.isTime, ("-", let time, .interval) where time.isTime:
            let type: ColumnType = time == .date ? .timestamp : time
            return call(
                name == "+" ? .add : .subtract, [try coercion.convert(a, to: type), b.expression], type, at: position)
        case ("-", let from, let to) where from.isTime && to.isTime:
            guard let common = Coercion.common([from, to]) else { break }
            return call(
                .subtract, [try coercion.convert(a, to: common), try coercion.convert(b, to: common)], .interval,
                at: position)
        case ("*", .interval, let number) where number.isNumber, ("/", .interval, let number) where number.isNumber:
            let factor = try coercion.convert(b, to: .double)
            return call(name == "*" ? .multiply : .divide, [a.expression, factor], .interval, at: position)
        case ("*", let number, .interval) where number.isNumber:
            return try arithmetic(name, b, a, at: position)
        default: break
        }
        throw operatorMissing(name, left, right, at: position)
    }

    /// Literals in quotes take the type that the other side suggests.
    private func withKnownTypes(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError)
        -> (Bound, Bound)
    {
        guard left.isUnknown || right.isUnknown else { return (left, right) }
        if left.isUnknown && right.isUnknown {
            throw QueryError(
                .ambiguousOperator, "operator is not unique: unknown \(name) unknown",
                hint: "Cast one side.", position: position)
        }
        let known = left.isUnknown ? right : left
        // Days, a clock reading and an interval may all be added to a date.
        if name == "+", known.type == .date {
            let shown = left.isUnknown ? "unknown + date" : "date + unknown"
            throw QueryError(
                .ambiguousOperator, "operator is not unique: \(shown)", hint: "Cast one side.", position: position)
        }
        let type: ColumnType =
            switch (name, known.type) {
            case ("+", let time) where time.isTime: .interval
            case ("*", .interval), ("/", .interval): .double
            default: known.type
            }
        let open = try coercion.numbered(left.isUnknown ? left : right, beside: type)
        let converted = open.isUnknown ? try coercion.convert(open, to: type) : open.expression
        let other = Bound(converted, position: (left.isUnknown ? left : right).position)
        return left.isUnknown ? (other, right) : (left, other)
    }

    private func numberArithmetic(_ name: String, _ left: Bound, _ right: Bound, at position: Int?) throws(QueryError)
        -> Bound
    {
        let function: ScalarFunction =
            switch name {
            case "+": .add
            case "-": .subtract
            case "*": .multiply
            case "/": .divide
            case "%": .modulo
            default: .power
            }
        if left.type == .double || right.type == .double || function == .power {
            if function == .modulo { throw operatorMissing(name, left, right, at: position) }
            var result = call(
                function, [try coercion.convert(left, to: .double), try coercion.convert(right, to: .double)], .double,
                at: position)
            result.isNumericElsewhere = Bound.makesNumericElsewhere([left, right])
            return result
        }
        if left.type == .integer && right.type == .integer {
            return call(function, [left.expression, right.expression], .integer, at: position)
        }
        let a = try asDecimal(left)
        let b = try asDecimal(right)
        guard case .numeric(let x) = a.type, case .numeric(let y) = b.type else {
            throw operatorMissing(name, left, right, at: position)
        }
        var result = call(function, [a, b], .numeric(scale: NumericScale.of(function, x, y)), at: position)
        // A constant has the places of its value, so that what is computed with it has them, too.
        if case .literal(.numeric(let mantissa, let own), let type) = result.expression, own > type.scale {
            result.expression = .literal(.numeric(mantissa, scale: own), .numeric(scale: own))
        }
        return result
    }

    private func asDecimal(_ value: Bound) throws(QueryError) -> Expression {
        value.type == .integer ? try coercion.convert(value, to: .numeric(scale: 0)) : value.expression
    }
}

/// Scales of numeric results. PostgreSQL keeps a scale with every value; here a column has one, chosen so that sixteen
/// significant digits of a small share or price survive and 128 bits still hold the whole.
enum NumericScale {
    /// Digits after the point of quotients and averages of whole numbers.
    static let ofQuotient = 16
    /// The same where money or other decimals are divided: a tenth of a cent keeps 16 significant digits.
    static let ofDecimalQuotient = 20
    /// The most of a column of products whose factors have no more. Each product keeps every digit that it has, beyond
    /// it as well; the scale says how many the others have that meet it.
    static let ofProductMax = 24

    static func of(_ function: ScalarFunction, _ left: Int, _ right: Int) -> Int {
        switch function {
        case .multiply: min(left + right, max(ofProductMax, left, right))
        case .divide: max(left > 0 ? ofDecimalQuotient : ofQuotient, left, right)
        default: max(left, right)
        }
    }

    /// The scale of `avg`.
    static func ofAverage(_ scale: Int) -> Int { scale == 0 ? ofQuotient : max(ofDecimalQuotient, scale) }
}
