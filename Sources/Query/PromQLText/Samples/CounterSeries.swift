/// A counter, for those who look at the first and the last sample of windows alone: when it changes. Most counters
/// mostly rest.
package struct CounterSeries: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// ms since 1970, ascending: of all samples, those that no window begins or ends with left out; at least one.
    /// Counters share them.
    package let times: [Int64]
    /// ms; all samples lie so far apart, those that are left out as well.
    package let spacing: Int64
    /// ms since 1970, ascending: times from which on it says something else, perhaps several from one sample to the
    /// next, and some before its first or behind its last one, which nobody looks at.
    package let changes: [Int64]
    /// What it says from each of these on: numbers, and but for the last sample of all none is less than one before it.
    /// Before the first change it is zero.
    package let values: [Double]

    /// Joins them.
    /// - Precondition: as many values as changes; a sample at least.
    package init(labels: LabelSet, times: [Int64], spacing: Int64, changes: [Int64], values: [Double]) {
        precondition(changes.count == values.count, "a value for each change")
        precondition(!times.isEmpty && spacing > 0, "samples, apart")
        assert(zip(changes, changes.dropFirst()).allSatisfy { $0 < $1 }, "changes ascend")
        (self.labels, self.times, self.spacing) = (labels, times, spacing)
        (self.changes, self.values) = (changes, values)
    }

    /// About how many bytes of memory it takes, where somebody else holds the texts of its labels: who gives more
    /// changes than samples keeps these for others as well.
    package var listedBytes: Int {
        64 + labels.listedBytes + 8 * times.count + 16 * min(changes.count, times.count)
    }
}
