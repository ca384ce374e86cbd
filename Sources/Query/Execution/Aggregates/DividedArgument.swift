import Columnar
import Plans

/// Sums and averages of decimals that are all divided by one power of ten, such as durations in seconds.
extension AggregateCall {
    /// What is divided, where values are added up that are quotients by a power of ten; nil for other calls.
    var dividend: Expression? { quotient?.dividend }

    /// The same with the power.
    var quotient: (dividend: Expression, divisor: Scalar)? {
        guard function == .sum || function == .average, !isDistinct, arguments.count == 1,
            case .call(.divide, let sides, .numeric) = arguments[0], sides.count == 2,
            case .literal(let divisor, _) = sides[1], divisor.isPowerOfTen
        else { return nil }
        switch sides[0].type {
        case .integer, .numeric: return (sides[0], divisor)
        default: return nil
        }
    }
}

extension Scalar {
    fileprivate var isPowerOfTen: Bool {
        let mantissa: Int128
        switch self {
        case .integer(let number): mantissa = Int128(number)
        case .numeric(let own, _): mantissa = own
        default: return false
        }
        return (0...Decimal128.scaleMax).contains { Decimal128.power($0) == mantissa }
    }
}
