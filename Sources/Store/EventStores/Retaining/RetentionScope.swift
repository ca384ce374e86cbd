import Bytes
import Domain

/// Whose events go at one time.
enum RetentionScope: Hashable, Sendable {
    /// Everybody's: then segments go as a whole.
    case all
    /// Those of some tenants.
    case only(Set<ExactText>)
    /// Those of all others.
    case allBut(Set<ExactText>)

    /// Whether it says whose events go, by name.
    var isNamed: Bool {
        if case .only = self { true } else { false }
    }

    func contains(_ tenant: ExactText) -> Bool {
        switch self {
        case .all: true
        case .only(let tenants): tenants.contains(tenant)
        case .allBut(let tenants): !tenants.contains(tenant)
        }
    }

    /// Whether all events of another one are among those of this one.
    func covers(_ other: RetentionScope) -> Bool {
        switch (self, other) {
        case (.all, _): true
        case (.only(let own), .only(let others)): others.isSubset(of: own)
        case (.allBut(let own), .only(let others)): own.isDisjoint(with: others)
        case (.allBut(let own), .allBut(let others)): own.isSubset(of: others)
        case (.allBut(let own), .all): own.isEmpty
        case (.only, _): false
        }
    }

    /// Whether an event may be of both. Of two that leave out some there is always one more tenant.
    func overlaps(_ other: RetentionScope) -> Bool {
        switch (self, other) {
        case (.only(let own), .only(let others)): !own.isDisjoint(with: others)
        case (.only(let own), .allBut(let others)), (.allBut(let others), .only(let own)): !own.isSubset(of: others)
        case (.only(let some), .all), (.all, .only(let some)): !some.isEmpty
        default: true
        }
    }
}

/// Events that go by one period.
struct RetentionTier: Hashable, Sendable {
    var scope: RetentionScope
    var reason: RetentionReason
    /// From when an event was received until it may go.
    var nanoseconds: Int64
    /// How much longer the first of them waits for others to go along. Where all go, no others are written anew for
    /// them, and none waits.
    var graceNanoseconds: Int64 = 0
}

extension RetentionLimits {
    /// What goes by its age: by the period of its tenant, where that has one, else by that of all. Tenants of a period
    /// go together.
    var tiers: [RetentionTier] {
        guard !tenants.isEmpty else {
            return (eventsNanoseconds.map { [RetentionTier(scope: .all, reason: .age, nanoseconds: $0)] }) ?? []
        }
        func tier(_ scope: RetentionScope, _ reason: RetentionReason, _ nanoseconds: Int64) -> RetentionTier {
            RetentionTier(
                scope: scope, reason: reason, nanoseconds: nanoseconds,
                graceNanoseconds: max(Nanoseconds.day, nanoseconds / 8))
        }
        let own = Self.periods(of: tenants).map { period in
            tier(.only(Set(tenants.filter { $0.nanoseconds == period }.map(\.tenant))), .tenantAge, period)
        }
        let others = eventsNanoseconds.map { tier(.allBut(Set(tenants.map(\.tenant))), .age, $0) }
        return own + (others.map { [$0] } ?? [])
    }
}
