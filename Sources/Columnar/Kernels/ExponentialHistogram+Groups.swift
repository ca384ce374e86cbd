/// Counts a chunk's values into one histogram a group, in one call a chunk.
extension ExponentialHistogram {
    /// Adds each valid integer to its group's histogram.
    /// - Precondition: groups are indices of `histograms`, all of integers.
    /// - Complexity: O(rows), and O(groups) where they are not more than the rows.
    static func count(
        _ values: [Int64], validity: Validity?, _ assignment: GroupAssignment,
        into histograms: inout [ExponentialHistogram]
    ) {
        assert(assignment.rowCount == values.count, "a group for each row")
        let groups = assignment.groups
        if let runs = assignment.runs, validity == nil {
            let buckets = HistogramScale.indices(of: values.span)
            for run in runs { histograms[run.group].add(values.span, buckets: buckets.span, run.rows) }
        } else if groups.isEmpty {
            let valid = values.indices.filter { validity?[$0] ?? true }.map { values[$0] }
            let buckets = HistogramScale.indices(of: valid.span)
            if !valid.isEmpty { histograms[0].add(valid.span, buckets: buckets.span, 0..<valid.count) }
        } else if histograms.count > values.count {
            for row in values.indices where validity?[row] ?? true { histograms[Int(groups[row])].add(values[row]) }
        } else {
            let (sorted, ends) = byGroup(values, validity, groups, count: histograms.count)
            let buckets = HistogramScale.indices(of: sorted.span)
            var start = 0
            for group in ends.indices where ends[group] > start {
                histograms[group].add(sorted.span, buckets: buckets.span, start..<ends[group])
                start = ends[group]
            }
        }
    }

    /// The valid values group by group, and where those of each group end.
    private static func byGroup(
        _ values: [Int64], _ validity: Validity?, _ groups: [UInt32], count: Int
    ) -> (sorted: [Int64], ends: [Int]) {
        let source = values.span
        let numbers = groups.span
        var ends = [Int](repeating: 0, count: count)
        var valid = 0
        do {
            var places = ends.mutableSpan
            for row in 0..<source.count where validity?[row] ?? true { places[Int(numbers[row])] &+= 1 }
            for group in 0..<places.count {
                let size = places[group]
                places[group] = valid
                valid += size
            }
        }
        var sorted = [Int64](repeating: 0, count: valid)
        do {
            var places = ends.mutableSpan
            var target = sorted.mutableSpan
            for row in 0..<source.count where validity?[row] ?? true {
                let group = Int(numbers[row])
                target[places[group]] = source[row]
                places[group] &+= 1
            }
        }
        return (sorted, ends)
    }

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
