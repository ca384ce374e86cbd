/// Two histograms that cannot be computed with each other: one has listed ends, the other a factor.
package struct HistogramMismatch: Error, Hashable, Sendable {}

// Arithmetic. What is computed is no longer a sample of the counter that was: only a hint that both share stays.
extension NativeHistogram {
    /// What comes of two histograms, and what people should know of how.
    package struct Combination: Sendable {
        /// The sum or difference.
        package var histogram: NativeHistogram
        /// One began anew, the other did not: taken together that says nothing.
        package var hasHintCollision = false
        /// The listed ends differed, so that only those remain which both have.
        package var hasReconciledEnds = false
    }

    /// Bucket by bucket, in the coarser buckets of both.
    package func adding(_ other: NativeHistogram) throws(HistogramMismatch) -> Combination {
        try combined(with: other, +)
    }

    /// As ``adding(_:)``.
    package func subtracting(_ other: NativeHistogram) throws(HistogramMismatch) -> Combination {
        try combined(with: other, -)
    }

    /// All counts and the sum times a factor. A negative one makes a gauge of it.
    package func multiplied(by factor: Double) -> NativeHistogram { scaled({ $0 * factor }, isNegative: factor < 0) }

    /// All counts and the sum divided; by zero the buckets are gone.
    package func divided(by divisor: Double) -> NativeHistogram {
        var result = scaled({ $0 / divisor }, isNegative: divisor < 0)
        if divisor == 0 { (result.positive, result.negative) = (HistogramBuckets(), HistogramBuckets()) }
        return result
    }

    private func scaled(_ change: (Double) -> Double, isNegative: Bool) -> NativeHistogram {
        var result = self
        (result.count, result.sum, result.zeroCount) = (change(count), change(sum), change(zeroCount))
        result.positive = positive.mapCounts(change)
        result.negative = negative.mapCounts(change)
        if isNegative { result.resetHint = .gauge }
        return result
    }

    private func combined(
        with other: NativeHistogram, _ combine: (Double, Double) -> Double
    ) throws(HistogramMismatch) -> Combination {
        let (left, right) = try aligned(with: other)
        var result = left
        result.count = combine(left.count, right.count)
        result.sum = combine(left.sum, right.sum)
        result.zeroCount = combine(left.zeroCount, right.zeroCount)
        result.positive = left.positive.combined(with: right.positive, combine)
        result.negative = left.negative.combined(with: right.negative, combine)
        let (hint, collides) = resetHint.joined(with: other.resetHint)
        result.resetHint = hint
        return Combination(
            histogram: result, hasHintCollision: collides,
            hasReconciledEnds: isCustom && customEnds != other.customEnds)
    }

    /// Both in buckets that both have.
    package func aligned(
        with other: NativeHistogram
    ) throws(HistogramMismatch) -> (NativeHistogram, NativeHistogram) {
        guard isCustom == other.isCustom else { throw HistogramMismatch() }
        return isCustom ? Self.withCommonEnds(self, other) : Self.withCommonBuckets(self, other)
    }

    private static func withCommonEnds(
        _ left: NativeHistogram, _ right: NativeHistogram
    ) -> (NativeHistogram, NativeHistogram) {
        guard left.customEnds != right.customEnds else { return (left, right) }
        let ends = commonEnds(left.customEnds, right.customEnds)
        return (left.reduced(toEnds: ends), right.reduced(toEnds: ends))
    }

    private static func withCommonBuckets(
        _ left: NativeHistogram, _ right: NativeHistogram
    ) -> (NativeHistogram, NativeHistogram) {
        var (left, right) = (left, right)
        // Widening one may go on to the end of a bucket, which the other then has to follow. A threshold that is no
        // number has no wider one: nobody follows it.
        while left.zeroThreshold < right.zeroThreshold || right.zeroThreshold < left.zeroThreshold {
            if left.zeroThreshold < right.zeroThreshold {
                left = left.widened(toThreshold: right.zeroThreshold)
            } else {
                right = right.widened(toThreshold: left.zeroThreshold)
            }
        }
        let schema = min(left.schema, right.schema)
        return (left.reduced(to: schema), right.reduced(to: schema))
    }
}

extension NativeHistogram.ResetHint {
    /// What is known of two taken together, and whether they contradict each other.
    package func joined(with other: Self) -> (Self, collides: Bool) {
        if self == other { return (self, false) }
        if self == .gauge || other == .gauge { return (.gauge, false) }
        return (.unknown, self != .unknown && other != .unknown)
    }
}
