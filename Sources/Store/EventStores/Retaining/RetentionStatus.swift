import Bytes
package import Domain

/// What a store's retention does, in numbers.
package struct RetentionStatus: Hashable, Sendable {
    /// What went for one reason, ever.
    package struct Dropped: Hashable, Sendable {
        /// Why.
        package var reason: RetentionReason
        /// How many events.
        package var events: Int64
        /// Bytes of their segments, without what went on and what stays in their place.
        package var bytes: Int64

        /// Takes each part as given.
        package init(reason: RetentionReason, events: Int64, bytes: Int64) {
            (self.reason, self.events, self.bytes) = (reason, events, bytes)
        }
    }

    /// What goes, and when.
    package var limits = RetentionLimits()
    /// What went, of each reason.
    package var dropped: [Dropped] = []
    /// When events went last (ns since 1970 UTC); nil where none did, or a version of before dropped them.
    package var lastDrop: Int64?
    /// For how long the oldest of the events that a period no longer keeps could have gone (ns); 0 where none is left,
    /// nil where there is no period. A segment goes as a whole, so that the times of its last event count.
    package var overdueNanoseconds: Int64?

    init() {}
}

extension EventStore {
    /// - Complexity: O(segments), and the groups of those that are due.
    func retentionStatus(of version: StoreVersion) -> RetentionStatus {
        let drops = version.sealed.drops
        var status = RetentionStatus()
        status.limits = retention
        status.dropped = RetentionReason.allCases.map { reason in
            let ofReason = drops.filter { $0.reason == reason && $0.events > 0 }
            return RetentionStatus.Dropped(
                reason: reason, events: ofReason.reduce(0) { $0.saturatingAdd($1.events) },
                bytes: ofReason.reduce(0) { $0.saturatingAdd($1.bytes) })
        }
        status.lastDrop = RetentionDrop.last(of: drops)?.droppedAt
        if let period = retention.eventsNanoseconds {
            let cutoff = snapshot(of: version).now.saturatingSubtract(period)
            let due = RetentionChoice.firstDue(
                version.sealed.retentionCandidates(through: cutoff, layouts), through: cutoff,
                done: version.sealed.lookedThroughUntil)
            status.overdueNanoseconds = due.map { cutoff.saturatingSubtract($0) } ?? 0
        }
        return status
    }
}
