extension RandomAccessCollection where Index == Int {
    /// The first index at which a condition holds that holds at all later ones, too; `endIndex` where it holds at none.
    ///
    /// For what ascends, `partitioningIndex { $0 >= x }` is where `x` stands or belongs, and `{ $0 > x }` is behind it.
    /// - Complexity: O(log n).
    @inlinable
    package func partitioningIndex(where holds: (Element) throws -> Bool) rethrows -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if try holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
