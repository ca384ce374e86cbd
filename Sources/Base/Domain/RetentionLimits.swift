import Bytes

/// For how long a store keeps what it took in. Nothing goes where nothing is said.
package struct RetentionLimits: Hashable, Sendable {
    /// ns from when an event was received until it may go; nil: events are kept for ever.
    package private(set) var eventsNanoseconds: Int64?

    /// The least that may be said: alerts, questions that wait for an answer and conversations that wait to fall silent
    /// are about the last days, and a sender may come back after a long weekend.
    package static let nanosecondsMin = 7 * Nanoseconds.day

    /// Whether all events of the last so many days are there.
    package func covers(days: Int) -> Bool { eventsNanoseconds.map { $0 / Nanoseconds.day >= Int64(days) } ?? true }

    /// The type of rows of `system_events` that tell what was dropped.
    package static let recordType = "retention.dropped"

    /// Everything is kept.
    package init() {}

    /// - Parameter eventsNanoseconds: from when an event was received until it may go.
    /// - Precondition: at least ``nanosecondsMin``.
    package init(eventsNanoseconds: Int64) {
        precondition(eventsNanoseconds >= Self.nanosecondsMin, "a period has some days")
        self.eventsNanoseconds = eventsNanoseconds
    }
}
