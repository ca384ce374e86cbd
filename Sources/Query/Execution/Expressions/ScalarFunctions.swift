import Columnar
import Plans

/// Functions of single values: constants, dictionary entries, and shapes too rare for a kernel.
struct ScalarFunctions {
    let context: QueryContext
    let work: TextBudget.Count

    /// - Throws: what PostgreSQL refuses of the arguments.
    func apply(_ function: ScalarFunction, _ arguments: [Scalar], type: ColumnType) throws -> Scalar {
        if let result = try nullAware(function, arguments) { return result }
        if arguments.contains(where: \.isNull) { return .null }
        switch function {
        case .equal: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) == 0)
        case .notEqual: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) != 0)
        case .less: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) < 0)
        case .lessOrEqual: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) <= 0)
        case .greater: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) > 0)
        case .greaterOrEqual: return .boolean(ScalarOrder.compare(arguments[0], arguments[1]) >= 0)
        case .add, .subtract, .multiply, .divide, .modulo, .power, .negate, .absolute, .round, .ceiling, .floor,
            .truncate, .sign,
            .squareRoot, .exponential, .naturalLogarithm, .logarithm:
            return try number(function, arguments, type: type)
        case .dateTrunc, .dateBin, .extract, .atTimeZone, .toTimestamp, .makeInterval, .toChar, .age:
            return try time(function, arguments, type: type)
        case .checkedInteger, .checkedNumeric: return try CastLimits.checked(function, arguments)
        case .numericOf: return try CastLimits.numeric(of: arguments[0], scale: type.scale)
        case .jsonText: return try JSONField.text(arguments[0], arguments[1], look: work.spend)
        case .jsonField: return try JSONField.field(arguments[0], arguments[1], look: work.spend)
        case .arrayElement: return element(arguments[0], arguments[1])
        case .arrayLength:
            guard case .array(let values) = arguments[0] else { return .null }
            return .integer(Int64(values.count))
        case .userToken:
            guard case .text(let user) = arguments[0] else { return .null }
            return .text(context.catalog.userToken(user))
        default: return try text(function, arguments)
        }
    }

    private func element(_ array: Scalar, _ index: Scalar) -> Scalar {
        guard case .array(let values) = array, case .integer(let position) = index, position >= 1,
            position <= Int64(values.count)
        else { return .null }
        return values[Int(position) - 1]
    }

    /// Functions that answer something for null arguments; nil for the others.
    private func nullAware(_ function: ScalarFunction, _ arguments: [Scalar]) throws -> Scalar? {
        switch function {
        case .and, .or:
            let decisive = Scalar.boolean(function == .or)
            if arguments.contains(decisive) { return decisive }
            return arguments.contains(where: \.isNull) ? .null : .boolean(function == .and)
        case .not:
            guard case .boolean(let value) = arguments[0] else { return .null }
            return .boolean(!value)
        case .isNull: return .boolean(arguments[0].isNull)
        case .isNotNull: return .boolean(!arguments[0].isNull)
        case .isTrue: return .boolean(arguments[0] == .boolean(true))
        case .isFalse: return .boolean(arguments[0] == .boolean(false))
        case .isNotTrue: return .boolean(arguments[0] != .boolean(true))
        case .isNotFalse: return .boolean(arguments[0] != .boolean(false))
        case .isDistinctFrom: return .boolean(!isSame(arguments[0], arguments[1]))
        case .isNotDistinctFrom: return .boolean(isSame(arguments[0], arguments[1]))
        case .coalesce: return arguments.first { !$0.isNull } ?? .null
        case .nullIf: return !arguments[0].isNull && isSame(arguments[0], arguments[1]) ? .null : arguments[0]
        case .greatest, .least:
            let wanted = function == .greatest ? 1 : -1
            var best = Scalar.null
            for value in arguments where !value.isNull {
                if best.isNull || ScalarOrder.compare(value, best) * wanted > 0 { best = value }
            }
            return best
        case .concat:
            return .text(
                try TextEdits(work: work).join(
                    arguments.filter { !$0.isNull }.map { ScalarText.text($0, zone: context.zone) }))
        case .makeArray: return .array(arguments)
        default: return nil
        }
    }

    private func isSame(_ left: Scalar, _ right: Scalar) -> Bool {
        if left.isNull || right.isNull { return left.isNull && right.isNull }
        return ScalarOrder.compare(left, right) == 0
    }
}
