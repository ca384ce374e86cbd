import Foundation
import PromQLText

// Parts of histograms.
extension NativeHistogram {
    /// Without the values on one side of a cut, as far as buckets tell where they lie.
    /// - Parameter keepsLower: whether what lies below the cut stays, rather than what lies above.
    func trimmed(at cut: Double, keepsLower: Bool) -> NativeHistogram {
        var trim = HistogramTrim(cut: cut, keepsLower: keepsLower, isLinear: isCustom)
        var result = self
        result.positive = trim.trimmed(positive) { index in
            let (lower, upper) = bounds(ofBucket: index)
            return (lower, upper)
        }
        result.negative = trim.trimmedNegative(negative) { index in
            let (lower, upper) = bounds(ofBucket: index)
            return (-upper, -lower)
        }
        if zeroCount > 0 {
            let bucket = HistogramBucket(lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount)
            let below = trim.below(bucket, isPositive: true, isLinear: true)
            result.zeroCount = keepsLower ? below : zeroCount - below
            trim.count += result.zeroCount
        }
        result.count = trim.count
        result.sum = trim.sum(of: sum)
        return result.compacted
    }
}

/// What goes, and what stays.
private struct HistogramTrim {
    let cut: Double
    let keepsLower: Bool
    let isLinear: Bool
    /// What stays.
    var count = 0.0
    private var removed = 0.0
    private var hasPositive = false
    private var hasNegative = false

    init(cut: Double, keepsLower: Bool, isLinear: Bool) {
        (self.cut, self.keepsLower, self.isLinear) = (cut, keepsLower, isLinear)
    }

    mutating func trimmed(
        _ buckets: HistogramBuckets, _ bounds: (Int) -> (Double, Double)
    ) -> HistogramBuckets {
        side(buckets, bounds, isPositive: true)
    }

    mutating func trimmedNegative(
        _ buckets: HistogramBuckets, _ bounds: (Int) -> (Double, Double)
    ) -> HistogramBuckets {
        side(buckets, bounds, isPositive: false)
    }

    private mutating func side(
        _ buckets: HistogramBuckets, _ bounds: (Int) -> (Double, Double), isPositive: Bool
    ) -> HistogramBuckets {
        var result = HistogramBuckets()
        for (index, count) in zip(buckets.indices, buckets.counts) where count != 0 {
            let (lower, upper) = bounds(index)
            let bucket = HistogramBucket(lower: lower, upper: upper, count: count)
            if !isPositive || (isLinear && lower < 0) { hasNegative = true }
            if isPositive, !isLinear || upper > 0 { hasPositive = true }
            result.append(index, kept(bucket, isPositive))
        }
        return result
    }

    private mutating func kept(_ bucket: HistogramBucket, _ isPositive: Bool) -> Double {
        let (share, middle) = part(bucket, isPositive)
        let isInside = keepsLower ? bucket.upper <= cut : bucket.lower >= cut
        let isCut = keepsLower ? bucket.lower < cut : bucket.upper > cut
        if isInside {
            count += bucket.count
            return bucket.count
        }
        if isCut {
            removed += (bucket.count - share) * middle
            count += share
            return share
        }
        removed += bucket.count * (isLinear && isPositive ? middle : (bucket.lower * bucket.upper).squareRoot())
        return 0
    }

    /// How much of a bucket stays, and around which value lies what goes.
    private func part(_ bucket: HistogramBucket, _ isPositive: Bool) -> (share: Double, middle: Double) {
        if bucket.lower == -.infinity || bucket.upper == .infinity { return endless(bucket) }
        let below = below(bucket, isPositive: isPositive, isLinear: isLinear)
        let share = keepsLower ? below : bucket.count - below
        if isLinear { return (share, (bucket.lower + bucket.upper) / 2) }
        let product = cut.magnitude * (keepsLower ? bucket.lower.magnitude : bucket.upper.magnitude)
        return (share, isPositive ? product.squareRoot() : -product.squareRoot())
    }

    /// Of a bucket without an end nobody knows where its values lie, unless it may be taken to begin at zero.
    private func endless(_ bucket: HistogramBucket) -> (share: Double, middle: Double) {
        if bucket.lower == -.infinity {
            let beginsAtZero = cut >= 0 && bucket.upper > cut && bucket.upper != .infinity
            if keepsLower {
                if cut >= bucket.upper { return (bucket.count, 0) }
                return beginsAtZero
                    ? (bucket.count * cut / bucket.upper, (cut + bucket.upper) / 2) : (0, bucket.upper)
            }
            if cut <= bucket.lower { return (bucket.count, 0) }
            return beginsAtZero ? (bucket.count * (1 - cut / bucket.upper), cut / 2) : (0, bucket.upper)
        }
        return !keepsLower && cut <= bucket.lower ? (bucket.count, 0) : (0, bucket.lower)
    }

    /// How much of a bucket lies below the cut.
    func below(_ bucket: HistogramBucket, isPositive: Bool, isLinear: Bool) -> Double {
        if cut <= bucket.lower { return 0 }
        if cut >= bucket.upper { return bucket.count }
        if isLinear { return bucket.count * (cut - bucket.lower) / (bucket.upper - bucket.lower) }
        let (lower, upper, middle) = (
            log2(bucket.lower.magnitude), log2(bucket.upper.magnitude), log2(cut.magnitude)
        )
        let share = isPositive ? (middle - lower) / (upper - lower) : 1 - (middle - upper) / (lower - upper)
        return bucket.count * share
    }

    /// The sum that stays; it has the sign that its values can have.
    func sum(of all: Double) -> Double {
        if count == 0 { return 0 }
        let sum = all - removed
        if !hasNegative, sum < 0 { return 0 }
        if !hasPositive, sum > 0 { return 0 }
        return sum
    }
}
