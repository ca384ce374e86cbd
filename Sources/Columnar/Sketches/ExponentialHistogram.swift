/// The distribution of a column's values: exact count, minimum, maximum and (of integers) sum, and quantiles within
/// 0.54 %.
///
/// Merging any split of the values in any order gives the same histogram, byte for byte once serialised.
package struct ExponentialHistogram: Sendable {
    /// What is counted; the two are not mixed in one histogram.
    package enum Kind: UInt8, Sendable { case integers = 0, doubles = 1 }

    /// What is counted.
    package let kind: Kind
    /// Number of values, zeros and NaNs included.
    package internal(set) var count: UInt64 = 0
    /// Exact; 0 for doubles, whose sum would depend on the order.
    package internal(set) var sum: Int128 = 0
    /// Smallest and largest integer; meaningless while `count` is 0 and for doubles.
    package internal(set) var integerRange: (minimum: Int64, maximum: Int64) = (.max, .min)
    /// Smallest and largest double, NaN left out; meaningless while there is none and for integers.
    package internal(set) var doubleRange: (minimum: Double, maximum: Double) = (.infinity, -.infinity)
    /// Values equal to zero.
    package internal(set) var zeroCount: UInt64 = 0
    /// NaN, which PostgreSQL takes for the greatest value.
    package internal(set) var nanCount: UInt64 = 0
    var positive = BucketCounts()
    /// By magnitude.
    var negative = BucketCounts()

    /// Takes each part as given.
    package init(kind: Kind = .integers) { self.kind = kind }

    /// Counts one integer. O(1).
    package mutating func add(_ value: Int64) {
        precondition(kind == .integers)
        count += 1
        sum += Int128(value)
        integerRange = (min(integerRange.minimum, value), max(integerRange.maximum, value))
        if value > 0 {
            positive.add(HistogramScale.index(of: Double(value)))
        } else if value == 0 {
            zeroCount += 1
        } else {
            negative.add(HistogramScale.index(of: Double(value.magnitude)))
        }
    }

    /// What is known of positive integers whose buckets are to be counted.
    struct Positives {
        /// The first and the last of their buckets.
        var bounds: ClosedRange<Int32>
        /// Whether all of the rows are.
        var areAll: Bool
    }

    /// Counts the integers of some rows of a chunk, but for the buckets of those above zero, which `positive` is to
    /// take in after that.
    /// - Parameter isAddedUp: whether ``sum`` counts for anything.
    /// - Returns: nil where none is above zero.
    mutating func note(_ values: Span<Int64>, _ rows: Range<Int>, isAddedUp: Bool) -> Positives? {
        precondition(kind == .integers)
        if rows.isEmpty { return nil }
        let (least, greatest) = values.extracting(rows).range
        count += UInt64(rows.count)
        if isAddedUp { sum += values.total(rows) }
        integerRange = (min(integerRange.minimum, least), max(integerRange.maximum, greatest))
        var leastPositive = least
        if least <= 0 {
            leastPositive = .max
            for row in rows {
                let value = values[row]
                if value == 0 {
                    zeroCount += 1
                } else if value < 0 {
                    negative.add(HistogramScale.index(of: Double(value.magnitude)))
                } else {
                    leastPositive = min(leastPositive, value)
                }
            }
            guard greatest > 0 else { return nil }
        }
        let bounds = HistogramScale.index(of: Double(leastPositive))...HistogramScale.index(of: Double(greatest))
        return Positives(bounds: bounds, areAll: least > 0)
    }

    /// Counts one double. O(1).
    package mutating func add(_ value: Double) {
        precondition(kind == .doubles)
        count += 1
        if value.isNaN {
            nanCount += 1
            return
        }
        let value = value == 0 ? 0 : value
        if value < doubleRange.minimum || count - nanCount == 1 { doubleRange.minimum = value }
        if value > doubleRange.maximum || count - nanCount == 1 { doubleRange.maximum = value }
        if value > 0 {
            positive.add(HistogramScale.index(of: value))
        } else if value == 0 {
            zeroCount += 1
        } else {
            negative.add(HistogramScale.index(of: -value))
        }
    }

    /// Counts the rows of a chunk that are valid (all where `validity` is nil).
    package mutating func add(_ values: [Int64], validity: Validity? = nil) {
        for row in values.indices where validity?[row] ?? true { add(values[row]) }
    }

    /// Takes in the values of another histogram of the same kind.
    package mutating func merge(_ other: ExponentialHistogram) {
        precondition(kind == other.kind)
        if other.count == 0 { return }
        if count == 0 {
            self = other
            return
        }
        assert(other.zeroCount + other.nanCount <= other.count, "zeros and NaN are counted")
        count += other.count
        sum += other.sum
        zeroCount += other.zeroCount
        nanCount += other.nanCount
        integerRange.minimum = min(integerRange.minimum, other.integerRange.minimum)
        integerRange.maximum = max(integerRange.maximum, other.integerRange.maximum)
        doubleRange.minimum = min(doubleRange.minimum, other.doubleRange.minimum)
        doubleRange.maximum = max(doubleRange.maximum, other.doubleRange.maximum)
        positive.merge(other.positive)
        negative.merge(other.negative)
    }

    // tests: the promised distance is measured on many seeds.
    /// The value that `percentile_disc(q)` would give, within 0.5415 % of it: the representative of the bucket in which
    /// the cumulative share reaches `q`, no further out than minimum and maximum. nil of no values.
    /// - Precondition: `0...1`.
    /// - Complexity: O(buckets).
    package func quantile(_ q: Double) -> Double? {
        var place = BucketCounts.Place()
        return quantile(q, from: &place)
    }

    /// The same, of one share after the other.
    /// - Parameter place: where the buckets were looked at last; a new one at first.
    /// - Complexity: O(buckets) for all shares together where they ascend.
    func quantile(_ q: Double, from place: inout BucketCounts.Place) -> Double? {
        guard count > 0 else { return nil }
        let rank = Self.rank(q, of: count)
        if rank > count - nanCount { return .nan }
        let low = kind == .integers ? Double(integerRange.minimum) : doubleRange.minimum
        let high = kind == .integers ? Double(integerRange.maximum) : doubleRange.maximum
        // The first and the last are known exactly.
        assert(rank <= count, "a rank among what was counted")
        if rank == 1 { return low }
        if rank == count - nanCount { return high }
        return min(max(estimate(rank, from: &place), low), high)
    }

    /// Which of so many values in ascending order, counted from 1, a share is.
    /// - Precondition: `0...1`; there is one.
    static func rank(_ q: Double, of count: UInt64) -> UInt64 {
        precondition((0...1).contains(q))
        return max(1, UInt64((q * Double(count)).rounded(.up)))
    }

    private func estimate(_ rank: UInt64, from place: inout BucketCounts.Place) -> Double {
        var seen: UInt64 = 0
        if !negative.isEmpty {
            for (index, count) in negative.buckets.reversed() {
                seen += count
                if seen >= rank { return -HistogramScale.representative(index) }
            }
        }
        seen += zeroCount
        if seen >= rank { return 0 }
        return positive.index(reaching: rank - seen, from: &place).map(HistogramScale.representative) ?? .infinity
    }
}
