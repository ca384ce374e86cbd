// tests: the evaluator stands on it, and the store will be one.
/// Where series come from. Answers to one question are of one state of things.
package protocol SeriesSource: Sendable {
    /// The wanted series that have a sample in the times, each with those samples, in the order of their labels.
    /// - Throws: where the source cannot answer, or the answer would be larger than it may be.
    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series]
}

// tests: as `SeriesSource`.
/// A series and its samples.
package struct Series: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// In the order of their times.
    package let samples: SampleRun

    /// Joins both.
    package init(labels: LabelSet, samples: SampleRun) { (self.labels, self.samples) = (labels, samples) }
}

// tests: as `SeriesSource`.
/// Which samples are asked for.
package struct SeriesRequest: Sendable {
    /// Of which series.
    package let matchers: SeriesMatchers
    /// ms since 1970; later than this.
    package let after: Int64
    /// ms since 1970; up to this, itself included.
    package let through: Int64
    /// How many samples the answer may have.
    package let samplesMax: Int

    /// Joins them.
    package init(_ matchers: SeriesMatchers, after: Int64, through: Int64, samplesMax: Int) {
        (self.matchers, self.after, self.through, self.samplesMax) = (matchers, after, through, samplesMax)
    }
}

// tests: as `SeriesSource`.
/// Why a source gives no answer.
package enum SeriesSourceError: Error, Hashable, Sendable {
    /// More samples than may be.
    case tooManySamples(max: Int)
    /// Whoever asked has gone, or waited too long.
    case cancelled
    /// The source is at fault; what people are told.
    case unavailable(String)
}
