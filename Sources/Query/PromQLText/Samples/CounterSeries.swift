/// A counter, for those who look at the first and the last sample of windows alone: its samples that differ from the
/// one before. Most counters mostly rest.
package struct CounterSeries: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// ms since 1970, ascending: of all samples, those that no window begins or ends with left out; at least one.
    /// Counters share them.
    package let times: [Int64]
    /// ms; all samples lie so far apart, those that are left out as well.
    package let spacing: Int64
    /// Places among the times, ascending: that of the first sample, and of each that differs from the one before it.
    package let places: [Int32]
    /// What it says from each of these places on: numbers, and but for the last sample of all none is less than one
    /// before it.
    package let values: [Double]

    /// Joins them.
    /// - Precondition: as many values as places, the first of which is 0; a sample at least.
    package init(labels: LabelSet, times: [Int64], spacing: Int64, places: [Int32], values: [Double]) {
        precondition(places.count == values.count && places.first == 0, "a value for each place, from the first on")
        precondition(Int(places[places.count - 1]) < times.count && spacing > 0, "places of samples, apart")
        assert(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "places ascend")
        (self.labels, self.times, self.spacing) = (labels, times, spacing)
        (self.places, self.values) = (places, values)
    }

    /// About how many bytes of memory it takes, where somebody else holds the texts of its labels.
    package var listedBytes: Int { 64 + labels.listedBytes + 8 * times.count + 12 * places.count }
}
