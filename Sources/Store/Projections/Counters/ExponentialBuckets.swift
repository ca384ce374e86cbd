import Bytes

/// Counts of durations in buckets whose bounds grow by 2^(1/8): what Prometheus calls a native histogram of schema 3.
/// Sparse.
///
/// Bucket i holds what is above 2^((i−1)/8) s and at most 2^(i/8) s; zero and less has a count of its own.
/// Format: https://prometheus.io/docs/specs/native_histograms/
package struct ExponentialBuckets: Hashable, Sendable {
    /// One bucket that counted something.
    package struct Bucket: Hashable, Sendable {
        /// i, of either sign.
        package var index: Int
        /// Not cumulative.
        package var count: UInt64

        /// Takes both as given.
        package init(index: Int, count: UInt64) { (self.index, self.count) = (index, count) }
    }

    /// Buckets per doubling are 2^schema.
    package static let schema = 3
    /// Every positive duration of 64 bits lies in one of these.
    static let indexes = -239...265

    /// What was zero or less.
    package var zeroCount: UInt64 = 0
    /// Ascending by index.
    package var buckets: [Bucket] = []

    /// Nothing counted.
    package init() {}

    /// Takes both as given.
    package init(zeroCount: UInt64, buckets: [Bucket]) { (self.zeroCount, self.buckets) = (zeroCount, buckets) }

    /// What both counted.
    func adding(_ other: ExponentialBuckets) -> ExponentialBuckets {
        var sum = ExponentialBuckets(zeroCount: zeroCount &+ other.zeroCount, buckets: [])
        for bucket in (buckets + other.buckets).sorted(by: { $0.index < $1.index }) {
            if sum.buckets.last?.index == bucket.index {
                sum.buckets[sum.buckets.count - 1].count &+= bucket.count
            } else {
                sum.buckets.append(bucket)
            }
        }
        return sum
    }

    /// All that was counted.
    package var count: UInt64 { buckets.reduce(zeroCount) { $0 &+ $1.count } }

    /// 2^(k/8) · 2^60, rounded down.
    private static let mantissas: [Int128] = [
        1_152_921_504_606_846_976, 1_257_269_815_929_830_108, 1_371_062_456_318_104_877, 1_495_154_210_581_915_421,
        1_630_477_228_166_597_776, 1_778_048_025_250_290_523, 1_938_975_120_585_633_118, 2_114_467_362_444_183_333,
    ]

    /// Upper bounds in nanoseconds, rounded down, of all ``indexes``: integers, so that every machine counts the same.
    private static let boundsNanoseconds: [Int64] = indexes.map { index in
        let octave = index >> 3
        return Int64(clamping: (mantissas[index & 7] * 1_000_000_000) >> Int128(60 - octave))
    }

    /// The bucket of a duration; nil for zero and less.
    /// - Complexity: O(log of the number of buckets).
    package static func index(nanoseconds: Int64) -> Int? {
        guard nanoseconds > 0 else { return nil }
        let low = boundsNanoseconds.dropLast().partitioningIndex { nanoseconds <= $0 }
        assert(nanoseconds <= boundsNanoseconds[low], "at most what the bucket holds")
        assert(low == 0 || nanoseconds > boundsNanoseconds[low - 1], "above the bucket before")
        return indexes.lowerBound + low
    }
}

/// The exponential buckets of all label sets of all histograms, those that counted something. Open addressing, so that
/// a copy is two arrays.
struct ExponentialCounts: Sendable {
    /// 0 is free; a power of two, at most half full.
    private var keys: [UInt32] = Array(repeating: 0, count: 64)
    private var counts: [UInt64] = Array(repeating: 0, count: 64)
    private var used = 0

    /// Bits of the bucket; the label set has 16 above, the histogram the rest.
    private static let bucketBits: UInt32 = 10

    private static func key(histogram: Int, set: Int, bucket: Int?) -> UInt32 {
        precondition(histogram < 63 && set < 1 << 16, "so many histograms and label sets fit a key")
        let place = bucket.map { UInt32($0 - ExponentialBuckets.indexes.lowerBound + 1) } ?? 0
        return UInt32(histogram + 1) << 26 | UInt32(set) << bucketBits | place
    }

    /// Adds to a bucket; nil is the one of zero.
    mutating func add(_ amount: UInt64, histogram: Int, set: Int, bucket: Int?) {
        let key = Self.key(histogram: histogram, set: set, bucket: bucket)
        let place = place(of: key)
        if keys[place] == 0 {
            keys[place] = key
            used += 1
        }
        counts[place] &+= amount
        if used * 2 > keys.count { grow() }
        assert(used * 2 <= keys.count && counts.count == keys.count, "a free place ends every search")
    }

    private func place(of key: UInt32) -> Int {
        var place = Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
        while keys[place] != 0, keys[place] != key { place = (place + 1) & (keys.count - 1) }
        return place
    }

    private mutating func grow() {
        let old = zip(keys, counts).filter { $0.0 != 0 }
        keys = Array(repeating: 0, count: keys.count * 2)
        counts = Array(repeating: 0, count: keys.count)
        for (key, count) in old {
            let place = place(of: key)
            (keys[place], counts[place]) = (key, count)
        }
    }

    /// The buckets of a histogram by label set.
    /// - Complexity: O(all buckets · log of them).
    func buckets(histogram: Int) -> [Int: ExponentialBuckets] {
        var found: [Int: ExponentialBuckets] = [:]
        let own = zip(keys, counts).filter { $0.0 >> 26 == UInt32(histogram + 1) }.sorted { $0.0 < $1.0 }
        for (key, count) in own {
            let set = Int(key >> Self.bucketBits & 0xFFFF)
            let place = Int(key & (1 << Self.bucketBits - 1))
            if place == 0 {
                found[set, default: ExponentialBuckets()].zeroCount = count
            } else {
                let index = place - 1 + ExponentialBuckets.indexes.lowerBound
                found[set, default: ExponentialBuckets()].buckets.append(
                    ExponentialBuckets.Bucket(index: index, count: count))
            }
        }
        return found
    }
}
