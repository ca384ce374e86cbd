/// A distribution as one sample: how many values there were, their sum, and how many fell into each bucket.
///
/// Buckets are powers of a factor (schemas −4…8; the same on the negative side, and one around zero) or listed ends
/// (schema −53, no negative side). Counts are doubles: what is computed of histograms is a histogram again.
package struct NativeHistogram: Hashable, Sendable {
    /// −4…8, or −53.
    package var schema = 0
    /// All values.
    package var count = 0.0
    /// Their sum.
    package var sum = 0.0
    /// Values no farther from zero than the threshold.
    package var zeroCount = 0.0
    /// How wide the bucket around zero is, on either side.
    package var zeroThreshold = 0.0
    /// Bucket n ends at factor^n; of listed ends, at the n-th from 0.
    package var positive = HistogramBuckets()
    /// The same with the signs changed.
    package var negative = HistogramBuckets()
    /// The listed ends, ascending; one more bucket ends at infinity.
    package var customEnds: [Double] = []
    /// What is known of the sample before.
    package var resetHint = ResetHint.unknown

    /// Whether a counter began anew with this sample.
    package enum ResetHint: String, Hashable, Sendable {
        /// Nobody said; look at the counts.
        case unknown
        /// It did.
        case reset
        /// It did not.
        case notReset = "not_reset"
        /// It is no counter.
        case gauge
    }

    /// Nothing counted.
    package init() {}

    /// Whether its buckets have listed ends.
    package var isCustom: Bool { schema == HistogramSchema.custom }

    /// Where a bucket of the positive side begins and ends.
    package func bounds(ofBucket index: Int) -> (lower: Double, upper: Double) {
        if isCustom {
            let lower = customEnds.indices.contains(index - 1) ? customEnds[index - 1] : -.infinity
            return (lower, customEnds.indices.contains(index) ? customEnds[index] : .infinity)
        }
        return (
            HistogramSchema.end(ofBucket: index - 1, schema: schema),
            HistogramSchema.end(ofBucket: index, schema: schema)
        )
    }

    /// Without buckets that count nothing, so that equal distributions are equal.
    package var compacted: NativeHistogram {
        var result = self
        result.positive = positive.filtered { _, count in count != 0 }
        result.negative = negative.filtered { _, count in count != 0 }
        return result
    }
}
