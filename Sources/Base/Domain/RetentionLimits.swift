import Bytes

/// For how long a store keeps what it took in, and in how much room. Nothing goes where nothing is said.
package struct RetentionLimits: Hashable, Sendable {
    /// ns from when an event was received until it may go; nil: events are kept for ever.
    package private(set) var eventsNanoseconds: Int64?
    /// What the files of the store may come to; nil: as much as the volume holds.
    package var budget: DiskBudget?

    /// The least that may be said: alerts, questions that wait for an answer and conversations that wait to fall silent
    /// are about the last days, and a sender may come back after a long weekend.
    package static let nanosecondsMin = 7 * Nanoseconds.day

    /// ns of so many days.
    /// - Precondition: not more than a hundred years of them.
    package static func nanoseconds(days: Int) -> Int64 {
        precondition((0...36_525).contains(days), "a period is within a century")
        return Int64(days) * Nanoseconds.day
    }

    /// Whether anything may ever go.
    package var isSet: Bool { eventsNanoseconds != nil || budget != nil }

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

/// How many bytes the files of a data directory may come to, and what goes when there are more.
///
/// Three lines: above ``toldBytes`` somebody is told, above ``dropBytes`` the oldest events go, and at ``bytes`` none
/// is taken. Between the last two lies the room that dropping and compaction need themselves.
package struct DiskBudget: Hashable, Sendable {
    /// No event is taken while there are as many.
    package let bytes: Int
    /// ns from when an event was received during which it stays, however little room there is.
    package let keptNanoseconds: Int64

    /// Four fifths: above, somebody is told that events will go.
    package var toldBytes: Int { bytes / 5 * 4 }
    /// Nine tenths: above, the oldest events go until there are no more.
    package var dropBytes: Int { bytes / 10 * 9 }

    /// - Precondition: both are positive.
    package init(bytes: Int, keptNanoseconds: Int64) {
        precondition(bytes > 0 && keptNanoseconds > 0, "a budget has some bytes, and leaves some time")
        (self.bytes, self.keptNanoseconds) = (bytes, keptNanoseconds)
    }
}

/// Why events went.
package enum RetentionReason: String, CaseIterable, Hashable, Sendable {
    /// They were older than a period.
    case age
    /// The files of the store came to more than they may.
    case diskBudget = "disk_budget"

    /// The setting that says so.
    package var setting: String {
        switch self {
        case .age: "retention.events"
        case .diskBudget: "max_disk"
        }
    }
}
