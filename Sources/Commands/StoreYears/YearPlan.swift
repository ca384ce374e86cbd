import Bytes
import Domain
import EventStores
import Workload

/// How much traffic comes, for how long its events are kept, and for how long that goes on.
package struct YearPlan: Sendable {
    /// Days of traffic.
    let days: Int
    /// Messages of a working day; a day of the weekend has three quarters of them.
    let messagesPerDay: Int
    /// Days for which events are kept after they were received.
    let retentionDays: Int
    /// Decides the traffic.
    let seed: UInt64

    /// - Precondition: `days` within ``daysRange``, `retentionDays` at least ``retentionDaysMin``, some messages.
    package init(days: Int, messagesPerDay: Int, retentionDays: Int, seed: UInt64 = 1) {
        precondition(Self.daysRange.contains(days), "some weeks, and clocks change as is known here")
        precondition(messagesPerDay > 0 && messagesPerDay <= 1_000_000, "some messages")
        precondition((Self.retentionDaysMin...3_650).contains(retentionDays), "a week is reported before its events go")
        (self.days, self.messagesPerDay, self.retentionDays, self.seed) = (days, messagesPerDay, retentionDays, seed)
    }

    /// Monday, 12 October 2026, 00:00 UTC: two weeks before clocks go back in Europe. ns since 1970 UTC.
    static let start: Int64 = 1_791_763_200_000_000_000
    /// When they go back: Sunday, 25 October 2026, 01:00 UTC.
    static let clocksBack = start + 13 * Nanoseconds.day + Nanoseconds.hour
    /// When they go forward: Sunday, 28 March 2027, 01:00 UTC.
    static let clocksForward = start + 167 * Nanoseconds.day + Nanoseconds.hour

    /// So many days after its end a week or month is reported: by then its late events have come, and silence has
    /// closed its conversations.
    static let reportDelayDays = 5
    /// The day at whose end the first week is reported; each seventh one after it is a day of checks.
    private static let firstCheck = 7 + reportDelayDays
    /// Until the clocks of Europe go back once more.
    package static let daysRange = firstCheck...383
    /// The first day of a week is so old when it is reported, and a day more.
    package static let retentionDaysMin = firstCheck + 2

    /// Whether all is looked at when a day, counted from 1, is over.
    func isChecked(after day: Int) -> Bool {
        day == days || day >= Self.firstCheck && (day - Self.firstCheck).isMultiple(of: 7)
    }

    /// About as many conversations as so many messages are.
    private var conversationsPerDay: Double { Double(messagesPerDay) * 0.105 }

    /// Events of a working day, about: those of conversations, and what machines tell.
    var eventsPerDay: Double { conversationsPerDay * 42.5 + 2_600 }

    /// What is kept becomes few segments, as of a server that has just begun: seals and compaction are scaled to it.
    private var isSmall: Bool { eventsPerDay * Double(retentionDays) < 64 * 65_536 }
    private var sealEvents: Int { isSmall ? max(256, Int(eventsPerDay / 4)) : 65_536 }
    private static let fanIn = 12

    /// Days of traffic in the largest segment, at the most: its events go together. A week has a tenth less than seven
    /// working days.
    private var segmentDays: Int {
        let events = isSmall ? 2 * Self.fanIn * sealEvents : 3 << 20
        return Int((Double(events) / eventsPerDay / 0.9).rounded(.up))
    }

    /// How old events get: the period, until the last of their segment is that old; those of conversations that went on
    /// wait for the next segment. Two days for what is not compacted, and for the conversations themselves.
    package var ageDaysMax: Int { retentionDays + 2 * segmentDays + 2 }

    /// What a server's store has, scaled to the traffic.
    var storeOptions: StoreOptions {
        var options = StoreOptions()
        options.retention = RetentionLimits(eventsNanoseconds: Int64(retentionDays) * Nanoseconds.day)
        options.sealEventsMax = sealEvents
        options.compaction = CompactionLimits()
        if isSmall {
            options.compaction = CompactionLimits(
                fanIn: Self.fanIn, levelEvents: Self.fanIn * sealEvents / 2, newestLeft: 2)
            options.logFileBytes = 4 << 20
        }
        return options
    }

    /// Bytes of a log file, as ``storeOptions`` has it.
    var logFileBytes: Int { storeOptions.logFileBytes }

    /// One event in a hundred comes up to two hours late, one in two hundred twice.
    var traffic: SupportTraffic {
        SupportTraffic(
            WorkloadConfiguration(
                seed: seed, start: Self.start, users: max(1, messagesPerDay / 40),
                conversationsPerDay: conversationsPerDay, lateShare: 0.01, duplicateShare: 0.005))
    }
}
