import Bytes
import Domain

/// Whose events go at one time, or which.
enum RetentionScope: Hashable, Sendable {
    /// Everybody's: then segments go as a whole.
    case all
    /// Those of some tenants.
    case only(Set<ExactText>)
    /// Those of all others.
    case allBut(Set<ExactText>)
    /// Everybody's of some types, by name.
    case types(Set<ExactText>)

    /// Whether it says whose events go, or which, by name.
    var isNamed: Bool {
        switch self {
        case .only, .types: true
        case .all, .allBut: false
        }
    }

    /// Whether events of all tenants may go, and of some types alone: others of the same conversations stay then.
    var isOfTypes: Bool {
        if case .types = self { true } else { false }
    }

    /// Whether events of a tenant go, those of some types at least.
    func contains(_ tenant: ExactText) -> Bool {
        switch self {
        case .all, .types: true
        case .only(let tenants): tenants.contains(tenant)
        case .allBut(let tenants): !tenants.contains(tenant)
        }
    }

    /// Whether events of a type go, those of some tenants at least.
    func contains(type: String) -> Bool {
        if case .types(let types) = self { types.contains(ExactText(type)) } else { true }
    }

    /// Whether all events of another one are among those of this one.
    func covers(_ other: RetentionScope) -> Bool {
        switch (self, other) {
        case (.all, _): true
        case (.only(let own), .only(let others)): others.isSubset(of: own)
        case (.allBut(let own), .only(let others)): own.isDisjoint(with: others)
        case (.allBut(let own), .allBut(let others)): own.isSubset(of: others)
        case (.allBut(let own), .all): own.isEmpty
        case (.types(let own), .types(let others)): others.isSubset(of: own)
        case (.allBut, .types), (.only, _), (.types, _): false
        }
    }

    /// Whether both may be about an event of one conversation. Of two that leave out some tenants there is always one
    /// more.
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
    /// What goes by its age: by the period of its tenant, where that has one, else by that of all, and by that of its
    /// type, whichever ends first. Tenants of a period go together, and types.
    var tiers: [RetentionTier] {
        func tier(_ scope: RetentionScope, _ reason: RetentionReason, _ nanoseconds: Int64) -> RetentionTier {
            RetentionTier(
                scope: scope, reason: reason, nanoseconds: nanoseconds,
                graceNanoseconds: max(Nanoseconds.day, nanoseconds / 8))
        }
        let ofTypes = Self.periods(of: types).map { period in
            tier(.types(Set(types.filter { $0.nanoseconds == period }.map(\.type))), .typeAge, period)
        }
        guard !tenants.isEmpty else {
            let all = eventsNanoseconds.map { RetentionTier(scope: .all, reason: .age, nanoseconds: $0) }
            return (all.map { [$0] } ?? []) + ofTypes
        }
        let own = Self.periods(of: tenants).map { period in
            tier(.only(Set(tenants.filter { $0.nanoseconds == period }.map(\.tenant))), .tenantAge, period)
        }
        let others = eventsNanoseconds.map { tier(.allBut(Set(tenants.map(\.tenant))), .age, $0) }
        return own + (others.map { [$0] } ?? []) + ofTypes
    }

    /// Whose left-over events are left alone where others are looked for: a tier of types goes on with them.
    var scopesOfTypes: Set<RetentionScope> { Set(tiers.map(\.scope).filter(\.isOfTypes)) }
}
