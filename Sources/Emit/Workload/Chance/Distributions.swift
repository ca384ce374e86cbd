/// Distributions written with basic arithmetic only, so that a seed gives the same bytes whatever the C library.
extension SeededGenerator {
    /// Approximately standard normal: twelve uniform 16-bit lanes, centred (Irwin–Hall).
    package mutating func normal() -> Double {
        var sum: UInt64 = 0
        for _ in 0..<3 {
            let draw = next()
            sum += (draw & 0xFFFF) + (draw >> 16 & 0xFFFF) + (draw >> 32 & 0xFFFF) + draw >> 48
        }
        return Double(sum) * 0x1p-16 - 6
    }

    /// Log-normal with the given median; a sigma of 0.5 puts the 95th percentile at 2.3 medians.
    package mutating func logNormal(median: Double, sigma: Double) -> Double { median * exponential(sigma * normal()) }

    /// Log-normal time in ns.
    mutating func duration(medianMilliseconds: Double, sigma: Double) -> Int64 {
        Int64(logNormal(median: medianMilliseconds * 1e6, sigma: sigma))
    }

    /// Waiting time of a Poisson process with this mean.
    package mutating func waitingTime(mean: Double) -> Double { -mean * naturalLogarithm(1 - unit()) }

    /// Poisson count: products of uniforms up to a mean of 30, a rounded normal beyond.
    package mutating func poisson(mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean > 30 {
            return max(0, Int((mean + mean.squareRoot() * normal()).rounded()))
        }
        let limit = exponential(-mean)
        var (count, product) = (0, unit())
        while product > limit {
            count += 1
            product *= unit()
        }
        return count
    }

    /// Index of a cumulative table whose last entry is 1.
    /// - Complexity: O(entries); the tables have at most a few dozen.
    package mutating func index(ofCumulative table: [Double]) -> Int {
        let draw = unit()
        for (index, bound) in table.enumerated() where draw < bound { return index }
        return table.count - 1
    }
}

/// Running sums of weights, scaled so that the last is 1.
func cumulative(_ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    var sum = 0.0
    return weights.map { weight in
        sum += weight
        return sum / total
    }
}

// tests: held against the C library.
/// eˣ for |x| < 700: a power of two times a Taylor series over half a binade, relative error below 1e-12.
package func exponential(_ value: Double) -> Double {
    let halvings = (value * 1.442_695_040_888_963_4).rounded()
    let rest = value - halvings * 0.693_147_180_559_945_3
    var (sum, term) = (1.0, 1.0)
    for step in 1...12 {
        term *= rest / Double(step)
        sum += term
    }
    return Double(sign: .plus, exponent: Int(halvings), significand: 1) * sum
}

// tests: held against the C library.
/// ln x for positive finite x: the exponent, then 2·artanh((m−1)/(m+1)) of the significand, relative error below 1e-10.
package func naturalLogarithm(_ value: Double) -> Double {
    let ratio = (value.significand - 1) / (value.significand + 1)
    var (sum, power) = (0.0, ratio)
    var odd = 1.0
    while odd < 24 {
        sum += power / odd
        power *= ratio * ratio
        odd += 2
    }
    return Double(value.exponent) * 0.693_147_180_559_945_3 + 2 * sum
}
