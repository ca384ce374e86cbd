/// A histogram of counters by `le`: how many values there are up to each end.
struct ClassicHistogram {
    private(set) var buckets: [(end: Double, count: Double)] = []

    /// Without buckets: these are put in.
    init() {}

    /// Takes all buckets out.
    mutating func clear() { buckets.removeAll(keepingCapacity: true) }

    /// Puts a bucket in that ends nowhere before the last one; where it ends there as well, both are one.
    mutating func add(end: Double, _ count: Double) {
        if buckets.last?.end == end {
            buckets[buckets.count - 1].count += count
        } else {
            buckets.append((end, count))
        }
    }

    /// - Parameter buckets: in any order.
    init(_ buckets: [(end: Double, count: Double)]) {
        for bucket in buckets.sorted(by: { $0.end < $1.end }) { add(end: bucket.end, bucket.count) }
    }

    private var hasLast: Bool { buckets.last?.end == .infinity }

    /// What had to be changed so that counts rise from bucket to bucket.
    struct Change {
        var lowest = Double.infinity
        var highest = -Double.infinity
        var differenceMax = 0.0
    }

    /// Of at least one bucket. Counts that fall are raised, here as well.
    mutating func quantile(_ quantile: Double) -> (value: Double, forced: Change?) {
        if quantile.isNaN { return (.nan, nil) }
        if quantile < 0 { return (-.infinity, nil) }
        if quantile > 1 { return (.infinity, nil) }
        guard hasLast else { return (.nan, nil) }
        let change = makeMonotonic()
        guard buckets.count >= 2, let observations = buckets.last?.count, observations != 0 else { return (.nan, nil) }
        var rank = quantile * observations
        let place = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        if place == buckets.count - 1 { return (buckets[place - 1].end, change) }
        if place == 0, buckets[0].end <= 0 { return (buckets[0].end, change) }
        var start = 0.0
        var count = buckets[place].count
        if place > 0 {
            start = buckets[place - 1].end
            count -= buckets[place - 1].count
            rank -= buckets[place - 1].count
        }
        return (start + (buckets[place].end - start) * (rank / count), change)
    }

    /// Small differences are noise and go; a count that falls is raised, which is said.
    private mutating func makeMonotonic() -> Change? {
        var change = Change()
        var isForced = false
        var previous = buckets[0].count
        for index in buckets.indices.dropFirst() {
            let count = buckets[index].count
            if count == previous { continue }
            if Self.isNoise(previous, count) {
                buckets[index].count = previous
            } else if count < previous {
                buckets[index].count = previous
                isForced = true
                change.lowest = min(change.lowest, buckets[index].end)
                change.highest = max(change.highest, buckets[index].end)
                change.differenceMax = max(change.differenceMax, previous - count)
            } else {
                previous = count
            }
        }
        return isForced ? change : nil
    }

    private static func isNoise(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN && right.isNaN { return true }
        let difference = (left - right).magnitude
        let sum = left.magnitude + right.magnitude
        if left == 0 || right == 0 || sum < .leastNormalMagnitude {
            return difference < 1e-12 * .leastNormalMagnitude
        }
        return difference / min(sum, .greatestFiniteMagnitude) < 1e-12
    }

    /// The share of values between two, of at least one bucket.
    func fraction(_ lower: Double, _ upper: Double) -> Double {
        guard hasLast, let count = buckets.last?.count, count != 0, !lower.isNaN, !upper.isNaN else { return .nan }
        if lower >= upper { return 0 }
        return (min(rank(of: upper) ?? count, count) - min(rank(of: lower) ?? count, count)) / count
    }

    private func rank(of value: Double) -> Double? {
        var rank = 0.0
        var start = buckets[0].end <= 0 ? -Double.infinity : 0
        for (index, bucket) in buckets.enumerated() {
            if index > 0 { start = buckets[index - 1].end }
            if start >= value { return rank }
            if bucket.end > value {
                return start == -.infinity
                    ? bucket.count : rank + (bucket.count - rank) * (value - start) / (bucket.end - start)
            }
            rank = bucket.count
        }
        return nil
    }
}
