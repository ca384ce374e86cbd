/// What a metric is to Prometheus.
package enum MetricKind: String, Hashable, Sendable {
    case counter, gauge, histogram
}

/// Which events of a metric's types count.
package enum MetricCondition: Hashable, Sendable {
    /// The text column has one of the values; null counts where `orNull`.
    case isOneOf(column: String, values: [String], orNull: Bool)
    /// The column has a value.
    case isPresent(column: String)
}

/// Where a label gets its value.
///
/// A null is the empty text, whichever label it is: nobody told the channel, the agent, the reason. Prometheus takes an
/// empty label for one that is not there, so such series are what `channel=""` selects and stand in every sum over all
/// channels; `unknown` would be a name that somebody may tell.
package enum MetricLabelSource: Hashable, Sendable {
    /// A text column, or `model` as ``DerivedColumn/model`` defines it; an integer in decimal.
    case column(String)
    /// A boolean column in words.
    case boolean(String, ifTrue: String, ifFalse: String)
    /// By event type, in the order of the metric's types.
    case eventType([String])
    /// Given by the code that counts.
    case given
}

/// One label of a metric.
package struct MetricLabel: Hashable, Sendable {
    /// Name as it stands in the text formats.
    package var name: String
    /// Where its value comes from.
    package var source: MetricLabelSource

    init(_ name: String, _ source: MetricLabelSource) { (self.name, self.source) = (name, source) }

    /// A label named as its column.
    static func column(_ name: String) -> MetricLabel { MetricLabel(name, .column(name)) }
}

/// What a metric counts, adds up or observes.
package enum MetricSource: Hashable, Sendable {
    /// One for each event.
    case count
    /// The integer column; null adds nothing.
    case sum(column: String)
    /// The column of nanoseconds in seconds, into buckets; null is not observed.
    case observe(column: String)
    /// Booked cost in USD: what is booked when the event arrives, and first prices when they become known.
    case bookedCost
    /// Calls that arrive without an exact cost.
    case unpricedCalls
    /// Questions whose answer came in time or whose limit has passed.
    case questions
    /// Conversations by their last rating; what an earlier one counted is taken back.
    case ratings
    /// What the metric of a name counted and what later events took back: counted − taken back is what all events give
    /// together.
    case corrections(of: String)
    /// Known to the running process or a read model, not folded from events.
    case process
}

/// One metric, defined once for `/metrics`, PromQL, alerts and dashboards.
package struct MetricDefinition: Hashable, Sendable {
    /// Full name, counters with `_total`.
    package var name: String
    /// Counter, gauge or histogram.
    package var kind: MetricKind
    /// Base unit, part of the name; empty for plain counts.
    package var unit: String
    /// One sentence.
    package var help: String
    /// Labels in the order of the text formats.
    package var labels: [MetricLabel]
    /// Upper bounds of a histogram's classic buckets in nanoseconds, ascending; what is beyond them has a bucket of its
    /// own.
    package var bucketBoundsNanoseconds: [Int64]
    /// Label sets kept; what is beyond counts, exactly, in one set whose labels are all `other`.
    package var labelSetsMax: Int
    /// Event types it is folded from; empty for those of the process.
    package var types: [String]
    /// All must hold for an event to count.
    package var conditions: [MetricCondition]
    /// What an event adds.
    package var source: MetricSource

    init(
        _ name: String, _ kind: MetricKind, unit: String = "", _ help: String, labels: [MetricLabel] = [],
        cap: Int = 1000,
        bounds: [Int64] = MetricCatalogue.bucketBoundsNanoseconds, from types: [String] = [],
        where conditions: [MetricCondition] = [],
        _ source: MetricSource
    ) {
        (self.name, self.kind, self.unit, self.help, self.labels) = (name, kind, unit, help, labels)
        (labelSetsMax, self.types, self.conditions, self.source) = (cap, types, conditions, source)
        bucketBoundsNanoseconds = bounds
    }
}

extension MetricDefinition {
    /// All that a label may say where nobody else gives it a value, the empty text and ``MetricCatalogue/otherLabel``
    /// aside; nil: others do.
    package func values(of label: MetricLabel) -> [String]? {
        switch label.source {
        case .column: nil
        case .boolean(_, let ifTrue, let ifFalse): [ifTrue, ifFalse]
        case .eventType(let names): names
        case .given: countsQuestions ? MetricCatalogue.questionResults : nil
        }
    }

    private var countsQuestions: Bool {
        switch source {
        case .questions: true
        case .corrections(let name): MetricCatalogue.metric(named: name)?.source == .questions
        case .count, .sum, .observe, .bookedCost, .unpricedCalls, .ratings, .process: false
        }
    }
}
