// Base-2 exponential buckets of scale 7, as OpenTelemetry's exponential histograms define them: bucket `i` holds the
// magnitudes in (2^(i/128), 2^((i+1)/128)]. So a bucket's end is 0.54 % above its beginning, and the value that lies
// best between them is at most tanh(ln 2 / 256) = 0.2708 % off any value of the bucket. (Scale 6 would be 0.5415 % off:
// a hair more than the 0.54 % that are promised.) An index needs no logarithm: the exponent of the double gives its
// whole octaves, and a table over the mantissa's upper eight bits, checked against one boundary, the parts of an
// octave: boundaries stand at least 1.39 cells apart, so a cell holds at most one.

/// The fixed scale of our histograms: bucket indices of magnitudes, and magnitudes of buckets.
package enum HistogramScale {
    /// The scale in OpenTelemetry's and Prometheus's sense.
    package static let scale = 7
    /// Above every finite magnitude's bucket.
    static let infinityIndex: Int32 = 1_024 * 128

    /// 2^(k/128) for k in 0...128. Products of repeated square roots: the same bits on every machine.
    static let boundaries: [Double] = {
        var roots: [Double] = []
        var root = 2.0
        for _ in 0..<7 {
            root = root.squareRoot()
            roots.append(root)
        }
        var result: [Double] = []
        for k in 0..<128 {
            var product = 1.0
            for bit in 0..<7 where k >> (6 - bit) & 1 != 0 { product *= roots[bit] }
            result.append(product)
        }
        return result + [2.0]
    }()

    /// Fraction bits of the boundaries; the last stands for 2.
    private static let fractions: [UInt64] = boundaries.dropLast().map { $0.bitPattern & (1 << 52 - 1) } + [1 << 52]

    /// For each value of the fraction's upper eight bits, the greatest k whose boundary is not above the cell's
    /// beginning.
    private static let cells: [UInt8] = (0..<256).map { cell in
        UInt8(fractions.lastIndex { $0 <= UInt64(cell) << 44 } ?? 0)
    }

    /// Both tables, for loops over many magnitudes.
    struct Tables {
        fileprivate let fractions: [UInt64]
        fileprivate let cells: [UInt8]

        /// The bucket of a magnitude's bits.
        /// - Precondition: those of a normal number above 0.
        @inline(__always)
        func index(ofNormal bits: UInt64) -> Int32 {
            let fraction = bits & (1 << 52 - 1)
            let cell = Int(cells[Int(truncatingIfNeeded: fraction >> 44)])
            // Upper bounds belong to the bucket below, hence the strict comparisons.
            let above = (fraction > fractions[cell] ? 1 : 0) &+ (fraction > fractions[cell &+ 1] ? 1 : 0)
            let octave = Int32(truncatingIfNeeded: bits >> 52) &- 1_023
            return octave &* 128 &+ Int32(truncatingIfNeeded: cell &+ above &- 1)
        }
    }

    static let tables = Tables(fractions: fractions, cells: cells)

    /// The bucket of a magnitude.
    /// - Precondition: `magnitude > 0`, not NaN.
    /// - Complexity: O(1).
    package static func index(of magnitude: Double) -> Int32 {
        assert(magnitude > 0, "a magnitude")
        var bits = magnitude.bitPattern
        var octave = Int32(bits >> 52) - 1_023
        if octave == 1_024 { return infinityIndex }
        if octave == -1_023 {
            // Subnormal: moved into the normal range first.
            bits = (magnitude * 0x1p64).bitPattern
            octave = Int32(bits >> 52) - 1_023 - 64
        }
        let index = tables.index(ofNormal: bits) - (bits == magnitude.bitPattern ? 0 : 64 * 128)
        assert((-1..<128).contains(index - octave * 128), "a part of an octave, or the end of the one before")
        return index
    }

    /// Where a bucket begins (exclusive); it ends (inclusive) where the next begins. 0 and infinity beyond a double's
    /// range.
    package static func lowerBound(_ index: Int32) -> Double {
        let octave = index >> 7
        let boundary = boundaries[Int(index & 127)]
        if octave > 1_023 { return .infinity }
        if octave < -1_022 {
            let small = Double(sign: .plus, exponent: Int(max(octave + 64, -1_022)), significand: boundary)
            return small * 0x1p-64
        }
        return Double(sign: .plus, exponent: Int(octave), significand: boundary)
    }

    /// The value whose relative distance from any value in the bucket is smallest: the harmonic mean of the bounds.
    static func representative(_ index: Int32) -> Double {
        if index >= infinityIndex { return .infinity }
        let low = lowerBound(index)
        let step = boundaries[1]
        return low * (2 * step / (1 + step))
    }
}
