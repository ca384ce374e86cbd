import Projections
import PromQLText

/// What was observed so far, in exponential buckets.
struct ObservedHistogram {
    private var zeros: Int64 = 0
    private var total: Int64 = 0
    private var sumNanoseconds: Int128 = 0
    private var counts: [Int: Int64] = [:]

    /// - Parameter bucket: nil: the zero bucket.
    mutating func add(_ count: Int64, bucket: Int?, sum: Int128) {
        total &+= count
        sumNanoseconds &+= sum
        if let bucket { counts[bucket, default: 0] &+= count } else { zeros &+= count }
    }

    /// As `/metrics` has it in protocol buffers: schema 3, a zero bucket without width.
    /// - Complexity: O(n log n) in buckets that counted something.
    var histogram: NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = ExponentialBuckets.schema
        histogram.count = Double(total)
        histogram.sum = Double(sumNanoseconds) / 1e9
        histogram.zeroCount = Double(zeros)
        for (index, count) in counts.sorted(by: { $0.key < $1.key }) {
            histogram.positive.append(index, Double(count))
        }
        return histogram
    }
}
