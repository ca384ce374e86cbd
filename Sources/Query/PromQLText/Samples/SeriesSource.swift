/// Where series come from. Answers to one question are of one state of things.
package protocol SeriesSource: Sendable {
    /// The wanted series that have a sample in the times, each with those samples, in the order of their labels.
    /// - Throws: where the source cannot answer, or the answer would be larger than it may be.
    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series]

    /// The same by what changes, for a request with windows of which the ends are looked at: what ``series(_:)`` says
    /// of it, and nothing else. nil: the source does not know its series so, and is to be asked for samples.
    /// - Throws: as ``series(_:)``.
    func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]?

    /// Which of the wanted series have a sample later than one time, up to another (ms since 1970), in their order.
    /// - Throws: as ``series(_:)``, but for the number of samples, which nobody sees.
    func labelSets(
        _ matchers: SeriesMatchers, after: Int64, through: Int64
    ) throws(SeriesSourceError) -> [LabelSet]

    /// Examples of what made samples of the wanted series at some times (ms since 1970), in the order of the labels of
    /// the series.
    /// - Throws: as ``series(_:)``.
    func exemplars(
        _ matchers: SeriesMatchers, in times: ClosedRange<Int64>
    ) throws(SeriesSourceError) -> [SeriesExemplars]

    /// Stands for all that the wanted series say up to a time (ms since 1970): where it is the same at another time, in
    /// another state of things, so are they up to there. nil: not known.
    func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark?
}

/// See ``SeriesSource/mark(_:through:)``; equal only where it stands for the same.
package struct SeriesMark: Hashable, Sendable {
    /// Each of a state of things, which no other state has in this process.
    package let numbers: [UInt64]

    /// Takes them as given.
    package init(_ numbers: [UInt64]) { self.numbers = numbers }
}

extension SeriesSource {
    /// Not known so.
    package func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? { nil }

    /// Not known.
    package func mark(_ matchers: SeriesMatchers, through: Int64) -> SeriesMark? { nil }

    /// None.
    package func exemplars(
        _ matchers: SeriesMatchers, in times: ClosedRange<Int64>
    ) throws(SeriesSourceError) -> [SeriesExemplars] { [] }

    /// By reading the samples.
    package func labelSets(
        _ matchers: SeriesMatchers, after: Int64, through: Int64
    ) throws(SeriesSourceError) -> [LabelSet] {
        try series(SeriesRequest(matchers, after: after, through: through, samplesMax: .max)).map(\.labels)
    }
}

/// A series and its samples.
package struct Series: Hashable, Sendable {
    /// What it is known by.
    package let labels: LabelSet
    /// In the order of their times.
    package let samples: SampleRun
    /// ms; where samples are left out that nobody looks at, all lie so far apart, and before the last one none is less
    /// than one before it, and none says that the series ended. nil: all are there.
    package let spacing: Int64?

    /// Joins them.
    package init(labels: LabelSet, samples: SampleRun, spacing: Int64? = nil) {
        (self.labels, self.samples, self.spacing) = (labels, samples, spacing)
    }
}

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
    /// Which of these times are looked at; nil: all. A source may give more, and need not know of it.
    package let windows: SeriesWindows?

    /// Joins them.
    package init(
        _ matchers: SeriesMatchers, after: Int64, through: Int64, samplesMax: Int, windows: SeriesWindows? = nil
    ) {
        (self.matchers, self.after, self.through, self.samplesMax) = (matchers, after, through, samplesMax)
        self.windows = windows
    }
}

/// Stretches of time that end at evenly spaced times and are equally long, each open on the left, as a question with
/// steps looks at them. What lies in none of them changes no answer.
package struct SeriesWindows: Hashable, Sendable {
    /// ms since 1970; where the first ends.
    package let firstEnd: Int64
    /// ms from an end to the next; greater than zero.
    package let step: Int64
    /// How many there are; at least one.
    package let count: Int
    /// ms; how far each reaches back.
    package let length: Int64
    /// What is looked at.
    package let look: Look

    /// What of each window is looked at.
    package enum Look: Hashable, Sendable {
        /// Every sample.
        case all
        /// The last one.
        case last
        /// The first, the last, and how many there are. A source may leave the others out only where the series tells
        /// their number: ``Series/spacing``.
        case ends
    }

    /// Joins them.
    /// - Precondition: a step greater than zero, at least one window, no negative length.
    package init(firstEnd: Int64, step: Int64, count: Int, length: Int64, look: Look) {
        precondition(step > 0 && count > 0 && length >= 0, "windows that go on")
        (self.firstEnd, self.step, self.count, self.length) = (firstEnd, step, count, length)
        self.look = look
    }
}

/// Why a source gives no answer.
package enum SeriesSourceError: Error, Hashable, Sendable {
    /// More samples than may be.
    case tooManySamples(max: Int)
    /// Whoever asked has gone, or waited too long.
    case cancelled
    /// The answer takes more memory than it may; what people are told.
    case outOfMemory(String)
    /// The source is at fault; what people are told.
    case unavailable(String)
}
