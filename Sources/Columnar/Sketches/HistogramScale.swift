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
    static let fractions: [UInt64] = boundaries.dropLast().map { $0.bitPattern & (1 << 52 - 1) } + [1 << 52]

    /// For each value of the fraction's upper eight bits: in the upper twelve bits the greatest k whose boundary is not
    /// above the cell's beginning; below them what the boundary after it, the only one that may lie in the cell, lacks
    /// of 2^52. So a fraction that reaches this boundary carries over into the upper bits.
    static let cells: [UInt64] = (0..<256).map { cell in
        let part = fractions.lastIndex { $0 <= UInt64(cell) << 44 } ?? 0
        return UInt64(part) << 52 + (1 << 52 - fractions[part + 1])
    }

    /// The bucket of a magnitude.
    /// - Precondition: `magnitude > 0`, not NaN.
    /// - Complexity: O(1).
    package static func index(of magnitude: Double) -> Int32 {
        assert(magnitude > 0, "a magnitude")
        let bits = magnitude.bitPattern
        let exponent = bits >> 52
        if exponent == 2_047 { return infinityIndex }
        // Subnormal: moved into the normal range first.
        if exponent == 0 { return index(ofBits: (magnitude * 0x1p64).bitPattern, cells.span) - 64 * 128 }
        return index(ofBits: bits, cells.span)
    }

    /// The bucket of a magnitude that is not subnormal, by its bits. Without a branch: on which side of a boundary a
    /// value lies is as good as chance.
    @inline(__always)
    private static func index(ofBits bits: UInt64, _ cells: Span<UInt64>) -> Int32 {
        // Upper bounds belong to the bucket below, and an octave's beginning to the octave before: so does what lies
        // next below each of them, and nothing lies between.
        let below = bits &- 1
        let fraction = below & (1 << 52 - 1)
        let step = (cells[Int(truncatingIfNeeded: fraction >> 44)] &+ fraction) >> 52
        return Int32(truncatingIfNeeded: (below >> 52) &* 128 &+ step) &- 1_023 &* 128
    }

    /// What stands for no bucket.
    static let none = Int32.min

    /// The buckets of a chunk's integers; ``none`` for those that are not positive.
    static func indices(of values: Span<Int64>) -> [Int32] {
        let cells = Self.cells
        let parts = cells.span
        precondition(parts.count == 256, "a cell for each value of eight bits")
        var result = [Int32](repeating: 0, count: values.count)
        var indices = result.mutableSpan
        precondition(indices.count == values.count)
        for row in 0..<values.count {
            // A whole number is 1 at least, and so no subnormal; what others come to is not used.
            let bucket = index(ofBits: Double(values[row]).bitPattern, parts)
            indices[row] = values[row] > 0 ? bucket : none
        }
        return result
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
