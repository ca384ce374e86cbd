import Columnar
import Plans

/// Questions about expressions that do not evaluate them.
enum Expressions {
    /// Input columns an expression reads, added to `columns`.
    static func collectColumns(_ expression: Expression, into columns: inout Set<Int>) {
        switch expression {
        case .column(let index, _): columns.insert(index)
        case .literal, .scalarSubquery: break
        case .call(_, let arguments, _): for argument in arguments { collectColumns(argument, into: &columns) }
        case .cast(let operand, _), .oneOf(let operand, _): collectColumns(operand, into: &columns)
        case .conditional(let branches, let otherwise, _):
            for branch in branches {
                collectColumns(branch.condition, into: &columns)
                collectColumns(branch.value, into: &columns)
            }
            if let otherwise { collectColumns(otherwise, into: &columns) }
        }
    }

    static func columns(_ expression: Expression) -> [Int] {
        var result: Set<Int> = []
        collectColumns(expression, into: &result)
        return result.sorted()
    }

    /// The same expression over renumbered or replaced columns.
    static func replaceColumns(_ expression: Expression, _ replacement: (Int, ColumnType) -> Expression) -> Expression {
        switch expression {
        case .column(let index, let type): return replacement(index, type)
        case .literal, .scalarSubquery: return expression
        case .call(let function, let arguments, let type):
            return .call(function, arguments.map { replaceColumns($0, replacement) }, type)
        case .cast(let operand, let type): return .cast(replaceColumns(operand, replacement), type)
        case .oneOf(let operand, let values): return .oneOf(replaceColumns(operand, replacement), values)
        case .conditional(let branches, let otherwise, let type):
            return .conditional(
                branches.map {
                    ConditionalBranch(
                        condition: replaceColumns($0.condition, replacement), value: replaceColumns($0.value, replacement))
                },
                otherwise: otherwise.map { replaceColumns($0, replacement) }, type)
        }
    }

    /// Conditions all of which must hold.
    static func conjuncts(_ expression: Expression) -> [Expression] {
        if case .call(.and, let arguments, _) = expression { return arguments.flatMap(conjuncts) }
        return [expression]
    }

    /// Whether evaluating may throw: divisions, casts that parse, arithmetic that overflows.
    static func mayFail(_ expression: Expression) -> Bool {
        switch expression {
        case .column, .literal: return false
        case .scalarSubquery: return true
        case .oneOf(let operand, _): return mayFail(operand)
        case .cast: return true
        case .conditional(let branches, let otherwise, _):
            return branches.contains { mayFail($0.condition) || mayFail($0.value) } || otherwise.map(mayFail) ?? false
        case .call(let function, let arguments, _):
            switch function {
            case .and, .or, .not, .isNull, .isNotNull, .isDistinctFrom, .isNotDistinctFrom, .isTrue, .isFalse, .isNotTrue,
                .isNotFalse, .coalesce, .nullIf, .greatest, .least, .equal, .notEqual, .less, .lessOrEqual, .greater,
                .greaterOrEqual, .lower, .upper, .length, .octetLength, .startsWith:
                return arguments.contains(where: mayFail)
            default: return true
            }
        }
    }
}
