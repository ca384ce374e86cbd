import Columnar
import Plans

/// Sums and averages of decimals that are all divided by one number, such as durations in seconds.
extension AggregateCall {
    /// What is divided, where values are added up that are quotients by a constant; nil for other calls.
    var dividend: Expression? { quotient?.dividend }

    /// The same with the constant.
    var quotient: (dividend: Expression, divisor: Scalar)? {
        guard function == .sum || function == .average, !isDistinct, arguments.count == 1,
            case .call(.divide, let sides, .numeric) = arguments[0], sides.count == 2,
            case .literal(let divisor, _) = sides[1]
        else { return nil }
        switch sides[0].type {
        case .integer, .numeric: return (sides[0], divisor)
        default: return nil
        }
    }
}
