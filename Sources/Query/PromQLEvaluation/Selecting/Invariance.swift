import Bytes
import PromQLText

/// Which expressions have the same value at all times of a question, since `@` says when.
enum Invariance {
    /// Whether a vector says the same at every step and is worth to be computed once.
    static func isFixed(_ expression: Expression) -> Bool {
        switch expression {
        case .number, .string: true
        case .selector(let node): node.time.anchor != nil
        case .range(let node): node.selector.time.anchor != nil
        case .subquery(let node): node.time.anchor != nil
        case .parentheses(let node): isFixed(node.inner)
        case .unary(let node): isFixed(node.operand)
        case .binary(let node): isFixed(node.left) && isFixed(node.right)
        case .call(let node): !moving.contains(node.function.name) && node.arguments.allSatisfy(isFixed)
        case .aggregation(let node): isFixed(node.expression) && (node.parameter.map(isFixed) ?? true)
        }
    }

    /// Functions that look at the time of the evaluation, or at that of samples.
    private static let moving: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year",
        "predict_linear", "time", "timestamp",
    ]
}

extension Expression {
    /// Without parentheses around it.
    var inner: Expression {
        var expression = self
        while case .parentheses(let node) = expression { expression = node.inner }
        return expression
    }

    /// What its value is.
    var type: PromQLType {
        switch inner {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregation: .vector
        case .range, .subquery: .matrix
        case .parentheses(let node): node.inner.type
        case .unary(let node): node.operand.type
        case .binary(let node): node.left.type == .scalar && node.right.type == .scalar ? .scalar : .vector
        case .call(let node): node.function.result
        }
    }

    /// The text of a literal.
    var text: ByteText {
        if case .string(let literal) = inner { return literal.value }
        return ByteText([])
    }
}
