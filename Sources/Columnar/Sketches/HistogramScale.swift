// Base-2 exponential buckets of scale 6, as OpenTelemetry's exponential histograms define them: bucket `i` holds the magnitudes in
// (2^(i/64), 2^((i+1)/64)]. So a bucket's end is 1.09 % above its beginning, and the value that lies best between them is at most
// tanh(ln 2 / 128) = 0.5415 % off any value of the bucket. An index needs no logarithm: the exponent of the double gives its whole octaves,
// and a table over the mantissa's upper eight bits, checked against one boundary, the sixty-fourths.

/// The fixed scale of our histograms: bucket indices of magnitudes, and magnitudes of buckets.
package enum HistogramScale {
    /// The scale in OpenTelemetry's and Prometheus's sense.
    package static let scale = 6
    static let bucketsPerOctave = 64
    /// The largest relative distance between a bucket's representative and a value in it.
    package static let relativeErrorMax = 0.005_415_3
    /// Above every finite magnitude's bucket.
    static let infinityIndex: Int32 = 1_024 * 64

    /// 2^(k/64) for k in 0...64. Products of repeated square roots: the same bits on every machine.
    static let boundaries: [Double] = {
        var roots: [Double] = []
        var root = 2.0
        for _ in 0..<6 {
            root = root.squareRoot()
            roots.append(root)
        }
        var result: [Double] = []
        for k in 0..<64 {
            var product = 1.0
            for bit in 0..<6 where k >> (5 - bit) & 1 != 0 { product *= roots[bit] }
            result.append(product)
        }
        return result + [2.0]
    }()

    /// Fraction bits of the boundaries; the last stands for 2.
    private static let fractions: [UInt64] = boundaries.dropLast().map { $0.bitPattern & (1 << 52 - 1) } + [1 << 52]

    /// For each value of the fraction's upper eight bits, the greatest k whose boundary is not above the cell's beginning.
    private static let cells: [UInt8] = (0..<256).map { cell in
        UInt8(fractions.lastIndex { $0 <= UInt64(cell) << 44 } ?? 0)
    }

    /// The bucket of a magnitude.
    /// - Precondition: `magnitude > 0`, not NaN.
    /// - Complexity: O(1).
    package static func index(of magnitude: Double) -> Int32 {
        var bits = magnitude.bitPattern
        var octave = Int32(bits >> 52) - 1_023
        if octave == 1_024 { return infinityIndex }
        if octave == -1_023 {
            // Subnormal: moved into the normal range first.
            bits = (magnitude * 0x1p64).bitPattern
            octave = Int32(bits >> 52) - 1_023 - 64
        }
        let fraction = bits & (1 << 52 - 1)
        let cell = Int(cells[Int(fraction >> 44)])
        // Upper bounds belong to the bucket below, hence the strict comparisons.
        let step = fraction > fractions[cell + 1] ? cell + 1 : fraction > fractions[cell] ? cell : cell - 1
        return octave * 64 + Int32(step)
    }

    /// Where a bucket begins (exclusive); it ends (inclusive) where the next begins. 0 and infinity beyond a double's range.
    package static func lowerBound(_ index: Int32) -> Double {
        let octave = index >> 6
        let boundary = boundaries[Int(index & 63)]
        if octave > 1_023 { return .infinity }
        if octave < -1_022 {
            let small = Double(sign: .plus, exponent: Int(max(octave + 64, -1_022)), significand: boundary)
            return small * 0x1p-64
        }
        return Double(sign: .plus, exponent: Int(octave), significand: boundary)
    }

    /// The value whose relative distance from any value in the bucket is smallest: the harmonic mean of the bounds.
    package static func representative(_ index: Int32) -> Double {
        if index >= infinityIndex { return .infinity }
        let low = lowerBound(index)
        let step = boundaries[1]
        return low * (2 * step / (1 + step))
    }
}
