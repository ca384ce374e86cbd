import Foundation
import PromQLText

/// Durations that are computed from those of the question, in seconds.
struct DurationArithmetic {
    /// ms.
    let step: Int64
    /// ms.
    let range: Int64

    func value(_ expression: DurationExpression) throws(EvaluationError) -> Double {
        switch expression {
        case .literal(let literal): return literal.value
        case .word(let word, _): return Double(word == .step ? step : range) / 1000
        case .choice(let word, let left, let right, _):
            let (left, right) = (try value(left), try value(right))
            return word == .minimum ? min(left, right) : max(left, right)
        case .negated(let inner, _): return -(try value(inner))
        case .parentheses(let inner, _): return try value(inner)
        case .binary(let operation, let left, let right):
            return try Self.combined(operation, try value(left), try value(right))
        }
    }

    private static func combined(
        _ operation: DurationExpression.Operation, _ left: Double, _ right: Double
    ) throws(EvaluationError) -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            if right == 0 { throw .refused("division by zero") }
            return left / right
        case .modulo:
            if right == 0 { throw .refused("modulo by zero") }
            return fmod(left, right)
        case .power: return pow(left, right)
        }
    }
}
