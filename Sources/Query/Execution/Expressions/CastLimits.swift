import Columnar
import Plans

/// What narrow types do not hold, and what a numeric of twelve places would lose.
enum CastLimits {
    /// The value, when it is within what the plan names.
    /// - Throws: `.numberOutOfRange` for one that is not.
    static func checked(_ function: ScalarFunction, _ arguments: [Scalar]) throws -> Scalar {
        switch (function, arguments[0]) {
        case (.checkedInteger, .integer(let value)):
            guard arguments.count > 2, case (.integer(let least), .integer(let most)) = (arguments[1], arguments[2])
            else { break }
            guard value >= least, value <= most else {
                throw QueryError(.numberOutOfRange, "\(IntegerRange.name(most: most)) out of range")
            }
            return arguments[0]
        case (.checkedNumeric, .numeric(let mantissa, let scale)):
            guard arguments.count > 1, case .integer(let digits) = arguments[1] else { break }
            if let end = Decimal128.power(Int(clamping: digits)), mantissa.magnitude >= end.magnitude {
                throw QueryError(
                    .numberOutOfRange, "numeric field overflow",
                    hint: "It has more than \(digits) digits, \(scale) of them places.")
            }
            return arguments[0]
        default: break
        }
        throw QueryError.unsupported("\(function.rawValue) of these types")
    }

    /// A double or a text as a decimal of that many places.
    /// - Throws: `.numberOutOfRange` when it has more digits than 38, and for a value so small that fewer than six of
    ///   its digits would stay.
    static func numeric(of value: Scalar, scale: Int) throws -> Scalar {
        let read: ReadDecimal?
        switch value {
        case .double(let number):
            guard number.isFinite else { throw QueryError.nonFiniteNumeric() }
            read = DecimalDigits.of(number).flatMap { ReadDecimal($0.mantissa, from: $0.scale, to: scale) }
        case .text(let text), .json(let text): read = try Casting.decimal(text, scale: scale)
        default: throw QueryError.unsupported("a numeric of this type")
        }
        guard let read else { throw Rescaling.overflow }
        if !read.isExact, read.mantissa.magnitude < keptLeast {
            throw QueryError(
                .numberOutOfRange, "numeric keeps \(scale) decimal places here, too few for a value this small",
                hint: "Name the places, numeric(38, 20), or round: round(x::numeric, 2).")
        }
        return read.value
    }

    /// Six digits.
    private static let keptLeast: UInt128 = 1_000_000
}
