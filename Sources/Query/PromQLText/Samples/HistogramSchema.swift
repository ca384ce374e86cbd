import Foundation

/// Where the buckets of a histogram end.
package enum HistogramSchema {
    /// Buckets whose ends grow by a constant factor, 2 to the power of 2 to the power of minus the schema.
    static let exponential = -4...8
    /// Buckets whose ends are listed.
    static let custom = -53

    /// The upper end of a bucket on the positive side; its lower one is that of the bucket before.
    static func end(ofBucket index: Int, schema: Int) -> Double {
        guard schema > 0 else {
            let exponent = index.multipliedReportingOverflow(by: 1 << -schema)
            return exponent.overflow ? (index < 0 ? 0 : .infinity) : power(exponent.partialValue)
        }
        let (whole, part) = (index >> schema, index & ((1 << schema) - 1))
        let end = factors[part << (8 - schema)]
        return Double(sign: .plus, exponent: bounded(whole), significand: end)
    }

    /// The bucket of a coarser schema that a bucket goes into.
    package static func index(_ index: Int, reducedBy steps: Int) -> Int { ((index &- 1) >> steps) &+ 1 }

    /// 2 to the power of n/256: the ends of all schemas are among them.
    private static let factors: [Double] = (0..<256).map { exp2(Double($0) / 256) }

    /// The last bucket ends at the greatest double rather than beyond it.
    private static func power(_ exponent: Int) -> Double {
        exponent == 1024 ? .greatestFiniteMagnitude : Double(sign: .plus, exponent: bounded(exponent), significand: 1)
    }

    /// Beyond these there is only zero or infinity.
    private static func bounded(_ exponent: Int) -> Int { min(max(exponent, -4096), 4096) }
}
