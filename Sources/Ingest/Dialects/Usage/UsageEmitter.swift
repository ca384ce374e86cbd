import Bytes

/// Who counts: an instrumentation, its version, the provider whose numbers it passes on, the model, and whose calls
/// they are. One gateway passes on models that count differently, and what one tenant's calls prove says nothing of
/// another's.
package struct UsageEmitter: Hashable, Sendable, Comparable {
    /// Name of the instrumentation scope.
    package var scope: String
    /// Its version; empty where it has none.
    package var version: String
    /// Provider of the calls; empty where none is told.
    package var provider: String
    /// The model that answered, else the one that was asked for, else empty; nil: of every model.
    package var model: String?
    /// Tenant of the calls; nil: of every tenant.
    package var tenant: String?

    /// Takes each part as given. Notes of stores of before have neither model nor tenant.
    package init(scope: String, version: String, provider: String, model: String?, tenant: String?) {
        (self.scope, self.version, self.provider, self.model, self.tenant) = (scope, version, provider, model, tenant)
    }

    /// The same for every model.
    package var ofAnyModel: UsageEmitter { with(model: nil, tenant: tenant) }
    /// The same for every model and tenant.
    var ofAnybody: UsageEmitter { with(model: nil, tenant: nil) }

    private func with(model: String?, tenant: String?) -> UsageEmitter {
        UsageEmitter(scope: scope, version: version, provider: provider, model: model, tenant: tenant)
    }

    private var parts: [String] { [scope, version, provider, model ?? "", tenant ?? ""] }

    /// By bytes: two spellings of a letter are two models, tenants, emitters.
    package static func == (left: UsageEmitter, right: UsageEmitter) -> Bool {
        (left.model == nil) == (right.model == nil) && (left.tenant == nil) == (right.tenant == nil)
            && zip(left.parts, right.parts).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// By scope, version, provider, model, tenant.
    package static func < (left: UsageEmitter, right: UsageEmitter) -> Bool {
        for (one, other) in zip(left.parts, right.parts) where !one.hasSameBytes(as: other) {
            return one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return (left.model == nil ? 0 : 1, left.tenant == nil ? 0 : 1) < (
            right.model == nil ? 0 : 1, right.tenant == nil ? 0 : 1
        )
    }
}

// texts: the part is a word of ours.
/// A part of calls that their own totals did not decide, so that it was read by what was known of their emitter, or by
/// convention.
package struct AssumedReading: Hashable, Sendable, Comparable {
    /// Whose calls they were, of any model.
    package var emitter: UsageEmitter
    /// `cache` or `reasoning`.
    package var part: String

    /// - Returns: nil for a part that there is not.
    package init?(emitter: UsageEmitter, part: String) {
        guard UsagePart(rawValue: part) != nil else { return nil }
        (self.emitter, self.part) = (emitter.ofAnyModel, part)
    }

    /// One of ours.
    package init(_ emitter: UsageEmitter, _ part: UsagePart) {
        (self.emitter, self.part) = (emitter.ofAnyModel, part.rawValue)
    }

    /// By emitter, then part.
    package static func < (left: AssumedReading, right: AssumedReading) -> Bool {
        left.emitter != right.emitter ? left.emitter < right.emitter : left.part < right.part
    }
}

// texts: part and reading are words of ours.
/// What the total of a call proves: that its emitter counts a part inside its whole, or beside it.
package struct UsageProof: Hashable, Sendable, Comparable {
    /// Whose call it was.
    package var emitter: UsageEmitter
    /// `cache` or `reasoning`.
    package var part: String
    /// `inside` or `beside`.
    package var reading: String

    /// - Returns: nil for a part or a reading that there is not.
    package init?(emitter: UsageEmitter, part: String, reading: String) {
        guard UsagePart(rawValue: part) != nil, PartReading(rawValue: reading) != nil else { return nil }
        (self.emitter, self.part, self.reading) = (emitter, part, reading)
    }

    /// A proof of ours.
    package init(_ emitter: UsageEmitter, _ part: UsagePart, _ reading: PartReading) {
        (self.emitter, self.part, self.reading) = (emitter, part.rawValue, reading.rawValue)
    }

    /// By emitter, part, reading.
    package static func < (left: UsageProof, right: UsageProof) -> Bool {
        left.emitter != right.emitter
            ? left.emitter < right.emitter : (left.part, left.reading) < (right.part, right.reading)
    }
}

/// How emitters are known to count. A set of proofs, so that the order in which they come does not show. What is proved
/// of a model counts for it; a model without a proof of its own is read as the emitter's other models, where they
/// agree. Of proofs of both readings nothing is known.
package struct EmitterReadings: Sendable {
    /// What is kept at most; proofs beyond it are not remembered.
    package static let proofsMax = 20_000
    private var proofs: Set<UsageProof> = []
    /// The same proofs, of any model.
    private var proofsOfAnyModel: Set<UsageProof> = []

    /// Nothing is known.
    package init() {}

    /// Adds a proof.
    /// - Returns: whether it is new.
    package mutating func add(_ proof: UsageProof) -> Bool {
        guard proofs.count < Self.proofsMax, proofs.insert(proof).inserted else { return false }
        var general = proof
        general.emitter = proof.emitter.ofAnyModel
        proofsOfAnyModel.insert(general)
        return true
    }

    /// What is known of an emitter; a part of which nothing is known, or both, is not in it.
    package func readings(of emitter: UsageEmitter) -> [UsagePart: PartReading] {
        var result: [UsagePart: PartReading] = [:]
        for part in UsagePart.allCases {
            let proved = [
                Self.readings(emitter, part, in: proofs), Self.readings(emitter.ofAnyModel, part, in: proofsOfAnyModel),
                Self.readings(emitter.ofAnybody, part, in: proofsOfAnyModel),
            ]
            if let readings = proved.first(where: { !$0.isEmpty }), readings.count == 1 { result[part] = readings[0] }
        }
        return result
    }

    private static func readings(_ emitter: UsageEmitter, _ part: UsagePart, in proofs: Set<UsageProof>)
        -> [PartReading]
    {
        [.inside, .beside].filter { proofs.contains(UsageProof(emitter, part, $0)) }
    }
}
