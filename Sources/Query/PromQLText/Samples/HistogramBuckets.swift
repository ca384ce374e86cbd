/// Counts of numbered buckets, those without a count mostly left out.
package struct HistogramBuckets: Hashable, Sendable {
    /// Ascending, each once.
    package private(set) var indices: [Int] = []
    /// As many.
    package private(set) var counts: [Double] = []

    /// No buckets.
    package init() {}

    /// Buckets in a row.
    package init(from first: Int, _ counts: [Double]) {
        indices = counts.indices.map { first + $0 }
        self.counts = counts
    }

    /// Adds to the last bucket, or one behind it.
    package mutating func append(_ index: Int, _ count: Double) {
        assert(indices.last.map { $0 <= index } ?? true, "buckets come in their order")
        if indices.last == index {
            counts[counts.count - 1] += count
        } else {
            indices.append(index)
            counts.append(count)
        }
    }

    /// Bucket by bucket; one that a side has not counts nothing there.
    package func combined(with other: HistogramBuckets, _ combine: (Double, Double) -> Double) -> HistogramBuckets {
        var result = HistogramBuckets()
        var (left, right) = (0, 0)
        while left < indices.count || right < other.indices.count {
            let leftIndex = left < indices.count ? indices[left] : .max
            let rightIndex = right < other.indices.count ? other.indices[right] : .max
            let index = min(leftIndex, rightIndex)
            result.append(
                index,
                combine(leftIndex == index ? counts[left] : 0, rightIndex == index ? other.counts[right] : 0))
            if leftIndex == index { left += 1 }
            if rightIndex == index { right += 1 }
        }
        return result
    }

    /// Each bucket under another number, which may be that of its neighbour.
    func renumbered(_ number: (Int) -> Int) -> HistogramBuckets {
        var result = HistogramBuckets()
        for (index, count) in zip(indices, counts) { result.append(number(index), count) }
        return result
    }

    /// Each count changed.
    package func mapCounts(_ change: (Double) -> Double) -> HistogramBuckets {
        var result = self
        result.counts = counts.map(change)
        return result
    }

    /// Those alone that are wanted.
    func filtered(_ isWanted: (_ index: Int, _ count: Double) -> Bool) -> HistogramBuckets {
        var result = HistogramBuckets()
        for (index, count) in zip(indices, counts) where isWanted(index, count) { result.append(index, count) }
        return result
    }
}
