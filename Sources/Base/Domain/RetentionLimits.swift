package import Bytes

/// For how long a store keeps what it took in, and in how much room. Nothing goes where nothing is said.
package struct RetentionLimits: Hashable, Sendable {
    /// ns from when an event was received until it may go; nil: events are kept for ever.
    package private(set) var eventsNanoseconds: Int64?
    /// The same of tenants with a period of their own, which holds in place of the other one, be it shorter or longer;
    /// ascending by name.
    package private(set) var tenants: [TenantPeriod] = []
    /// Of event types with a period of their own, whoever an event is of, beside those above: an event goes by the
    /// first period that ends; ascending by name.
    package internal(set) var types: [TypePeriod] = []
    /// What the files of the store may come to; nil: as much as the volume holds.
    package var budget: DiskBudget?

    /// For how long events of a tenant are kept.
    package struct TenantPeriod: Hashable, Sendable {
        /// The tenant's name.
        package let tenant: ExactText
        /// ns from when an event was received until it may go.
        package let nanoseconds: Int64

        /// - Precondition: at least ``RetentionLimits/nanosecondsMin``.
        package init(_ tenant: String, nanoseconds: Int64) {
            precondition(nanoseconds >= RetentionLimits.nanosecondsMin, "a period has some days")
            (self.tenant, self.nanoseconds) = (ExactText(tenant), nanoseconds)
        }

        /// Whether it is that of the tenant of this name.
        package func isOf(_ name: String) -> Bool { tenant == ExactText(name) }
    }

    /// So many tenants may have a period of their own: each is told in records, answers and metrics.
    package static let tenantsMax = 256
    /// And so many periods may differ: what is kept is written anew once for each of them.
    package static let periodsMax = 8

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
    package var isSet: Bool {
        eventsNanoseconds != nil || !tenants.isEmpty || !types.isEmpty || budget != nil
    }

    /// Whether all events of the last so many days are there, but for those of tenants and types with a period of their
    /// own.
    package func covers(days: Int) -> Bool { eventsNanoseconds.map { $0 / Nanoseconds.day >= Int64(days) } ?? true }

    /// Whether those of tenants with a period of their own are there, too.
    package func coversTenants(days: Int) -> Bool {
        tenants.allSatisfy { $0.nanoseconds / Nanoseconds.day >= Int64(days) }
    }

    /// The type of rows of `system_events` that tell what was dropped.
    package static let recordType = "retention.dropped"

    /// Everything is kept.
    package init() {}

    /// - Parameters:
    ///   - eventsNanoseconds: from when an event was received until it may go; nil: for ever.
    ///   - tenants: with a period of their own, each once, in any order.
    /// - Precondition: at least ``nanosecondsMin``, and no more tenants and periods than there may be.
    package init(eventsNanoseconds: Int64?, tenants: [TenantPeriod] = []) {
        precondition(eventsNanoseconds ?? .max >= Self.nanosecondsMin, "a period has some days")
        precondition(tenants.count <= Self.tenantsMax && Self.periods(of: tenants).count <= Self.periodsMax)
        self.eventsNanoseconds = eventsNanoseconds
        self.tenants = tenants.sorted { $0.tenant < $1.tenant }
        assert(zip(self.tenants, self.tenants.dropFirst()).allSatisfy { $0.tenant < $1.tenant }, "each tenant once")
    }

    /// The periods of some tenants, each once, ascending.
    package static func periods(of tenants: [TenantPeriod]) -> [Int64] { Set(tenants.map(\.nanoseconds)).sorted() }
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
    /// They were older than the period of all that have none of their own.
    case age
    /// They were older than the period of their tenant.
    case tenantAge = "tenant_age"
    /// They were older than the period of their type.
    case typeAge = "type_age"
    /// The files of the store came to more than they may.
    case diskBudget = "disk_budget"

    /// The setting that says so.
    package var setting: String {
        switch self {
        case .age: "retention.events"
        case .tenantAge: "retention.tenants"
        case .typeAge: "retention.types"
        case .diskBudget: "max_disk"
        }
    }
}
