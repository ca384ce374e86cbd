/// Examples of what made a series' samples.
package struct SeriesExemplars: Hashable, Sendable {
    /// What the series is known by.
    package let labels: LabelSet
    /// In the order of their times.
    package let exemplars: [Exemplar]

    /// One of what a series counted or observed.
    package struct Exemplar: Hashable, Sendable {
        /// By which it can be looked up: `trace_id`, and others where they are known.
        package let labels: LabelSet
        /// What was observed, or added to the counter.
        package let value: Double
        /// ms since 1970.
        package let time: Int64

        /// Joins them.
        package init(labels: LabelSet, value: Double, time: Int64) {
            (self.labels, self.value, self.time) = (labels, value, time)
        }
    }

    /// Joins them.
    package init(labels: LabelSet, exemplars: [Exemplar]) { (self.labels, self.exemplars) = (labels, exemplars) }
}
