/// Lengths of time in ns.
package enum Nanoseconds {
    /// 10⁹ ns.
    package static let second: Int64 = 1_000_000_000
    /// 60 s.
    package static let minute: Int64 = 60 * second
    /// 60 min.
    package static let hour: Int64 = 60 * minute
    /// 24 h, as every day of UTC without its leap seconds.
    package static let day: Int64 = 24 * hour
}

/// Division that rounds towards minus infinity, so that buckets before 1970 keep their length.
package func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}

/// Times that come from outside stop at the ends of 64 bits.
extension Int64 {
    /// The sum, or the end that it lies beyond.
    package func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, isBeyond) = addingReportingOverflow(other)
        return isBeyond ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the end that it lies beyond.
    package func saturatingSubtract(_ other: Int64) -> Int64 {
        let (difference, isBeyond) = subtractingReportingOverflow(other)
        return isBeyond ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the end that it lies beyond: times in other units as ns.
    package func saturatingMultiply(by factor: Int64) -> Int64 {
        let (product, isBeyond) = multipliedReportingOverflow(by: factor)
        return isBeyond ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}
