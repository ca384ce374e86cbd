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

    /// What went of a tenant or a type with a period of its own, ever.
    package struct Share: Hashable, Sendable {
        /// The name of the tenant, or of the type.
        package var name: String
        /// How many events.
        package var events: Int64
        /// Its events that were received later are there; of earlier ones some are gone (ns since 1970 UTC).
        package var until: Int64

        /// Takes each part as given.
        package init(name: String, events: Int64, until: Int64) {
            (self.name, self.events, self.until) = (name, events, until)
        }
    }

    /// What goes, and when.
    package var limits = RetentionLimits()
    /// What went, of each reason.
    package var dropped: [Dropped] = []
    /// What of it was of tenants with a period of their own, ascending by name.
    package var tenants: [Share] = []
    /// What of it was of types with a period of their own, ascending by name.
    package var types: [Share] = []
    /// When events went last (ns since 1970 UTC); nil where none did, or a version of before dropped them.
    package var lastDrop: Int64?
    /// For how long the oldest of the events that a period no longer keeps could have gone (ns); 0 where none is left,
    /// nil where there is no period. A segment is looked at as a whole, so that the times of its last event count.
    /// Those of some tenants or types could not before they had waited for others to go along.
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
        (status.tenants, status.types) = (version.sealed.ends.tenants, version.sealed.ends.types)
        let now = snapshot(of: version).now
        status.overdueNanoseconds = retention.tiers.map { overdue($0, version.sealed, now) }.max()
        return status
    }
}

extension EventStore {
    /// For how long the first events of a tier could have gone (ns).
    private func overdue(_ tier: RetentionTier, _ sealed: SealedState, _ now: Int64) -> Int64 {
        let cutoff = now.saturatingSubtract(tier.nanoseconds)
        let candidates = sealed.retentionCandidates(through: cutoff, layouts)
        let done = sealed.lookedThrough(for: tier.scope)
        guard tier.scope != .all else {
            return RetentionChoice.firstDue(candidates, through: cutoff, done: done)
                .map { cutoff.saturatingSubtract($0) } ?? 0
        }
        let window = RetentionChoice.window(
            candidates, of: tier.scope, through: cutoff, done: done, known: sealed.known(for: tier.scope),
            leaving: retention.scopesOfTypes)
        let waited = window.firstDue.map { cutoff.saturatingSubtract(tier.graceNanoseconds).saturatingSubtract($0) }
        return max(0, waited ?? 0)
    }
}

extension RetentionEnds {
    /// What went of single tenants, ascending by name.
    var tenants: [RetentionStatus.Share] {
        ends.compactMap { end in
            guard case .only(let names) = end.scope else { return nil }
            return share(end, of: names)
        }
    }

    /// What went of single types, ascending by name.
    var types: [RetentionStatus.Share] {
        ends.compactMap { end in
            guard case .types(let names) = end.scope else { return nil }
            return share(end, of: names)
        }
    }

    private func share(_ end: End, of names: Set<ExactText>) -> RetentionStatus.Share? {
        names.min().map { RetentionStatus.Share(name: $0.text, events: end.events, until: end.receivedUntil) }
    }
}
