/// A rollup table as the planner sees it. Its rows stand for one or more rows of its source: a bucket of time, the
/// dimensions' values, and what is known of the measures. Several rows may have equal keys, and a row may stand for one
/// event at the event's own time.
package struct RollupDescription: Hashable, Sendable {
    /// The rollup's table.
    package var table: String
    /// The table that it was folded from; dimensions and measures have its columns' names.
    package var source: String
    /// Length of a bucket in ns; buckets begin at multiples of it since 1970 UTC.
    package var grainNanoseconds: Int64
    /// The rollup's columns.
    package var columns: [TableColumn]
    /// Index of the bucket's beginning.
    package var time: Int
    /// Indices of the dimensions.
    package var dimensions: [Int]
    /// Index of the number of events.
    package var events: Int
    /// What is kept of the source's columns.
    package var measures: [RollupMeasureDescription]
    /// The beginning of the first bucket that is complete (ns); nil: all are.
    package var earliestTime: Int64?
    /// Index of a dimension of so many values that only what asks for it is answered from the rollup; nil: none is.
    package var leading: Int?

    /// Takes each part as given.
    package init(
        table: String, source: String, grainNanoseconds: Int64, columns: [TableColumn], time: Int, dimensions: [Int],
        events: Int,
        measures: [RollupMeasureDescription], earliestTime: Int64?
    ) {
        self.table = table
        self.source = source
        self.grainNanoseconds = grainNanoseconds
        self.columns = columns
        self.time = time
        self.dimensions = dimensions
        self.events = events
        self.measures = measures
        self.earliestTime = earliestTime
    }
}

/// Where a rollup keeps what it knows of one column of its source.
package struct RollupMeasureDescription: Hashable, Sendable {
    /// How many values are at most `bound`.
    package struct Limit: Hashable, Sendable {
        /// In the source's unit.
        package var bound: Int64
        /// Index of the number.
        package var count: Int

        /// Takes each part as given.
        package init(bound: Int64, count: Int) { (self.bound, self.count) = (bound, count) }
    }

    /// The source's column and its type.
    package var source: TableColumn
    /// Index of the number of values that are not null.
    package var count: Int
    /// Index of their sum, a numeric of the source's scale; null of no values.
    package var sum: Int
    /// Indices of the smallest and the largest value.
    package var minimum, maximum: Int?
    /// Index of the distribution of at least two values, see ``ExponentialHistogram/text``.
    package var histogram: Int?
    /// Exact counts of small values.
    package var limits: [Limit]

    /// Takes each part as given.
    package init(
        source: TableColumn, count: Int, sum: Int, minimum: Int?, maximum: Int?, histogram: Int?, limits: [Limit]
    ) {
        self.source = source
        self.count = count
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
        self.histogram = histogram
        self.limits = limits
    }
}
