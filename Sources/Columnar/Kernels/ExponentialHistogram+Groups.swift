/// Counts a chunk's doubles into one histogram a group, in one call a chunk.
extension ExponentialHistogram {
    /// Adds each valid double to its group's histogram.
    /// - Parameter groups: a group for each row; empty: all rows belong to group 0.
    /// - Precondition: groups are indices of `histograms`, all of doubles.
    static func count(
        _ values: [Double], validity: Validity?, groups: [UInt32], into histograms: inout [ExponentialHistogram]
    ) {
        assert(groups.isEmpty || groups.count == values.count, "a group for each row")
        for row in values.indices where validity?[row] ?? true {
            histograms[groups.isEmpty ? 0 : Int(groups[row])].add(values[row])
        }
    }

    /// Bytes of the buckets, roughly: for budgets.
    package var memoryBytes: Int { 256 + (positive.memoryBytes + negative.memoryBytes) }
}
