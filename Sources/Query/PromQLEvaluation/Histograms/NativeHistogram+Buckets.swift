package import PromQLText

/// A bucket with its ends.
package struct HistogramBucket: Sendable {
    /// Where it begins.
    package var lower: Double
    /// Where it ends.
    package var upper: Double
    /// How many values fell into it.
    package var count: Double
    /// Whether values that are its beginning belong to it.
    package var lowerInclusive = false
    /// Whether values that are its end belong to it.
    package var upperInclusive = true
}

extension NativeHistogram {
    /// All buckets from the lowest to the highest, the one around zero where it counts something. Where that one
    /// overlaps others, these end at it.
    package var allBuckets: [HistogramBucket] {
        var buckets: [HistogramBucket] = []
        for (index, count) in zip(negative.indices, negative.counts).reversed() {
            let (lower, upper) = bounds(ofBucket: index)
            let end = lower < zeroThreshold && lower > 0 ? zeroThreshold : lower
            buckets.append(
                HistogramBucket(
                    lower: -upper, upper: -end, count: count, lowerInclusive: true, upperInclusive: false))
        }
        if zeroCount > 0 {
            buckets.append(
                HistogramBucket(
                    lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount, lowerInclusive: true,
                    upperInclusive: true))
        }
        for (index, count) in zip(positive.indices, positive.counts) {
            let (lower, upper) = bounds(ofBucket: index)
            let start = lower > 0 && lower < zeroThreshold ? zeroThreshold : lower
            buckets.append(HistogramBucket(lower: start, upper: upper, count: count))
        }
        return buckets
    }

    /// Whether two say the same, whatever is known of the samples before them.
    func saysTheSame(as other: NativeHistogram) -> Bool {
        func same(_ left: Double, _ right: Double) -> Bool { left == right || (left.isNaN && right.isNaN) }
        func same(_ left: HistogramBuckets, _ right: HistogramBuckets) -> Bool {
            left.indices == right.indices && zip(left.counts, right.counts).allSatisfy { same($0, $1) }
        }
        let (one, another) = (compacted, other.compacted)
        return one.schema == another.schema && same(one.count, another.count) && same(one.sum, another.sum)
            && one.zeroThreshold == another.zeroThreshold && same(one.zeroCount, another.zeroCount)
            && one.customEnds == another.customEnds && same(one.positive, another.positive)
            && same(one.negative, another.negative)
    }

    /// As a label's value: count, sum and the buckets that count something.
    var written: String {
        var text = "{count:" + WrittenNumber.general(count) + ", sum:" + WrittenNumber.general(sum)
        for bucket in allBuckets where bucket.count != 0 {
            text += ", " + (bucket.lowerInclusive ? "[" : "(") + WrittenNumber.general(bucket.lower) + ","
                + WrittenNumber.general(bucket.upper) + (bucket.upperInclusive ? "]" : ")") + ":"
                + WrittenNumber.general(bucket.count)
        }
        return text + "}"
    }

    /// Around which value a bucket's values lie, taken together.
    private func middle(_ bucket: HistogramBucket) -> Double {
        if isCustom { return (bucket.upper + bucket.lower) / 2 }
        if bucket.lower <= 0, bucket.upper >= 0 { return 0 }
        let middle = (bucket.upper * bucket.lower).squareRoot()
        return bucket.upper < 0 ? -middle : middle
    }

    /// How far values lie from their mean, by the middles of their buckets.
    var variance: Double {
        let mean = sum / count
        var total = CompensatedSum()
        for bucket in allBuckets where bucket.count != 0 {
            let difference = middle(bucket) - mean
            total.add(bucket.count * difference * difference)
        }
        return (total.sum + total.compensation) / count
    }
}
