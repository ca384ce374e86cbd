import Columnar
import Plans

/// Sums and averages of decimals that are all divided by one power of ten, such as durations in seconds.
extension AggregateCall {
    /// What is divided, where values are added up that are quotients by a power of ten and have no other digits; nil
    /// for other calls.
    var dividend: Expression? { quotient?.dividend }

    /// The same with the power. There is a state for each of them (``AggregateStates``): whoever asks headers of what
    /// is divided would otherwise add that up as if it were the quotients.
    var quotient: (dividend: Expression, divisor: Scalar)? {
        guard function == .sum || function == .average, !isDistinct, arguments.count == 1,
            case .call(.divide, let sides, .numeric) = arguments[0], sides.count == 2,
            case .literal(let divisor, _) = sides[1], let places = divisor.placesMoved
        else { return nil }
        switch sides[0].type {
        case .integer, .numeric:
            return (0...Decimal128.scaleMax).contains(sides[0].type.scale + places) ? (sides[0], divisor) : nil
        default: return nil
        }
    }
}

extension Scalar {
    /// By how many places the digits of what a power of ten divides move to the right, fewer than none where it is
    /// below one; nil for other numbers.
    fileprivate var placesMoved: Int? {
        let (mantissa, places): (Int128, Int)
        switch self {
        case .integer(let number): (mantissa, places) = (Int128(number), 0)
        case .numeric(let own, let scale): (mantissa, places) = (own, scale)
        default: return nil
        }
        return (0...Decimal128.scaleMax).first { Decimal128.power($0) == mantissa }.map { $0 - places }
    }
}
