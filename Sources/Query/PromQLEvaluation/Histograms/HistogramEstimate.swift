import Bytes
import Foundation
import PromQLText

/// Quantiles and shares of native histograms, interpolated within buckets: on a logarithmic scale where buckets grow by
/// a factor, evenly in listed buckets and around zero.
struct HistogramEstimate {
    private let histogram: NativeHistogram
    private let name: ByteText
    private let buckets: [HistogramBucket]
    private(set) var remark: RemarkWords?

    init(_ histogram: NativeHistogram, name: ByteText) {
        (self.histogram, self.name) = (histogram, name)
        buckets = histogram.allBuckets
    }

    private var hasOnlyPositive: Bool { histogram.negative.indices.isEmpty && !histogram.positive.indices.isEmpty }
    private var hasOnlyNegative: Bool { histogram.positive.indices.isEmpty && !histogram.negative.indices.isEmpty }

    mutating func quantile(_ quantile: Double) -> Double {
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        if histogram.count == 0 || quantile.isNaN { return .nan }
        // What is no number is counted, but in no bucket: then ranks count from below.
        let isForward = histogram.sum.isNaN || quantile < 0.5
        var rank = isForward ? quantile * histogram.count : (1 - quantile) * histogram.count
        var (count, place) = (0.0, 0)
        var bucket = HistogramBucket(lower: 0, upper: 0, count: 0)
        while place < buckets.count {
            bucket = buckets[isForward ? place : buckets.count - 1 - place]
            place += 1
            if bucket.count == 0 { continue }
            count += bucket.count
            if count >= rank { break }
        }
        if histogram.isCustom {
            if bucket.lower == -.infinity {
                if bucket.upper <= 0 { return bucket.upper }
                bucket.lower = 0
            } else if bucket.upper == .infinity {
                return bucket.lower
            }
        } else if bucket.lower < 0, bucket.upper > 0 {
            narrow(&bucket)
        }
        count = min(count, histogram.count)
        if count < rank {
            guard histogram.sum.isNaN else { return bucket.upper }
            remark = .quantileOfNothing(name: name)
            return .nan
        }
        rank = isForward ? rank - (count - bucket.count) : count - rank
        if histogram.sum.isNaN {
            let rest = buckets[min(place, buckets.count)...].reduce(0) { $0 + $1.count }
            if count + rest < histogram.count { remark = .skewedQuantile(name: name) }
        }
        return interpolated(bucket, rank / bucket.count)
    }

    /// Around zero, but all buckets beside it on one side: so is it.
    private func narrow(_ bucket: inout HistogramBucket) {
        if hasOnlyPositive {
            bucket.lower = 0
        } else if hasOnlyNegative {
            bucket.upper = 0
        }
    }

    private func interpolated(_ bucket: HistogramBucket, _ fraction: Double) -> Double {
        if histogram.isCustom || (bucket.lower <= 0 && bucket.upper >= 0) {
            return bucket.lower + (bucket.upper - bucket.lower) * fraction
        }
        let lower = log2(bucket.lower.magnitude)
        let upper = log2(bucket.upper.magnitude)
        return bucket.lower > 0
            ? exp2(lower + (upper - lower) * fraction) : -exp2(upper + (lower - upper) * (1 - fraction))
    }

    /// The share of values between two.
    mutating func fraction(_ lower: Double, _ upper: Double) -> Double {
        if histogram.count == 0 || lower.isNaN || upper.isNaN { return .nan }
        if lower >= upper { return 0 }
        let lowerRank = rank(of: lower)
        let upperRank = rank(of: upper)
        var count = histogram.count
        if histogram.sum.isNaN {
            count = buckets.reduce(0) { $0 + $1.count }
            if count < histogram.count { remark = .fractionWithoutSome(name: name) }
        }
        return (min(upperRank ?? count, count) - min(lowerRank ?? count, count)) / histogram.count
    }

    /// How many values lie below one; nil where it lies above all buckets.
    private func rank(of value: Double) -> Double? {
        var rank = 0.0
        for var bucket in buckets {
            let isAroundZero = bucket.lower <= 0 && bucket.upper >= 0
            if isAroundZero { narrow(&bucket) }
            if bucket.lower >= value { return rank }
            if bucket.upper > value {
                return histogram.isCustom || isAroundZero
                    ? evenly(bucket, value, rank) : logarithmically(bucket, value, rank)
            }
            rank += bucket.count
        }
        return nil
    }

    private func evenly(_ bucket: HistogramBucket, _ value: Double, _ rank: Double) -> Double {
        if bucket.lower == -.infinity { return bucket.count }
        return rank + bucket.count * (value - bucket.lower) / (bucket.upper - bucket.lower)
    }

    private func logarithmically(_ bucket: HistogramBucket, _ value: Double, _ rank: Double) -> Double {
        let lower = log2(bucket.lower.magnitude)
        let upper = log2(bucket.upper.magnitude)
        let middle = log2(value.magnitude)
        let fraction = value > 0 ? (middle - lower) / (upper - lower) : 1 - (middle - upper) / (lower - upper)
        return rank + bucket.count * fraction
    }
}
