import Bytes

/// The length of a rollup's buckets, which begin at whole multiples of it since 1970 UTC.
package enum RollupGrain: String, Hashable, Sendable, CaseIterable {
    case minute = "1m"
    case hour = "1h"
    case day = "1d"

    /// Length of a bucket in ns.
    package var nanoseconds: Int64 {
        switch self {
        case .minute: Nanoseconds.minute
        case .hour: Nanoseconds.hour
        case .day: Nanoseconds.day
        }
    }

    /// For how long before the latest received time rows are kept, in ns; nil: as long as the events.
    package var retentionNanoseconds: Int64? { self == .minute ? 48 * Nanoseconds.hour : nil }
}

/// What a rollup keeps of an integer or money column, beside the number of its values and their exact sum.
package struct RollupMeasure: Hashable, Sendable {
    /// A column of the event type.
    package var column: String
    /// Smallest and largest value.
    package var hasExtrema: Bool
    /// The distribution, as `approx_percentile` counts it; of integers only.
    package var hasHistogram: Bool
    /// Whole seconds: how many values (in ns) are at most that long, counted exactly.
    package var limitsSeconds: [Int64]

    /// Number and sum alone.
    static func sum(_ column: String) -> RollupMeasure {
        RollupMeasure(column: column, hasExtrema: false, hasHistogram: false, limitsSeconds: [])
    }

    /// A duration in ns with all that there is.
    static func duration(_ column: String, limitsSeconds: [Int64] = []) -> RollupMeasure {
        RollupMeasure(column: column, hasExtrema: true, hasHistogram: true, limitsSeconds: limitsSeconds)
    }
}

/// One rollup: events of one type folded by bucket of event time and by the values of a few columns.
///
/// Only facts are folded: what an event says of itself and what it cost when it was booked. A price that comes later is
/// laid over by reading the events it concerns.
package struct RollupDefinition: Hashable, Sendable {
    /// The SQL table: `rollup_llm_call_1h`, `rollup_llm_call_times_1h`.
    package var name: String
    /// The event type's SQL table, or ``everyType``.
    package var source: String
    /// Length of the buckets.
    package var grain: RollupGrain
    /// Columns of the event type that tell rows of a bucket apart; few, and of few values each but for the ``leading``
    /// one.
    package var dimensions: [String]
    /// What is counted and added up beside the events themselves.
    package var measures: [RollupMeasure]
    /// A dimension of so many values that the rollup answers only what asks for it: others, or what headers say of
    /// events, tell the rest sooner. nil: it answers whatever it knows.
    package private(set) var leading: String?

    /// The table of all events, as a source: events of every type are folded together, by columns that each type has.
    static let everyType = "events"

    /// Whether it is folded from the events of every type.
    package var isOfEveryType: Bool { source == Self.everyType }

    /// - Parameters:
    ///   - part: tells it from another of the source and the grain.
    ///   - leading: one of the dimensions.
    init(
        _ source: String, _ grain: RollupGrain, part: String? = nil, by dimensions: [String],
        _ measures: [RollupMeasure], leading: String? = nil
    ) {
        precondition(source != Self.everyType || measures.isEmpty, "events of every type are only counted")
        precondition(leading.map(dimensions.contains) ?? true, "one of the dimensions leads")
        name = (["rollup", source] + (part.map { [$0] } ?? []) + [grain.rawValue]).joined(separator: "_")
        self.source = source
        self.grain = grain
        self.dimensions = dimensions
        self.measures = measures
        self.leading = leading
    }

    /// Whether its rows stand for the same events as those of another, told apart by more.
    package func isFiner(than other: RollupDefinition) -> Bool {
        source == other.source && grain == other.grain && dimensions.count > other.dimensions.count
            && other.dimensions.allSatisfy(dimensions.contains) && other.measures.allSatisfy(measures.contains)
    }
}
