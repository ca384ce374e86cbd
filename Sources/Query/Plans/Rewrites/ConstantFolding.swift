package import Columnar

/// Replaces expressions of constants by their value, and conditions that constants decide by what is left of them.
///
/// `evaluate` may know more functions than the plans do: the engine hands in its own. What neither knows, or what would
/// fail, stays as it is, so that the error is raised when (and only if) a row meets it.
package struct ConstantFolding: Sendable {
    private let arithmetic: ScalarArithmetic
    private let evaluate: (@Sendable (Expression) -> Scalar?)?

    /// - Parameters:
    ///   - timeZone: name of the zone in which times without offset are meant.
    ///   - evaluate: gives the value of an expression of constants; nil for one that it does not know or that fails.
    package init(timeZone: String, evaluate: (@Sendable (Expression) -> Scalar?)? = nil) {
        arithmetic = ScalarArithmetic(timeZone: timeZone)
        self.evaluate = evaluate
    }

    /// The plan with every expression folded; filters that are always true disappear.
    func fold(_ plan: Plan, within options: QueryOptions) -> Plan {
        plan.rewriteUp { node in
            if options.isOver { return node }
            let folded = node.mapExpressions { fold($0) }
            if case .filter(let input, let condition) = folded, condition.constant == .boolean(true) { return input }
            return folded
        }
    }

    /// The expression folded. O(size).
    package func fold(_ expression: Expression) -> Expression {
        let folded = expression.mapChildren { fold($0) }
        switch folded {
        case .column, .literal, .scalarSubquery, .placeholder:
            return folded
        case .call(.and, let arguments, _):
            return foldLogic(arguments, function: .and, deciding: false)
        case .call(.or, let arguments, _):
            return foldLogic(arguments, function: .or, deciding: true)
        case .call(.not, let arguments, _):
            if let opposite = opposite(of: arguments[0]) { return opposite }
            if let value = arguments[0].constant, let flag = arithmetic.evaluate(.not, [value], .boolean) {
                return .literal(flag, .boolean)
            }
        case .call(let function, let arguments, let type):
            let constants = arguments.compactMap(\.constant)
            guard constants.count == arguments.count else { return folded }
            if let value = arithmetic.evaluate(function, constants, type) { return .literal(value, type) }
        case .cast(let inner, let type):
            if inner.type == type { return inner }
            guard let constant = inner.constant else { return folded }
            if let value = arithmetic.cast(constant, to: type) { return .literal(value, type) }
        case .oneOf(let inner, let constants):
            guard let value = inner.constant, let isMember = membership(of: value, in: constants) else { return folded }
            return .literal(isMember, .boolean)
        case .conditional(let branches, let otherwise, let type):
            return foldBranches(branches, otherwise, type)
        }
        if let evaluate, folded.children.allSatisfy({ $0.constant != nil }), let value = evaluate(folded) {
            return .literal(value, folded.type)
        }
        return folded
    }

    private func foldLogic(_ arguments: [Expression], function: ScalarFunction, deciding: Bool) -> Expression {
        var left: [Expression] = []
        for argument in arguments {
            if argument.constant == .boolean(deciding) {
                // What comes behind it is never looked at, and of what stands before it only that which fails whatever
                // the rows are: left to right, as PostgreSQL computes constants.
                let failing = left.filter(\.isOfConstants)
                return failing.isEmpty ? argument : .call(function, failing + [argument], .boolean)
            }
            if argument.constant == .boolean(!deciding) { continue }
            if case .call(function, let nested, _) = argument { left += nested } else { left.append(argument) }
        }
        if left.isEmpty { return .literal(.boolean(!deciding), .boolean) }
        return left.count == 1 ? left[0] : .call(function, left, .boolean)
    }

    /// The condition that is true where this one is false, and NULL where it is NULL; nil when no single function says
    /// it.
    private func opposite(of condition: Expression) -> Expression? {
        guard case .call(let function, let arguments, _) = condition else { return nil }
        switch function {
        case .not: return arguments[0]
        // Parts of a filter that all must hold are decided one by one, each for what the ones before left over.
        case .and: return foldLogic(arguments.map(negated), function: .or, deciding: true)
        case .or: return foldLogic(arguments.map(negated), function: .and, deciding: false)
        default: break
        }
        return function.opposite.map { .call($0, arguments, .boolean) }
    }

    private func negated(_ condition: Expression) -> Expression {
        if let opposite = opposite(of: condition) { return opposite }
        if let value = condition.constant, let flag = arithmetic.evaluate(.not, [value], .boolean) {
            return .literal(flag, .boolean)
        }
        return .call(.not, [condition], .boolean)
    }

    /// True when one equals, else NULL when the value or a constant is, else false; nil when that takes more than plain
    /// comparing.
    private func membership(of value: Scalar, in constants: [Scalar]) -> Scalar? {
        if value.isNull { return .null }
        var hasNull = false
        for constant in constants {
            if constant.isNull {
                hasNull = true
            } else {
                guard let order = arithmetic.compare(value, constant) else { return nil }
                if order == 0 { return .boolean(true) }
            }
        }
        return hasNull ? .null : .boolean(false)
    }

    private func foldBranches(_ branches: [ConditionalBranch], _ otherwise: Expression?, _ type: ColumnType)
        -> Expression
    {
        var left: [ConditionalBranch] = []
        for branch in branches {
            guard let condition = branch.condition.constant else {
                left.append(branch)
                continue
            }
            if condition == .boolean(true) {
                return left.isEmpty ? branch.value : .conditional(left, otherwise: branch.value, type)
            }
        }
        if left.isEmpty { return otherwise ?? .literal(.null, type) }
        return .conditional(left, otherwise: otherwise, type)
    }
}

extension ScalarFunction {
    /// The test that holds exactly where this one fails. Doubles are ordered totally (NaN is greatest), so comparisons
    /// have one.
    var opposite: ScalarFunction? {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .isNull: .isNotNull
        case .isNotNull: .isNull
        case .isTrue: .isNotTrue
        case .isNotTrue: .isTrue
        case .isFalse: .isNotFalse
        case .isNotFalse: .isFalse
        case .isDistinctFrom: .isNotDistinctFrom
        case .isNotDistinctFrom: .isDistinctFrom
        default: nil
        }
    }
}
